"""A release that staff rolled back is used nowhere that a visitor could look; one not in force yet says so."""

from datetime import date

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from codes import current
from codes.figure_tags import FigureError, parse
from codes.figures import fetch
from codes.models import Code, Release
from tests.codes.small import GPCI_HEADER, HEADER, clear, hcpcs_record, pprrvu_row, run, write
from tests.desk import member

pytestmark = pytest.mark.django_db
VISIT = "/cpt-codes/evaluation-management/99213/"
# Every page that could show a release, its figures, or a code that it alone holds.
PAGES = [
    "/", VISIT, f"{VISIT}?locality=0123401", "/cpt-codes/", "/cpt-codes/?q=99213", "/cpt-codes/?q=99216",
    "/cpt-codes/suggest/?q=9921", "/cpt-codes/all/", "/cpt-codes/changes/", "/cpt-codes/changes/?format=csv",
    "/cpt-codes/changes/?to=RVU24B", "/cpt-codes/compare/?codes=99213,99212", "/resources/rvu-calculator/?codes=99213,99216",
    "/resources/conversion-factor-history/", "/about-the-data/", "/students/?code=99213", "/attendings/?codes=99213,99216",
    "/sitemap-pages.xml", "/sitemap-evaluation-management.xml",
]  # fmt: skip
TRACES = ["RVU24C", "7.77", "8.37", "9.55", "NEVERLAND", "/99216/"]


@pytest.fixture
def third(tmp_path) -> Release:
    """RVU24A, RVU24B and RVU24C, where 99213 rises to 7.77 and 99216 and a place are new."""
    clear()
    for month, work in (("JAN", 1.3), ("APR", 1.31)):
        rows = pprrvu_row("99213", work), pprrvu_row("99212", 0.7)
        run("import_pfs", write(tmp_path / f"PPRRVU24_{month}.csv", HEADER, *rows))
    july = [pprrvu_row("99213", 7.77), pprrvu_row("99212", 9.55), pprrvu_row("99216", 3), pprrvu_row("A9999")]
    places = write(tmp_path / "GPCI2024.csv", GPCI_HEADER, "01234,AK,01,NEVERLAND,1.5,1.1,0.6")
    run("import_pfs", write(tmp_path / "PPRRVU24_JUL.csv", HEADER, *july), places)
    return Release.objects.get(name="RVU24C")


@pytest.fixture
def rolled_back(third) -> Release:
    current.withdraw(third, True)
    return third


def traces_on(client, address: str) -> set[str]:
    response = client.get(address, follow=True)
    assert response.status_code in (200, 404), address
    page = response.getvalue() if response.streaming else response.content
    return {trace for trace in TRACES if trace.lower() in page.decode().lower()}


def test_no_public_page_shows_it(client, rolled_back):
    assert {address: found for address in PAGES if (found := traces_on(client, address))} == {}


def test_these_pages_would_show_it(client, third):
    """So that the test above could fail: each trace is somewhere, and a release stands on most pages."""
    found = [traces_on(client, address) for address in PAGES]
    assert set().union(*found) == set(TRACES) and sum(map(bool, found)) > 12


@pytest.mark.parametrize(
    "address", [f"{VISIT}?release=RVU24C", "/99216", "/cpt-codes/evaluation-management/99216/?release=RVU24C"]
)
def test_its_page_is_not_found(client, rolled_back, address):
    assert client.get(address, follow=True).status_code == 404


@pytest.mark.parametrize("query", [{"to": "RVU24C"}, {"from": "RVU24C", "to": "RVU24A"}])
def test_the_list_of_changes_does_not_know_it(client, rolled_back, query):
    page = client.get("/cpt-codes/changes/", query).content.decode()
    assert "RVU24C is not among the releases here" in page and "7.77" not in page


@pytest.mark.parametrize("tag", ['rvu "99213" "work"', 'rvu "99213" "work" year=2024'])
def test_figures_of_texts_are_of_the_release_before(rolled_back, tag):
    assert strip_tags(fetch([parse(tag)]).figure(parse(tag))) == "1.31"


def test_a_text_pinned_to_its_year_finds_none(rolled_back):
    Release.objects.exclude(pk=rolled_back.pk).update(effective_from=date(2023, 1, 1))
    tag = parse('rvu "99213" "work" year=2024')
    with pytest.raises(FigureError, match="no release of 2024 is loaded"):
        fetch([tag]).figure(tag)


def test_a_yearly_file_goes_to_the_newest_one_in_use(rolled_back, tmp_path):
    run("import_pfs", write(tmp_path / "GPCI2024.csv", GPCI_HEADER, "01234,AK,01,HERE,1.5,1.1,0.7"))
    assert Release.objects.get(name="RVU24B").localities.get().name == "HERE"
    assert rolled_back.localities.get().name == "NEVERLAND"


def test_staff_still_see_it(client, rolled_back):
    client.force_login(member("Data manager"))
    assert "RVU24C" in client.get("/admin/codes/release/").content.decode()
    assert "was rolled back" in client.get(f"/admin/codes/release/{rolled_back.pk}/change/").content.decode()


def test_its_codes_come_back_with_it(client, rolled_back):
    assert not Code.objects.listed().filter(pk="99216").exists()
    current.withdraw(rolled_back, False)
    assert client.get("/99216", follow=True).status_code == 200


def test_a_code_that_another_file_or_a_text_holds_keeps_its_page(third, tmp_path):
    Code.objects.filter(pk="99216").update(name="Observation")
    current.withdraw(third, True)
    assert Code.objects.listed().filter(pk="99216").exists()


@pytest.mark.parametrize("how", ["a later release", "HCPCS"])
def test_a_code_comes_back_with_whatever_holds_it(third, tmp_path, how):
    current.withdraw(third, True)
    if how == "HCPCS":
        run("import_hcpcs", write(tmp_path / "HCPC2024_JAN_ANWEB.txt", hcpcs_record("A9999", "a thing")))
    else:
        run("import_pfs", write(tmp_path / "PPRRVU24_OCT.csv", HEADER, pprrvu_row("A9999")))
    assert Code.objects.listed().filter(pk="A9999").exists()


AHEAD = ["/cpt-codes/changes/?to=RVU24C", VISIT, "/about-the-data/", f"{VISIT}?release=RVU24C"]


@pytest.mark.parametrize("address", AHEAD)
def test_values_not_in_force_yet_are_marked_beside_others(client, third, address):
    next_year = timezone.localdate().year + 1
    Release.objects.filter(pk=third.pk).update(
        effective_from=date(next_year, 7, 1), effective_to=date(next_year, 9, 30)
    )
    current.settle()
    Release.objects.filter(name="RVU24B").update(is_current=True)
    assert "not in force yet" in client.get(address).content.decode()


def test_a_figure_of_a_year_is_that_of_a_release_in_force(third):
    """In September the files of October are loaded: what holds this year is still July's."""
    today = timezone.localdate()
    Release.objects.filter(name="RVU24B").update(effective_from=today.replace(month=1, day=1))
    last = date(today.year, 12, 31)
    if today == last:
        pytest.skip("no day of this year is left to come")
    Release.objects.filter(pk=third.pk).update(effective_from=last, is_current=False)
    tag = parse(f'rvu "99213" "work" year={today.year}')
    assert "1.31" in fetch([tag]).figure(tag) and "not in force yet" not in fetch([tag]).figure(tag)
    Release.objects.filter(name="RVU24B").update(effective_from=date(2024, 4, 1))
    assert "not in force yet" in fetch([tag]).figure(tag)
