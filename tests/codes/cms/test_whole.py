"""What tells that a file is whole, where CMS marks no end."""

import pytest

from codes.cms.archive import SourceFile, unpack
from codes.cms.bundle import read_bundle
from codes.cms.errors import CmsFileError
from codes.cms.hcpcs import read_hcpcs
from codes.cms.whole import check_bundle, check_hcpcs

HISTORY = "20a", "21a", "22a", "23a", "24a", "24c"
PPRRVU = [
    "history/pprrvu_rvu20a_jan.csv", "rvu22a/PPRRVU22_JAN.csv", "history/pprrvu_rvu24c_jul.csv",
    "rvu26c/PPRRVU2026_Jul_nonQPP.csv",
]  # fmt: skip


def source(path) -> SourceFile:
    return SourceFile(path.name, path.read_bytes())


def cut(file: SourceFile, lines: int) -> SourceFile:
    return SourceFile(file.name, b"".join(file.data.splitlines(keepends=True)[:lines]))


def refusal(*files: SourceFile) -> CmsFileError:
    with pytest.raises(CmsFileError) as caught:
        check_bundle(read_bundle(files, "RVU25D"))
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


@pytest.fixture(scope="module")
def bundle_2025(cms) -> dict[str, SourceFile]:
    return {member.name: member for member in unpack(source(cms / "RVU25D.zip"))}


@pytest.mark.parametrize(
    "path",
    [*PPRRVU, "rvu26c/GPCI2026.csv", "RVU25D.zip", *(f"history/{kind}_rvu{release}.csv" for kind in ("gpci", "anes") for release in HISTORY)],
)  # fmt: skip
def test_what_cms_published_is_whole(cms, path):
    check_bundle(read_bundle([source(cms / path)], "RVU26C"))


@pytest.mark.parametrize("suffix", ["csv", "txt"])
@pytest.mark.parametrize(
    "name, lines, problem",
    [
        ("GPCI2025", 80, "lacks Wyoming"),
        ("ANES2025", 108, "lacks Wyoming"),
        ("25LOCCO", 150, "lacks Wyoming"),
        ("OPPSCAP_Oct", 16_050, "93990 TC stands for"),
    ],
)
def test_files_of_places_that_end_early_are_refused(bundle_2025, name, suffix, lines, problem):
    error = refusal(cut(bundle_2025[f"{name}.{suffix}"], lines))
    assert problem in error.problem and "cut short" in error.problem
    assert 0 < error.line <= lines


def test_of_three_formats_each_tells_whether_the_others_are_whole(bundle_2025):
    anes = {suffix: bundle_2025[f"ANES2025.{suffix}"] for suffix in ("csv", "txt", "xlsx")}
    check_bundle(read_bundle(anes.values(), "RVU25D"))
    # The last rows but Wyoming's, so that only the count can tell.
    lines = anes["csv"].data.splitlines(keepends=True)
    short = SourceFile("ANES2025.csv", b"".join([*lines[:98], *lines[109:]]))
    error = refusal(short, anes["xlsx"])
    assert error.file == "ANES2025.csv" and "98 rows, where ANES2025.xlsx beside it has 109" in error.problem


def test_a_whole_bundle_whose_main_file_lost_a_row_is_refused(bundle_2025):
    files = [
        file for name, file in bundle_2025.items() if name.startswith("PPRRVU") and file.suffix in (".csv", ".txt")
    ]
    lines = files[0].data.splitlines(keepends=True)
    files[0] = SourceFile(files[0].name, b"".join(lines[:500] + lines[501:]))
    assert "beside it has 19,0" in refusal(*files).problem


def test_a_hcpcs_file_that_ends_early_is_refused(cms):
    path = cms / "hcpcs" / "HCPC2020_OCT_ANWEB.xlsx"
    codes = [entry.code for entry in read_hcpcs(source(path)) if not entry.is_modifier]
    check_hcpcs(source(path), codes)
    for some in (codes[:-1], codes[:100], [code for code in codes if code[0] != "L"], [*codes[:5900], codes[-1]]):
        with pytest.raises(CmsFileError, match="must be cut short"):
            check_hcpcs(source(path), some)
