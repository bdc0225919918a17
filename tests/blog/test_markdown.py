"""Markdown: what becomes of it, and that nothing harmful comes through."""

import re

import pytest
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.markdown import Document, render
from codes.figures import Figures

NOTHING = Figures([], {}, {}, {})


def bare(text: str) -> str:
    """Rendered without a catalogue."""
    return Document(text).html(NOTHING)


@pytest.mark.django_db
def test_a_figure_and_a_code_in_running_text():
    html = render('For 99214 it is {% rvu "99214" "work" %}, **and so on**.')
    assert strip_tags(html) == "For 99214 it is 1.92, and so on.\n"
    assert '<a href="/cpt-codes/evaluation-management/99214/" title="Return office visit, level 4">99214</a>' in html
    assert "<strong>and so on</strong>" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "[99214](/support/)",
        "`99214`",
        "## 99214",
        "$99214",
        "99214.50",
        "12-99214",
        "99214-7",
        "#99214",
        "x99214",
        "ZIP 10021",
        "zip code 10021",
        "10021-1234",
        "/99214",
        "7/99214",
    ],
)
def test_what_is_no_plain_code_is_not_linked(text):
    assert "/cpt-codes/" not in render(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["99214-25", "99215/99214", "99215-25/99214-25", "20610-50-59", "(99214)", "99214, 99215.", "99215/99214/J7521"],
)
def test_a_code_is_linked_with_its_modifiers_and_beside_others(text):
    html = render(text)
    assert re.findall(r">(\w{5})</a>", html) == re.findall(r"\w{5}", text) and strip_tags(html) == f"{text}\n"


@pytest.mark.django_db
def test_codes_of_every_form_are_linked_where_they_have_a_page():
    html = render("J7521, 0075T and D0120, but not 99999 or Z9999.")
    assert re.findall(r"/cpt-codes/[a-z-]+/(\w+)/", html) == ["J7521", "0075T", "D0120"]


def test_headings_have_anchors_of_their_own_and_make_the_contents():
    document = Document("# Pay\n\n## Pay\n\n### With `code` in *it*\n\n#### Deep\n\n## Main")
    assert [(h.level, h.id) for h in document.headings] == [
        (2, "pay"), (2, "pay-2"), (3, "with-code-in-it"), (4, "deep"), (2, "main-2"),
    ]  # fmt: skip
    assert [heading.text for heading in document.contents] == ["Pay", "Pay", "With code in it", "Main"]
    assert '<h3 id="with-code-in-it">' in document.html(NOTHING)
    assert Document("## One\n\n## Two").contents == []


def test_a_table_can_be_scrolled_and_carries_no_style():
    html = bare("| Code | RVU |\n| --- | ---: |\n| a | 1 |")
    assert '<div class="table-scroll" tabindex="0" role="region" aria-label="Table 1"><table>' in html
    assert '<td class="num">1</td>' in html and "style" not in html


def test_a_tag_in_code_stays_as_typed():
    assert "{% rvu" in bare('`{% rvu "99214" "work" %}`')


def test_each_tag_knows_its_line():
    text = "One\n{% release %}\n\n| a | b |\n| --- | --- |\n| {% code_count %} | {% nonsense %} |\n\nEnd {% open"
    used = Document(text).used
    assert [(item.line, item.source) for item in used] == [
        (2, "{% release %}"), (6, "{% code_count %}"), (6, "{% nonsense %}"), (8, "{%"),
    ]  # fmt: skip
    assert [bool(item.trouble) for item in used] == [False, False, True, True]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '<img src=x onerror="alert(1)">', "[x](javascript:alert(1))", "![x](https://e.example/x.png)",
     '<a href="https://e.example" style="color:red">x</a>', "[x](data:text/html,<script>)"],
)  # fmt: skip
def test_nothing_harmful_comes_through(text):
    assert not re.search(r"<(script|img|iframe|style)|<[^>]*(onerror|style|javascript:|data:)", bare(text))


@settings(max_examples=200)
@given(st.text(alphabet="<>\"'/=[]()!#*`|-\n {}%&;:ajvscriptonhef1", max_size=120))
def test_whatever_is_typed_only_allowed_elements_come_out(text):
    html = bare(text)
    allowed = "a|blockquote|br|code|div|em|h[234]|hr|li|ol|p|pre|s|span|strong|table|tbody|td|th|thead|tr|ul"
    assert not re.sub(rf"</?(?:{allowed})(?: [^<>]*)?>", "", html).count("<")
    assert not re.search(r"<[^>]*\son\w+=", html)
