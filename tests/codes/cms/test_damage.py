"""One wrong cell or byte in a small part of each real file: one line that says where, or the same codes or places."""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codes.cms.archive import SourceFile, unpack
from codes.cms.errors import CmsFileError
from codes.cms.hcpcs import read_hcpcs
from codes.cms.localities import read_anes, read_gpci, read_locco
from codes.cms.oppscap import read_oppscap
from codes.cms.pprrvu import read_pprrvu

PARTS = {
    "PPRRVU csv": ("rvu26c/PPRRVU2026_Jul_nonQPP.csv", range(30), read_pprrvu),
    "PPRRVU txt": ("rvu25d/PPRRVU2025_Oct.txt", range(30), read_pprrvu),
    "GPCI csv": ("rvu26c/GPCI2026.csv", range(20), read_gpci),
    "GPCI txt": ("rvu25d/GPCI2025.txt", range(20), read_gpci),
    "ANES csv": ("rvu25d/ANES2025.csv", range(20), lambda source: read_anes(source)[0]),
    "LOCCO csv": ("rvu25d/25LOCCO.csv", range(20), read_locco),
    "OPPSCAP csv": ("rvu25d/OPPSCAP_Oct.csv", range(20), read_oppscap),
    "OPPSCAP txt": ("rvu25d/OPPSCAP_Oct.txt", range(20), read_oppscap),
    "HCPCS txt": ("HCPC2019_CONTR_ANWEB.txt", range(1000, 1020), read_hcpcs),
}
WRONG_CELLS = ["", "x", "-1", "NA", "1e9", "#REF!", "1,5", '"', "\x00", "é", "0" * 200, "<html>"]


@pytest.fixture(scope="module")
def parts(cms) -> dict[str, tuple[SourceFile, Callable]]:
    archive = cms / "hcpcs" / "2019-Alpha-Numeric-HCPCS-File.zip"
    zipped = {member.name: member.data for member in unpack(SourceFile(archive.name, archive.read_bytes()))}
    result = {}
    for name, (path, lines, read) in PARTS.items():
        data = zipped.get(path) or (cms / path).read_bytes()
        kept = data.splitlines(keepends=True)[lines.start : lines.stop]
        result[name] = SourceFile(path.rpartition("/")[2], b"".join(kept)), read
    return result


def keys(rows: Iterable) -> list[tuple]:
    """Codes or places of rows, whatever the reader."""
    return [tuple(getattr(row, name, "") for name in ("code", "modifier", "mac", "number")) for row in rows]


def check(source: SourceFile, read: Callable, data: bytes) -> None:
    good = keys(read(source))
    try:
        rows = keys(read(SourceFile(source.name, data)))
    except CmsFileError as error:
        assert error.file == source.name and "\n" not in str(error)
    else:
        assert len(rows) == len(good)
        # A wrong character within a code may make another code; every other row keeps its own.
        assert sum(a != b for a, b in zip(rows, good, strict=True)) <= 1


SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(st.sampled_from(list(PARTS)), st.integers(0, 6000), st.integers(0, 255))
def test_one_wrong_byte(parts, name, at, byte):
    source, read = parts[name]
    at %= len(source.data)
    check(source, read, source.data[:at] + bytes([byte]) + source.data[at + 1 :])


@SETTINGS
@given(st.sampled_from([name for name in PARTS if "csv" in name]), st.integers(0, 999), st.integers(0, 99), st.sampled_from(WRONG_CELLS))  # fmt: skip
def test_one_wrong_cell(parts, name, line, column, cell):
    source, read = parts[name]
    lines = source.data.splitlines(keepends=True)
    cells = lines[line % len(lines)].split(b",")
    cells[column % len(cells)] = cell.encode()
    lines[line % len(lines)] = b",".join(cells)
    check(source, read, b"".join(lines))
