import hashlib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from django.core.management import CommandError

from codes.cms.archive import SourceFile
from codes.cms.bundle import read_bundle
from codes.cms.pprrvu import PprrvuRow
from codes.models import CatalogueState, Code, Locality, OppsCap, Release, RvuRow
from tests.codes.small import (
    ANES_HEADER,
    GPCI_HEADER,
    HEADER,
    LOCCO_HEADER,
    clear,
    pprrvu,
    pprrvu_row,
    run,
    snapshot,
    write,
)

pytestmark = pytest.mark.django_db

PPRRVU = {
    "history/pprrvu_rvu20a_jan.csv": "RVU20A",
    "history/pprrvu_rvu21a_jan.csv": "RVU21A",
    "rvu22a/PPRRVU22_JAN.csv": "RVU22A",
    "history/pprrvu_rvu23a_jan.csv": "RVU23A",
    "history/pprrvu_rvu24a_jan.csv": "RVU24A",
    "history/pprrvu_rvu24c_jul.csv": "RVU24C",
    "rvu25d/PPRRVU2025_Oct.csv": "RVU25D",
    "rvu25d/PPRRVU2025_Oct.txt": "RVU25D",
    "rvu25d/PPRRVU2025_Oct.xlsx": "RVU25D",
    "rvu26c/PPRRVU2026_Jul_nonQPP.csv": "RVU26C",
}


def source(path: Path) -> SourceFile:
    return SourceFile(path.name, path.read_bytes())


@cache
def rows_of(path: Path) -> dict[tuple[str, str], PprrvuRow]:
    return {(row.code, row.modifier): row for row in read_bundle([source(path)]).rows}


@pytest.fixture
def small(db, tmp_path) -> Path:
    """No catalogue but RVU24A with three codes and one locality, and a folder for files."""
    clear()
    write(tmp_path / "GPCI2024.csv", GPCI_HEADER, "10112,AL,00,ALABAMA,1.000,0.875,0.566")
    figures = pprrvu(tmp_path / "PPRRVU24_JAN.csv", c99211=0.18, c99212=0.70, c99213=1.30)
    run("import_pfs", figures, tmp_path / "GPCI2024.csv")
    return tmp_path


@pytest.mark.parametrize("name, release", PPRRVU.items())
def test_every_published_file_lands_with_every_column(cms, name, release):
    run("import_pfs", cms / name)
    rows = rows_of((cms / name).with_suffix(".csv"))  # txt and xlsx of a release hold the same
    stored = RvuRow.objects.filter(release__name=release)
    assert stored.count() == len(rows) == Release.objects.get(name=release).row_count
    sample = [("99213", ""), *list(rows)[::150]]
    found = {(row.code_id, row.modifier): row for row in stored.filter(code__in=[code for code, _ in sample])}
    for key in sample:
        assert all(getattr(found[key], column) == getattr(rows[key], column) for column in RvuRow.CMS_COLUMNS), key
    assert Release.objects.current().name == "RVU26C"


def test_no_pprrvu_file_of_the_folder_is_left_out_above(cms):
    files = {str(path.relative_to(cms)) for path in cms.rglob("*") if path.name.upper().startswith("PPRRVU")}
    assert files == set(PPRRVU)


def test_a_release_keeps_where_it_came_from(cms):
    release = Release.objects.get(name="RVU26C")
    kept = {file.kind: (file.name, file.sha256, file.rows) for file in release.files.all()}
    path = cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
    assert kept["PPRRVU"] == (path.name, hashlib.sha256(path.read_bytes()).hexdigest(), 19356)
    assert kept["GPCI"][0] == "GPCI2026.csv" and kept["GPCI"][2] == release.localities.count()
    assert release.released == date(2026, 6, 30)
    assert (release.effective_from, release.effective_to) == (date(2026, 7, 1), date(2026, 9, 30))
    assert (release.row_count, release.code_count) == (19356, release.rows.values("code").distinct().count())
    assert not release.is_starter


def test_2026_has_two_conversion_factors_and_2025_one():
    now, before = Release.objects.get(name="RVU26C"), Release.objects.get(name="RVU25D")
    assert (now.conversion_factor, now.conversion_factor_qpp) == (Decimal("33.4009"), Decimal("33.5675"))
    assert (before.conversion_factor, before.conversion_factor_qpp) == (Decimal("32.3465"), None)
    assert before.anesthesia_factor == Decimal("20.3178")


QPP = [
    pprrvu_row(code, work).replace("33.0000", "33.5000")
    for code, work in (("99211", 0.18), ("99212", 0.7), ("99213", 1.3))
]


def test_the_factor_for_qualifying_participants_comes_from_a_file_of_its_own(small):
    run("import_pfs", write(small / "PPRRVU24_JAN_QPP.csv", HEADER, *QPP))
    release = Release.objects.get()
    assert (release.conversion_factor, release.conversion_factor_qpp) == (Decimal("33.0000"), Decimal("33.5000"))
    assert release.rows.count() == 3


@pytest.mark.parametrize(
    "rows, problem",
    [
        (QPP[:2], "line 3: the QPP file holds 2 rows, the standard file 3"),
        ([*QPP[:2], pprrvu_row("99213", 9)], "line 4: the QPP file gives other RVUs"),
    ],
)
def test_a_qpp_file_by_itself_must_agree_with_what_is_loaded(small, rows, problem):
    before = snapshot()
    rows = [row.replace("33.0000", "33.5000") for row in rows]
    with pytest.raises(CommandError, match=problem):
        run("import_pfs", write(small / "PPRRVU24_JAN_QPP.csv", HEADER, *rows))
    assert snapshot() == before


def test_a_whole_bundle_brings_localities_factors_counties_and_caps(cms):
    bundle = read_bundle([source(cms / "RVU25D.zip")])
    release = Release.objects.get(name="RVU25D")
    places = {(p.mac, p.number): p for p in release.localities.all()}
    assert len(places) == len(bundle.gpci) and release.opps_caps.count() == len(bundle.oppscap)
    for anes in bundle.anes:
        assert places[anes.mac, anes.number].anesthesia_factor == anes.factor
    for locco in bundle.locco:
        assert locco.counties in places[locco.mac, locco.number].counties
    alaska = places["02102", "01"]
    assert (alaska.state, alaska.name, alaska.work) == ("AK", "ALASKA", Decimal("1.500"))
    cap = OppsCap.objects.get(release=release, code="0633T", modifier="TC", mac="01112", number="05")
    assert (cap.facility, cap.nonfacility) == (Decimal("150.69"), Decimal("150.69"))


def test_releases_stand_side_by_side_and_the_newest_is_current(small):
    for name, work in (("PPRRVU25_APR.csv", 1.60), ("PPRRVU24_JUL.csv", 1.40), ("PPRRVU22_JAN.csv", 1.20)):
        run("import_pfs", pprrvu(small / name, c99213=work))
    works = dict(RvuRow.objects.filter(code="99213").values_list("release__name", "work"))
    assert works == {name: Decimal(w) for name, w in zip(("RVU22A", "RVU24A", "RVU24C", "RVU25B"), ("1.20", "1.30", "1.40", "1.60"), strict=True)}  # fmt: skip
    assert snapshot()["current"] == ["RVU25B"]


def test_cms_wording_follows_the_current_release_and_not_an_older_one(small):
    run("import_pfs", write(small / "PPRRVU25_APR.csv", HEADER, pprrvu_row("99213", text="new words")))
    run("import_pfs", write(small / "PPRRVU22_JAN.csv", HEADER, pprrvu_row("99213", text="old words")))
    assert Code.objects.get(code="99213").cms_descriptor == "new words"


@pytest.mark.parametrize(
    "names", [["RVU25D.zip"], ["rvu26c/PPRRVU2026_Jul_nonQPP.csv", "rvu26c/GPCI2026.csv"], ["rvu26c/GPCI2026.csv"]]
)
def test_the_same_files_again_change_nothing_and_say_so(cms, names):
    before = snapshot()
    assert "loaded already. Nothing changed." in run("import_pfs", *(cms / name for name in names))
    assert snapshot() == before


def test_a_release_can_be_corrected_by_a_later_file(small):
    run("import_pfs", pprrvu(small / "PPRRVU24_JAN.csv", c99212=0.70, c99213=1.31))
    rows = dict(Release.objects.get().rows.values_list("code", "work"))
    assert rows == {"99212": Decimal("0.70"), "99213": Decimal("1.31")}


def test_a_dry_run_tells_what_would_change_and_writes_nothing(small):
    before = snapshot()
    path = pprrvu(small / "PPRRVU24_JUL.csv", c99212=0.70, c99213=1.40, c99214=1.92)
    said = run("import_pfs", path, dry_run=True)
    assert "Difference against RVU24A: 1 added, 1 removed, 1 revalued, 1 unchanged" in said
    assert "added: 99214\n" in said and "removed: 99211\n" in said
    assert "99213: work 1.30 → 1.40, total non-facility 1.90 → 2.00, total facility 1.90 → 2.00\n" in said
    assert "Dry run: nothing was written." in said
    assert snapshot() == before
    assert "1 added, 1 removed, 1 revalued, 1 unchanged" in run("import_pfs", path)


def test_the_difference_says_none_where_cms_gives_no_value_any_more(small):
    said = run("import_pfs", write(small / "PPRRVU24_JUL.csv", HEADER, pprrvu_row("99213", 0, status="C")))
    assert "99213: work 1.30 → none" in said and "status A → C" in said


HEAD = [HEADER, pprrvu_row("99212", 0.7), pprrvu_row("99213", 1.3)]
BAD_FILES = {
    "a line cut short": ("PPRRVU24_JUL.csv", "\n".join([*HEAD, "99214,,,A,,1.9"]).encode()),
    "a total that does not add up": ("PPRRVU24_JUL.csv", "\n".join(HEAD).replace("1.90", "1.80").encode() + b"\n"),
    "a status CMS does not know": ("PPRRVU24_JUL.csv", "\n".join(HEAD).replace(",A,", ",Z,").encode() + b"\n"),
    "a code that stands twice": ("PPRRVU24_JUL.csv", "\n".join([*HEAD, HEAD[1]]).encode() + b"\n"),
    "two conversion factors": ("PPRRVU24_JUL.csv", "\n".join([*HEAD, pprrvu_row("99214").replace("33.0000", "34.0000")]).encode() + b"\n"),
    "no rows": ("PPRRVU24_JUL.csv", HEADER.encode() + b"\n"),
    "an error page": ("PPRRVU24_JUL.csv", b"<!DOCTYPE html>\n<html><body>Not\nfound</body></html>"),
    "nothing": ("PPRRVU24_JUL.csv", b""),
    "binary": ("PPRRVU24_JUL.csv", b"\xff\xfeh\0c\0p\0c\0s\0\n\0"),
    "a broken archive": ("RVU24C.zip", b"PK\x03\x04" + bytes(500)),
    "something else": ("RVU24C.csv", b"name,age\nAnn,30\n"),
    "a locality without a number": ("GPCI2024.csv", f"{GPCI_HEADER}\n10112,AL,00,ALABAMA,high,0.9,0.5\n".encode()),
}  # fmt: skip


@pytest.mark.parametrize("name, data", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused_in_one_line_that_names_it(small, name, data):
    before = snapshot()
    (small / name).write_bytes(data)
    with pytest.raises(CommandError) as refused:
        run("import_pfs", small / name)
    assert "\n" not in str(refused.value) and str(refused.value).startswith(name)
    assert snapshot() == before


@pytest.mark.parametrize("name", ["missing.csv", ""])
def test_what_cannot_be_read_is_refused(small, name):
    with pytest.raises(CommandError, match="can't be read: "):
        run("import_pfs", small / name)


@pytest.mark.parametrize("release", ["RVU24X", "24A", "", "rvu24a"])
def test_release_names_an_untitled_file(small, release):
    path = pprrvu(small / "PPRRVU_values.csv", c99213=1.5)
    with pytest.raises(CommandError, match=r"--release|is not the name of a release"):
        run("import_pfs", path, release=release)
    run("import_pfs", path, release="RVU24B")
    assert snapshot()["current"] == ["RVU24B"]


@pytest.mark.parametrize("other", ["PPRRVU24_JUL.csv", "GPCI2025.csv"])
def test_files_of_two_releases_at_once_are_refused(small, other):
    before = snapshot()
    write(small / "GPCI2025.csv", GPCI_HEADER, "10112,AL,00,ALABAMA,1.100,0.875,0.566")
    pprrvu(small / "PPRRVU24_JUL.csv", c99213=1.5)
    with pytest.raises(CommandError, match="belong to several releases"):
        run("import_pfs", pprrvu(small / "PPRRVU24_APR.csv", c99213=1.4), small / other)
    assert snapshot() == before


def test_gpci_alone_goes_to_the_newest_release_of_its_year(small):
    for name in ("PPRRVU24_APR.csv", "PPRRVU25_JAN.csv"):
        run("import_pfs", pprrvu(small / name, c99213=1.5))
    path = write(small / "GPCI2024.csv", GPCI_HEADER, "10112,AL,00,ALABAMA,1.100,0.875,0.566")
    assert "RVU24B is loaded." in run("import_pfs", path)
    works = dict(Locality.objects.values_list("release__name", "work"))
    assert works == {"RVU24A": Decimal("1.000"), "RVU24B": Decimal("1.100")}


def test_a_new_gpci_keeps_what_other_files_said_of_a_locality(small):
    anes = write(small / "ANES2024.csv", ANES_HEADER, "10112,00,ALABAMA,19.31")
    locco = write(small / "24LOCCO.csv", LOCCO_HEADER, "10112,0,ALABAMA,STATEWIDE,ALL COUNTIES")
    run("import_pfs", anes, locco)
    run("import_pfs", write(small / "GPCI2024.csv", GPCI_HEADER, "10112,AL,00,ALABAMA,1.100,0.875,0.566"))
    place = Locality.objects.get()
    assert (place.work, place.anesthesia_factor, place.counties) == (Decimal("1.1"), Decimal("19.31"), "ALL COUNTIES")


@pytest.mark.parametrize("dry_run", [True, False])
def test_files_of_places_wait_for_the_file_they_belong_to(small, dry_run):
    run("import_pfs", pprrvu(small / "PPRRVU25_JAN.csv", c99213=1.5))
    with pytest.raises(CommandError, match=r"RVU24B has no figures yet; load its PPRRVU file first"):
        run("import_pfs", small / "GPCI2024.csv", release="RVU24B", dry_run=dry_run)
    anes = write(small / "ANES2025.csv", ANES_HEADER, "10112,00,ALABAMA,19.31")
    with pytest.raises(CommandError, match=r"RVU25A has no localities yet; load its GPCI file first"):
        run("import_pfs", anes, dry_run=dry_run)
    assert not Release.objects.filter(name="RVU24B").exists()


CUT = {
    "half of it": ("rvu26c/PPRRVU2026_Jul_nonQPP.csv", 9_000, "line 9000: .* lacks 99607"),
    "its first rows": ("rvu26c/PPRRVU2026_Jul_nonQPP.csv", 40, "line 40: .* lacks 99607"),
    "all but the last row": ("rvu25d/PPRRVU2025_Oct.txt", -1, "line 19096: it ends with V5363 and lacks V5364"),
    "letters first": ("rvu22a/PPRRVU22_JAN.csv", 12_000, "line 12000: .* lacks 99607"),
    "localities": ("rvu26c/GPCI2026.csv", 60, "line 60: it lacks Wyoming"),
}


@pytest.mark.parametrize("path, lines, problem", CUT.values(), ids=CUT)
def test_a_file_cut_at_the_end_of_a_line_is_refused_where_nothing_is_loaded(small, cms, path, lines, problem):
    before = snapshot()
    file = small / Path(path).name
    file.write_bytes(b"".join((cms / path).read_bytes().splitlines(keepends=True)[:lines]))
    with pytest.raises(
        CommandError, match=problem + r".* must be cut short \(if CMS publishes it so, say --accept-fewer\)"
    ):
        run("import_pfs", file, release="RVU24A", accept_fewer=False)
    assert snapshot() == before


def test_what_seems_to_be_cut_short_can_be_accepted(small, cms):
    file = small / "PPRRVU2026_Jul_nonQPP.csv"
    file.write_bytes(b"".join((cms / "rvu26c" / file.name).read_bytes().splitlines(keepends=True)[:40]))
    assert "RVU26C is loaded." in run("import_pfs", file, accept_fewer=True)
    assert Release.objects.current().row_count == 30


def test_a_few_codes_put_together_are_an_excerpt_and_said_to_be_one(small):
    said = run("import_pfs", pprrvu(small / "PPRRVU24_JUL.csv", c99213=1.4), accept_fewer=False)
    assert "This is an excerpt, not the whole file that CMS publishes." in said


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_file_that_lost_a_fifth_of_its_rows_is_refused(cms, tmp_path, dry_run):
    before = snapshot()
    lines = (cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv").read_bytes().splitlines(keepends=True)
    kept = [line for i, line in enumerate(lines) if i < 20 or i % 9 > 1 or line.startswith((b"99607", b"V5364"))]
    (tmp_path / "PPRRVU2026_Jul_nonQPP.csv").write_bytes(b"".join(kept))
    with pytest.raises(CommandError, match=r"line 15068: 15,058 rows where RVU26C has 19,356; .* cut short"):
        run("import_pfs", tmp_path / "PPRRVU2026_Jul_nonQPP.csv", dry_run=dry_run)
    assert snapshot() == before


def test_percentiles_count_the_codes_of_the_category_with_less_work():
    rows = RvuRow.objects.filter(release__name="RVU26C", code__category="evaluation-management")
    works = dict(rows.filter(modifier="", work__gt=0).values_list("code", "work"))
    assert len(works) > 100
    for row in rows:
        rank = 100 * sum(work < row.work for work in works.values()) // len(works) if row.code_id in works else None
        assert (row.percentile, row.peers) == (rank, len(works) if row.code_id in works else None), row


def test_a_code_the_contractor_prices_has_no_work_rvu_rather_than_zero():
    row = RvuRow.objects.get(release__name="RVU26C", code="0054T")
    assert (row.status, row.work, row.nonfac_total, row.percentile) == ("C", None, None, None)


def test_a_placeholder_of_cms_has_its_figures_but_no_page(client):
    code = Code.objects.get(code="GXXX1")
    assert code.rows.filter(release__name="RVU26C").exists() and not code.is_listed
    assert client.get(code.get_absolute_url()).status_code == 404


def test_every_import_makes_cached_pages_stale(small):
    before = CatalogueState.current_revision()
    run("import_pfs", write(small / "GPCI2024.csv", GPCI_HEADER, "10112,AL,00,ALABAMA,1.100,0.875,0.566"))
    assert CatalogueState.current_revision() > before


def test_a_file_whose_title_and_name_contradict_each_other_is_refused_unless_it_is_said_which(small):
    title = "2024 National Physician Fee Schedule Relative Value File July Release"
    path = write(small / "RVU24B.csv", title, HEADER, pprrvu_row("99213", 1.5))
    for command in (["import_pfs", path], ["import_pfs", path, "--dry-run"]):
        with pytest.raises(
            CommandError, match=r"RVU24B\.csv: its title says RVU24C, its name RVU24B; say with --release"
        ):
            run(*command)
    assert not Release.objects.exclude(name="RVU24A").exists()
    assert "RVU24C is loaded" in run("import_pfs", path, release="RVU24C")
