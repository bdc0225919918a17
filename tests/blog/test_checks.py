"""`check_content` finds every figure that can't be shown and every link that leads nowhere."""

from io import StringIO

import pytest
from django.core.management import call_command

from blog import content_files
from blog.checks import check_all, problems_of
from blog.models import Correction, Text
from codes.models import Code, RvuRow
from tests.blog.small import post

pytestmark = pytest.mark.django_db


def check() -> tuple[int, str]:
    """Exit status of the command, and what it says."""
    out, err = StringIO(), StringIO()
    try:
        call_command("check_content", stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, err.getvalue()
    return 0, out.getvalue()


def test_our_texts_are_right():
    assert check() == (0, "All figures and links of the texts are there.\n")


def test_it_is_red_when_a_figures_code_is_removed():
    RvuRow.objects.filter(code="99214", release__is_current=True).delete()
    status, said = check()
    assert status == 1
    assert "post what-is-a-work-rvu, line" in said and "99214 is not in RVU26C" in said
    assert "what-is-a-work-rvu.md, line" in said


def test_it_names_the_line_in_the_file():
    RvuRow.objects.filter(code="99214", release__is_current=True).delete()
    problem = next(p for p in check_all() if p.where == "what-is-a-work-rvu.md" and "99214" in p.reason)
    path = content_files.CONTENT / "posts" / problem.where
    assert problem.reason.partition(":")[0] in path.read_text().splitlines()[problem.line - 1]


def test_it_names_the_line_of_an_answer():
    lines = (content_files.CONTENT / "faq.toml").read_text().splitlines()
    group = content_files.faq()[0]
    for question, answer in group.questions:
        assert answer.splitlines()[0] in lines[content_files.line_of(question) - 1]


LINKS = {
    "/cpt-codes/surgery/27447/": "",
    "/99214": "",
    "/support/contact/": "",
    "/blog/here/": "",
    "/blog/here/#part": "",
    "#there": "",
    "https://www.cms.gov/": "",
    "/cpt-codes/surgery/99999/": "there is no such page",
    "/cpt-codes/radiology/27447/": "there is no such page",
    "/blog/nowhere/": "there is no such page",
    "/blog/draft/": "there is no such page",
    "/blog/tag/nothing/": "there is no such page",
    "/resources/nothing/": "there is no such page",
    "/nothing/at/all/": "there is no such page",
    "/blog/here/#nothing": "there is no such heading on that page",
    "#nothing": "there is no such heading in this text",
    "http://www.cms.gov/": "only https",
}


@pytest.mark.parametrize("address, reason", LINKS.items(), ids=LINKS)
def test_links(address, reason):
    post("draft", status="draft")
    post("here", body=f"## There\n\nA [link]({address}).\n\n## Part")
    found = [problem for problem in check_all() if problem.where == "post here"]
    assert [(problem.line, reason in problem.reason) for problem in found] == ([(3, True)] if reason else [])


def test_a_correction_of_a_page_that_is_not_there():
    Correction.objects.create(date="2026-11-01", wrong="a", right="b", page="/blog/nowhere/")
    found = [problem.reason for problem in check_all() if problem.where.startswith("correction")]
    assert found == ["there is no such page"]


TYPED = {
    "It has 1.92 RVUs.": "1.92", "Medicare pays $135.61.": "$135.61", "That is $1,443.34 in Alaska.": "$1,443.34",
    "Write `1.92`.": "", "42 CFR 414.22 says so.": "", "Cut by 2.50 percent.": "", "Some $50 a unit.": "",
    "Version 2.2 of 2026.": "", "{% rvu \"99214\" \"work\" %} it is.": "",
}  # fmt: skip


@pytest.mark.parametrize("text, number", TYPED.items(), ids=TYPED)
def test_a_figure_typed_by_hand_is_found(text, number):
    post("here", body=f"One.\n\nTwo\n{text}")
    found = [problem for problem in check_all() if problem.where == "post here"]
    expected = [(4, True)] if number else []
    assert [(problem.line, problem.reason.startswith(f"{number} is typed")) for problem in found] == expected


def test_a_code_without_a_page_is_found():
    Code.objects.filter(code="22840").update(is_listed=False)
    assert any("22840 has no page here" in problem.reason for problem in check_all())


def test_for_a_form_it_names_tag_and_line():
    assert problems_of('Fine.\n\n{% rvu "99214" "wrok" %}') == [
        'Line 3: {% rvu "99214" "wrok" %}: there is no field “wrok”; known are work, nonfac_pe, fac_pe, mp, nonfac_total, fac_total.'
    ]


def test_a_published_text_whose_figure_vanished_says_so(client):
    text = Text.objects.get(slug="what-is-a-work-rvu")
    RvuRow.objects.filter(release__is_current=True).delete()
    html = client.get(text.get_absolute_url()).content.decode()
    assert "not in the current release" in html and 'class="figure" title="CMS RVU26C">1.92' not in html
