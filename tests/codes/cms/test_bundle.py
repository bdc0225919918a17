"""What a handful of files is: kinds, the release they belong to, both conversion factors."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from codes.cms.archive import SourceFile
from codes.cms.bundle import is_qpp, kind_of, members, read_bundle, release_dates, release_name
from codes.cms.errors import CmsFileError

TITLE = "{} National Physician Fee Schedule Relative Value File {} Release"
FACTOR, FACTOR_QPP = "33.4009", "33.5675"


@pytest.fixture(scope="module")
def head(cms) -> bytes:
    """The header of RVU26C and its first forty rows."""
    lines = (cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv").read_bytes().splitlines(keepends=True)
    return b"".join(lines[:50])


def source(path) -> SourceFile:
    return SourceFile(path.name, path.read_bytes())


def zipped(name: str, *files: SourceFile) -> SourceFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file.name, file.data)
    return SourceFile(name, buffer.getvalue())


def refusal(*sources: SourceFile, release: str | None = None) -> CmsFileError:
    with pytest.raises(CmsFileError) as caught:
        read_bundle(sources, release)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def test_a_whole_bundle_is_read(cms):
    bundle = read_bundle([source(cms / "RVU25D.zip")])
    assert (bundle.release, bundle.released) == ("RVU25D", date(2025, 9, 11))
    counts = [(kind, file.name, rows) for kind, file, rows in bundle.files]
    assert counts == [
        ("PPRRVU", "PPRRVU2025_Oct.csv", 19090),
        ("GPCI", "GPCI2025.csv", 109),
        ("ANES", "ANES2025.csv", 109),
        ("LOCCO", "25LOCCO.csv", 110),
        ("OPPSCAP", "OPPSCAP_Oct.csv", 16100),
    ]
    assert (bundle.conversion_factor, bundle.conversion_factor_qpp) == (Decimal("32.3465"), None)
    assert bundle.national_anesthesia == Decimal("20.3178")
    assert (len(bundle.rows), len(bundle.gpci), len(bundle.oppscap)) == (19090, 109, 16100)


@pytest.mark.parametrize(
    "name, release",
    [
        ("RVU25D.zip", "RVU25D"),
        ("rvu24ar.zip", "RVU24AR"),
        ("PPRRVU22_JAN.csv", "RVU22A"),
        ("PPRRVU2025_Oct.csv", "RVU25D"),
        ("PPRRVU2025_Oct.txt", "RVU25D"),
        ("PPRRVU2025_Oct.xlsx", "RVU25D"),
        ("PPRRVU2026_Jul_nonQPP.csv", "RVU26C"),
        ("PPRRVU2026_Apr_QPP.csv", "RVU26B"),
        ("pprrvu_rvu20a_jan.csv", "RVU20A"),
        ("pprrvu_rvu24c_jul.csv", "RVU24C"),
        ("gpci_rvu21a.csv", "RVU21A"),
        ("GPCI2025.csv", None),
        ("25LOCCO.csv", None),
        ("ANES2025.csv", None),
        ("OPPSCAP_Oct.csv", None),
    ],
)
def test_a_release_is_named_by_its_file(name, release):
    assert release_name(SourceFile(name, b"")) == release


@pytest.mark.parametrize(
    "year, month, release",
    [(2022, "January", "RVU22A"), (2025, "October", "RVU25D"), (2026, "July", "RVU26C"), (2027, "April", "RVU27B")],
)
def test_the_title_tells_the_release_whatever_the_file_is_called(year, month, release):
    assert release_name(SourceFile("GPCI.csv", TITLE.format(year, month).encode())) == release
    corrected = SourceFile(f"PP{release}R.csv", TITLE.format(year, month).encode())
    assert release_name(corrected) == f"{release}R"
    other = SourceFile("RVU20A.csv", TITLE.format(year, month).encode())
    with pytest.raises(CmsFileError, match=f"its title says {release}, its name RVU20A; say with --release"):
        release_name(other)


@pytest.mark.parametrize(
    "path, released",
    [
        ("rvu22a/PPRRVU22_JAN.csv", date(2021, 12, 15)),
        ("rvu26c/PPRRVU2026_Jul_nonQPP.csv", date(2026, 6, 30)),
        ("history/pprrvu_rvu23a_jan.csv", None),
    ],
)
def test_the_day_of_release_is_read_from_the_title(cms, path, released):
    lines = (cms / path).read_bytes().splitlines(keepends=True)[:20]
    assert read_bundle([SourceFile((cms / path).name, b"".join(lines))]).released == released


@pytest.mark.parametrize(
    "name, first, last",
    [
        ("RVU22A", date(2022, 1, 1), date(2022, 3, 31)),
        ("RVU24AR", date(2024, 1, 1), date(2024, 3, 31)),
        ("RVU25B", date(2025, 4, 1), date(2025, 6, 30)),
        ("RVU26C", date(2026, 7, 1), date(2026, 9, 30)),
        ("RVU25D", date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_a_release_holds_for_its_quarter(name, first, last):
    assert release_dates(name) == (first, last)


@pytest.mark.parametrize("name", ["", "RVU26", "RVU26E", "26C", "rvu26c", "RVU26C ", "RVU2026C"])
def test_what_is_no_release_has_no_dates(name):
    with pytest.raises(ValueError, match="not the name of a release"):
        release_dates(name)


@pytest.mark.parametrize(
    "stem, kind",
    [("PPRRVU2025_Oct", "PPRRVU"), ("GPCI2025", "GPCI"), ("ANES2025", "ANES"), ("25LOCCO", "LOCCO"), ("OPPSCAP_Oct", "OPPSCAP")],
)  # fmt: skip
def test_a_file_is_known_by_its_name_or_else_its_header(cms, stem, kind):
    for suffix in (".csv", ".txt", ".xlsx"):
        assert kind_of(SourceFile(stem + suffix, b"")) == kind
    assert kind_of(SourceFile("download.csv", (cms / "rvu25d" / f"{stem}.csv").read_bytes())) == kind
    assert kind_of(SourceFile(f"{stem}.pdf", b"")) is None


def test_a_qpp_file_is_told_by_its_name():
    names = ["PPRRVU2026_Jul_nonQPP.csv", "PPRRVU2026_Jul_non-QPP.csv", "PPRRVU2026_Jul_QPP.csv", "PPRRVU2025_Oct.csv"]
    assert [is_qpp(SourceFile(name, b"")) for name in names] == [False, False, True, False]


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_qpp_file_beside_the_standard_one_gives_both_factors(head, is_zip):
    files = [
        SourceFile("PPRRVU2026_Jul_QPP.csv", head.replace(FACTOR.encode(), FACTOR_QPP.encode())),
        SourceFile("PPRRVU2026_Jul_nonQPP.csv", head),
    ]
    bundle = read_bundle([zipped("RVU26C.zip", *files)] if is_zip else files)
    assert (bundle.conversion_factor, bundle.conversion_factor_qpp) == (Decimal(FACTOR), Decimal(FACTOR_QPP))
    assert len(bundle.rows) == 40
    assert [kind for kind, _, _ in bundle.files] == ["PPRRVU", "PPRRVU QPP"]


def test_a_qpp_file_that_lacks_rows_is_refused(head):
    short = b"".join(head.replace(FACTOR.encode(), FACTOR_QPP.encode()).splitlines(keepends=True)[:-1])
    error = refusal(SourceFile("PPRRVU2026_Jul_nonQPP.csv", head), SourceFile("PPRRVU2026_Jul_QPP.csv", short))
    assert error.file == "PPRRVU2026_Jul_QPP.csv" and "cut short" in error.problem


def test_a_qpp_file_with_other_rvus_is_refused(head):
    other = head.replace(FACTOR.encode(), FACTOR_QPP.encode()).replace(b"0001F,,", b"0002F,,")
    error = refusal(SourceFile("PPRRVU2026_Jul_nonQPP.csv", head), SourceFile("PPRRVU2026_Jul_QPP.csv", other))
    assert (error.file, error.line, error.value) == ("PPRRVU2026_Jul_QPP.csv", 11, "0002F")


def test_two_conversion_factors_in_one_file_are_refused(head):
    error = refusal(SourceFile("PPRRVU2026_Jul.csv", head[::-1].replace(FACTOR[::-1].encode(), b"9000.43", 1)[::-1]))
    assert (error.line, error.value) == (50, "34.0009")


def test_of_one_kind_in_three_formats_the_csv_is_read(cms):
    files = [source(cms / "rvu25d" / f"GPCI2025.{suffix}") for suffix in ("xlsx", "txt", "csv")]
    assert members(files) == [("GPCI", files[2])]
    assert members(files[:2]) == [("GPCI", files[1])]


def test_files_of_two_releases_are_refused(cms, head):
    old = b"".join((cms / "rvu25d" / "PPRRVU2025_Oct.csv").read_bytes().splitlines(keepends=True)[:20])
    error = refusal(SourceFile("PPRRVU2026_Jul.csv", head), SourceFile("PPRRVU2025_Oct_QPP.csv", old))
    assert "several releases (RVU25D, RVU26C)" in error.problem


@pytest.mark.parametrize("release", [None, "RVU26C"])
def test_a_zip_with_two_releases_is_refused(head, release):
    january = head.replace(b"July", b"January")
    file = zipped("RVU26.zip", SourceFile("PPRRVU2026_Jan.csv", january), SourceFile("PPRRVU2026_Jul.csv", head))
    error = refusal(file, release=release)
    assert "several releases (RVU26A, RVU26C); give one at a time" in error.problem
    assert error.file == "PPRRVU2026_Jan.csv, PPRRVU2026_Jul.csv"


def test_a_second_file_of_one_kind_is_refused(head):
    error = refusal(SourceFile("PPRRVU2026_Jul.csv", head), SourceFile("PPRRVU2026_Jul (1).csv", head))
    assert "a second PPRRVU file beside PPRRVU2026_Jul.csv" in error.problem


def test_anesthesia_factors_in_two_files_are_put_together():
    files = [
        SourceFile(
            f"ANES2026_{kind}.csv",
            f"Contractor,Locality,Locality Name,Anes CF\r\n10112,00,ALABAMA,{value}\r\n".encode(),
        )
        for kind, value in (("QPP", "20.60"), ("nonQPP", "20.50"))
    ]
    bundle = read_bundle(files, "RVU26A")
    assert [(row.factor, row.qpp) for row in bundle.anes] == [(Decimal("20.50"), Decimal("20.60"))]
    assert [kind for kind, _, _ in bundle.files] == ["ANES", "ANES QPP"]


def test_a_correction_keeps_the_title_of_what_it_corrects(head):
    january = head.replace(b"July", b"January")
    file = zipped("RVU26AR.zip", SourceFile("PPRRVU2026_Jan_nonQPP.csv", january))
    assert release_name(SourceFile("PPRRVU2026.csv", january)) == "RVU26A"
    assert read_bundle([file]).release == "RVU26AR"


def test_a_yearly_file_belongs_to_the_newest_release_of_its_year(cms):
    gpci = source(cms / "rvu26c" / "GPCI2026.csv")
    assert read_bundle([gpci], newest_of_year={"26": "RVU26C"}.get).release == "RVU26C"
    error = refusal(gpci)
    assert error.file == "GPCI2026.csv" and "--release" in error.problem
    assert read_bundle([gpci], "RVU26B").release == "RVU26B"


def test_each_file_is_announced_before_it_is_read(cms):
    told = []
    files = [source(cms / "rvu25d" / name) for name in ("25LOCCO.csv", "ANES2025.csv")]
    read_bundle(files, "RVU25D", on_file=lambda kind, name: told.append((kind, name)))
    assert told == [("ANES", "ANES2025.csv"), ("LOCCO", "25LOCCO.csv")]


@pytest.mark.parametrize(
    "name, data, problem",
    [
        ("notes.csv", b"to,whom\nit,may\n", "not a PPRRVU, GPCI, ANES, LOCCO or OPPSCAP file"),
        ("notes.pdf", b"%PDF", "not a PPRRVU, GPCI, ANES, LOCCO or OPPSCAP file"),
        ("RVU26C.csv", b"", "empty"),
        ("RVU26C.csv", b"<html><body>404</body></html>", "web page"),
        ("RVU26C.zip", b"<html><body>404</body></html>", "web page"),
    ],
)
def test_a_file_of_no_known_kind_is_refused(name, data, problem):
    assert problem in refusal(SourceFile(name, data)).problem


def test_a_zip_without_any_known_file_is_refused():
    error = refusal(zipped("RVU26C.zip", SourceFile("a.pdf", b"%PDF"), SourceFile("b.txt", b"hello")))
    assert "was found in it" in error.problem


def test_a_day_of_release_that_is_none_is_refused(head):
    error = refusal(SourceFile("PPRRVU2026_Jul.csv", head.replace(b"RELEASED 06/30", b"RELEASED 06/31")))
    assert error.value == "RELEASED 06/31/2026"
