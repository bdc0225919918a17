"""The sums that texts write out are worked out again, in the year of the text and in the next."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.checks import check_all, problems_of
from blog.equations import equations
from blog.markdown import Document, figures_of
from blog.models import Question, Text
from codes.models import Locality, Release, ReleaseFile, RvuRow

RIGHT = [
    "4.06 × $33.4009 = $135.61", "1.92 + 2.00 + 0.14 = 4.06", "$423.19 + 50% × $287.58 = $566.98", "150% × 0.77 = 1.155",
    "$223.45 + $177.69 − $164.67 = $236.47", "1,000 ÷ 250 = 4", "So 7 + 8.6 = 15.6, and on.", "0.5 × 0.01 = 0.01",
]  # fmt: skip
WRONG = ["4.06 × $34.0000 = $135.61", "1.92 + 2.00 = 4.06", "1,000 ÷ 0 = 4", "2 + 3 × 4 = 20"]
NONE = ["4.06 × $33.4009", "2 × (3 + 4) = 14", "(2 + 3) × 4 + 1 = 21", "7 = 7", "1 + 2 = 3 × 1", "v1.2 + 3 = 4", "4 × not known here = 5"]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_a_sum_that_comes_out(text):
    assert [is_right for _, is_right in equations(text)] == [True]


@pytest.mark.parametrize("text", WRONG)
def test_a_sum_that_does_not(text):
    assert list(equations(text)) == [(text, False)]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_sum_of_plain_numbers_is_left_alone(text):
    assert list(equations(text)) == []


@given(st.lists(st.decimals(0, 9999, places=2), min_size=2, max_size=5))
def test_any_sum_is_read_as_it_is_written(numbers):
    text = f"{' + '.join(f'${n:,.2f}' for n in numbers)} = ${sum(numbers):,.2f}"
    assert list(equations(text)) == [(text, True)]
    wrong = f"{text[:-4]}{(int(text[-4]) + 1) % 10}{text[-3:]}"
    assert list(equations(wrong)) == [(wrong, False)]


@pytest.fixture
def release_of_2027():
    """RVU27A is current: the codes of RVU26C with more work, a higher factor, and no other file than PPRRVU."""
    before = Release.objects.get(name="RVU26C")
    mentioned = {code for document in documents() for code in document.codes} | {
        t.code for d in documents() for t in d.tags
    }
    billed = {"64721", "26055", "22612", "22840", "45385", "45380", "45378", "20610"}
    Release.objects.update(is_current=False)
    release = Release.objects.create(
        name="RVU27A", is_current=True, effective_from="2027-01-01", effective_to="2027-03-31", row_count=9, code_count=9,
        conversion_factor=Decimal("32.9871"), conversion_factor_qpp=Decimal("33.3210"), anesthesia_factor=Decimal("20.1234"),
    )  # fmt: skip
    rows = list(RvuRow.objects.filter(release=before, code__in=mentioned | billed))
    for row in rows:
        row.pk, row.release = None, release
        if row.work:
            more = (row.work * Decimal("0.07")).quantize(Decimal("0.01"))
            row.work, row.nonfac_total, row.fac_total = row.work + more, row.nonfac_total + more, row.fac_total + more
    RvuRow.objects.bulk_create(rows)
    Locality.objects.bulk_create(
        Locality(
            release=release, **{f: getattr(place, f) for f in ("mac", "number", "state", "name", "work", "pe", "mp")}
        )
        for place in Locality.objects.filter(release=before)
    )
    ReleaseFile.objects.create(release=release, kind="PPRRVU", name="PPRRVU2027_Jan.csv", sha256="0" * 64, rows=9)
    return release


def documents() -> list[Document]:
    texts = [*Text.objects.values_list("body", flat=True), *Question.objects.values_list("answer", flat=True)]
    return [Document(text) for text in texts]


def written_out() -> list[tuple[str, bool]]:
    """Every equation on a page of texts, as a visitor reads it."""
    shown = documents()
    figures = figures_of(shown)
    return [found for document in shown for _, line in document.lines(figures) for found in equations(line)]


@pytest.mark.django_db
def test_every_example_of_our_texts_comes_out():
    found = written_out()
    assert len(found) >= 20 and all(is_right for _, is_right in found), found
    assert ("4.06 × $33.4009 = $135.61", True) in found and ("15.6 × $20.4976 = $319.76", True) in found
    assert ("$423.19 + 50% × $287.58 = $566.98", True) in found


@pytest.mark.django_db
def test_with_the_next_years_release_all_texts_are_still_true(client, release_of_2027):
    found = written_out()
    assert len(found) >= 20 and all(is_right for _, is_right in found), found
    assert ("4.06 × $33.4009 = $135.61", True) in found, "the post about 2026 keeps its year"
    assert ("4.19 × $32.9871 = $138.22", True) in found, "a worked example follows the release"
    assert [str(problem) for problem in check_all()] == []
    html = client.get("/blog/reading-one-fee-schedule-row/").content.decode()
    assert 'in <span class="figure" title="CMS RVU27A">2027</span> it is' in html


MIXED = {
    '{% rvu "99214" "nonfac_total" %} × {% conversion_factor 2026 %}': True,
    '{% rvu "99214" "work" %}, in 2026 {% rvu "99214" "work" year=2026 %}': True,
    '| a | b |\n| --- | --- |\n| {% payment "99214" %} | x |\n| {% conversion_factor 2026 %} | y |': True,
    '- {% payment "99214" %}\n- {% conversion_factor 2026 %}': True,
    '{% bill "99214,20610" %} and {% conversion_factor 2026 %}': True,
    '{% rvu "99214" "work" %}\n\n{% conversion_factor 2026 %}': False,
    "{% conversion_factor %}, in 2026 {% conversion_factor 2026 %}": False,
    '{% rvu "99214" "nonfac_total" year=2026 %} × {% conversion_factor 2026 %} = {% payment "99214" year=2026 %}': False,
    '{% rvu "99214" "nonfac_total" %} × {% conversion_factor %} = {% payment "99214" %}': False,
}


@pytest.mark.django_db
def test_years_that_are_mixed_in_a_paragraph_are_found_when_the_next_comes(release_of_2027):
    for text, is_mixed in MIXED.items():
        found = [problem for problem in problems_of(text) if "of 2026 and stands beside figures of 2027" in problem]
        assert bool(found) is is_mixed, text


@pytest.mark.django_db
def test_a_sum_that_does_not_come_out_is_refused_when_a_text_is_saved():
    assert problems_of('{% rvu "99214" "nonfac_total" %} × {% conversion_factor 2025 %} = {% payment "99214" %}') == [
        "Line 1: {% conversion_factor 2025 %}: it is of 2025 and stands beside figures of 2026; give all a year, or none.",
        "Line 1: 4.06 × $32.3465 = $135.61 is not true.",
    ]
