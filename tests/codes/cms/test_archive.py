"""Zips as they arrive: what is unpacked, and what never is."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codes.cms.archive import MAX_FILE, MAX_MEMBERS, SourceFile, unpack
from codes.cms.errors import CmsFileError
from codes.cms.localities import read_gpci


def a_zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


SMALL = a_zip(("GPCI2025.csv", b"a,b\n" * 40), ("notes/ANES2025.csv", b"c,d\n"))


def refusal(data: bytes, name: str = "RVU25D.zip") -> str:
    with pytest.raises(CmsFileError) as caught:
        unpack(SourceFile(name, data))
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.file == name
    return str(caught.value)


def test_a_bundle_is_unpacked_to_its_files(cms):
    members = unpack(SourceFile("RVU25D.zip", (cms / "RVU25D.zip").read_bytes()))
    assert len(members) == 16
    for member in members:
        assert member.data == (cms / "rvu25d" / member.name).read_bytes()


def test_folders_within_a_zip_do_not_count():
    assert [member.name for member in unpack(SourceFile("a.zip", SMALL))] == ["GPCI2025.csv", "ANES2025.csv"]


@pytest.mark.parametrize("name", ["GPCI2025.csv", "GPCI2025.txt", "GPCI2025.xlsx", "RVU25D.pdf"])
def test_what_is_no_zip_stays_itself(cms, name):
    source = SourceFile(name, (cms / "rvu25d" / name).read_bytes())
    assert unpack(source) == [source]


@pytest.mark.parametrize(
    "path", ["../x.csv", "a/../../x.csv", "/etc/x.csv", "C:\\x.csv", "..\\x.csv", "\\\\host\\x.csv", "."]
)
def test_a_path_that_leads_outside_is_refused(path):
    assert "leads outside" in refusal(a_zip(("good.csv", b"1"), (path, b"1")))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = a_zip(("PPRRVU.csv", bytes(20 * 2**20)))
    assert len(bomb) < 30_000
    assert "far too much" in refusal(bomb)


def test_too_many_members_are_refused():
    members = [(f"{i}.csv", b"1") for i in range(MAX_MEMBERS + 1)]
    assert f"more than {MAX_MEMBERS}" in refusal(a_zip(*members))


def test_members_that_are_too_much_together_are_refused():
    members = [(f"{i}.csv", bytes(11_000)) for i in range(MAX_MEMBERS)]
    data = a_zip(*members, method=zipfile.ZIP_STORED)
    start = data.index(b"PK\x01\x02")
    # The directory claims 2.2 MB for each: 200 times its length, as CMS's own never do, but allowed for one.
    directory = data[start:].replace(
        (11_000).to_bytes(4, "little") * 2, (11_000).to_bytes(4, "little") + (2_200_000).to_bytes(4, "little")
    )
    assert "more than 400 MB" in refusal(data[:start] + directory)


def test_a_file_that_is_too_large_is_refused():
    assert "larger than 100 MB" in refusal(bytes(MAX_FILE + 1))


@pytest.mark.parametrize(
    "data", [SMALL[:-30], SMALL[:60], SMALL[:40] + b"\xff" * 9 + SMALL[49:]], ids=["end cut", "start only", "damaged"]
)
def test_a_broken_zip_is_refused(data):
    assert "broken" in refusal(data)


@pytest.mark.parametrize(
    "data, problem",
    [(b"", "empty"), (b"<!doctype html><title>404", "a web page"), (b"a,b", "not a zip"), (a_zip(), "no file")],
)
def test_what_only_bears_the_name_of_a_zip_is_refused(data, problem):
    assert problem in refusal(data)


def test_a_zip_with_a_password_is_refused():
    data = bytearray(SMALL)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    assert "password" in refusal(bytes(data))


def test_a_workbook_with_a_cell_far_away_is_refused(cms):
    """calamine would lay out every cell between; a smaller distance than the one that ends the process."""
    original = zipfile.ZipFile(cms / "rvu25d" / "GPCI2025.xlsx")
    far = b'<row r="300000"><c r="A300000"><v>1</v></c></row></sheetData>'
    members = [(name, original.read(name).replace(b"</sheetData>", far)) for name in original.namelist()]
    with pytest.raises(CmsFileError, match="far too many cells"):
        read_gpci(SourceFile("GPCI2025.xlsx", a_zip(*members)))


def test_the_checksum_is_that_of_the_bytes():
    assert SourceFile("a", b"abc").sha256.startswith("ba7816bf8f01cfea")


@settings(max_examples=200)
@given(
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
    st.lists(st.tuples(st.integers(0, 350), st.integers(0, 9), st.binary(max_size=9)), min_size=1, max_size=4),
)
def test_any_damage_gives_files_or_one_line(method, damage):
    data = a_zip(("GPCI2025.csv", b"a,b\n" * 40), ("ANES2025.csv", b"c,d\n"), method=method)
    for at, lost, new in damage:
        data = data[:at] + new + data[at + lost :]
    try:
        assert unpack(SourceFile("a.zip", data))
    except CmsFileError as error:
        assert len(str(error).splitlines()) == 1
