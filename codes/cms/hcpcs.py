"""The quarterly HCPCS Level II alpha-numeric file (ANWEB): zip member as fixed-width txt, or xlsx.

Record layout: HCPCyyyy_recordlayout.txt of each CMS zip. A record of kind 3 (procedure) or 7 (modifier)
starts an entry; kinds 4 and 8 continue its long description.
"""

import re
from dataclasses import dataclass
from datetime import date

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.cms.tables import Column, check_width, find_header, read_rows, text_lines


@dataclass(frozen=True, slots=True)
class HcpcsEntry:
    """One Level II code, or one modifier (`is_modifier`). Lists keep the order of the file, blanks left out."""

    line: int
    code: str
    is_modifier: bool
    long_description: str
    short_description: str
    pricing: tuple[str, ...]
    multiple_pricing: str
    coverage_manual: tuple[str, ...]
    carriers_manual: tuple[str, ...]
    statute: str
    lab_certification: tuple[str, ...]
    cross_references: tuple[str, ...]
    coverage: str
    asc_group: str
    asc_date: date | None
    opps: str
    opps_pricing: str
    opps_date: date | None
    processing_note: str
    betos: str
    service_types: tuple[str, ...]
    anesthesia_base: str
    added: date | None
    action_effective: date | None
    terminated: date | None
    action: str


# Field -> (positions from 1, both ends included; header names of the xlsx). Several cells make a list.
LAYOUT: dict[str, tuple[tuple[int, int, int], tuple[str, ...]]] = {
    "long_description": ((12, 91, 1), ("LONGDESCRIPTION",)),
    "short_description": ((92, 119, 1), ("SHORTDESCRIPTION",)),
    "pricing": ((120, 127, 4), ("PRICE1", "PRICE2", "PRICE3", "PRICE4")),
    "multiple_pricing": ((128, 128, 1), ("MULTPI",)),
    "coverage_manual": ((129, 146, 3), ("CIM1", "CIM2", "CIM3")),
    "carriers_manual": ((147, 170, 3), ("MCM1", "MCM2", "MCM3")),
    "statute": ((171, 180, 1), ("STATUTE",)),
    "lab_certification": ((181, 204, 8), tuple(f"LABCERT{i}" for i in range(1, 9))),
    "cross_references": ((205, 229, 5), tuple(f"XREF{i}" for i in range(1, 6))),
    "coverage": ((230, 230, 1), ("COV",)),
    "asc_group": ((231, 232, 1), ("ASCGRP",)),
    "asc_date": ((233, 240, 1), ("ASCDT",)),
    "opps": ((241, 243, 1), ("OPPS",)),
    "opps_pricing": ((244, 244, 1), ("OPPSPI",)),
    "opps_date": ((245, 252, 1), ("OPPSDT",)),
    "processing_note": ((253, 256, 1), ("PROCNOTE",)),
    "betos": ((257, 259, 1), ("BETOS",)),
    "service_types": ((261, 265, 5), ("TOS1", "TOS2", "TOS3", "TOS4", "TOS5")),
    "anesthesia_base": ((266, 268, 1), ("ANESTBU",)),
    "added": ((269, 276, 1), ("ADDDT",)),
    "action_effective": ((277, 284, 1), ("ACTEFFDT",)),
    "terminated": ((285, 292, 1), ("TERMDT",)),
    "action": ((293, 293, 1), ("ACTIONCD",)),
}
DATES = {"asc_date", "opps_date", "added", "action_effective", "terminated"}
LISTS = {name for name, ((_, _, count), _) in LAYOUT.items() if count > 1}
COLUMNS = (
    Column("code", ("HCPC", "HCPCS")),
    Column("seqnum", ("SEQNUM",)),
    Column("recid", ("RECID",)),
    *(Column(f"{field}{i}", (name,)) for field, (_, names) in LAYOUT.items() for i, name in enumerate(names)),
)
STARTS, CONTINUES, MODIFIERS = {"3", "7"}, {"4", "8"}, {"7", "8"}
# Legal values, as the record layout gives them.
LEGAL = {"coverage": {"", *"CDIMS"}, "action": {"", *"ABCDFNPRST"}, "multiple_pricing": {"", *"9ABCDEFG"}}
CODE = {False: re.compile(r"[A-Z]\d{4}"), True: re.compile(r"[A-Z0-9]{2}")}  # by whether it is a modifier
DATE = re.compile(r"(?:19|20)\d{6}", re.ASCII)
RECORD_LENGTH = 293
LINE_LENGTH = 80


def read_hcpcs(source: SourceFile) -> list[HcpcsEntry]:
    """Every code and modifier of the file. Raises CmsFileError at the first record that can't be right."""
    records = _table(source) if source.suffix in (".xlsx", ".csv") else _fixed_width(source)
    entries: list[dict] = []
    for line, code, kind, sequence, values in records:
        if kind in STARTS:
            is_modifier = kind in MODIFIERS
            if not CODE[is_modifier].fullmatch(code):
                what = "modifier of two characters" if is_modifier else "code of a letter and four digits"
                raise CmsFileError(
                    f"this is no {what}", file=source.name, line=line, column="HCPC", value=code or "empty"
                )
            entries.append(
                {"line": line, "code": code, "is_modifier": is_modifier, "parts": [], "sequence": sequence, **values}
            )
        else:
            _check_continues(source, line, code, kind, sequence, entries[-1] if entries else None)
        entries[-1]["parts"].append(values["long_description"])
    if not entries:
        raise CmsFileError("the file holds no HCPCS record", file=source.name)
    return _entries(source, entries)


def _check_continues(source: SourceFile, line: int, code: str, kind: str, sequence: str, entry: dict | None) -> None:
    """A line that goes on with an entry has its code and kind and the next sequence number: 00100, 00200 and so on."""
    if entry is None or entry["code"] != code or entry["is_modifier"] != (kind in MODIFIERS):
        raise CmsFileError("this line continues no entry", file=source.name, line=line, value=code)
    first = entry["sequence"]
    if not (sequence.isdecimal() and first.isdecimal()) or int(sequence) != int(first) * (len(entry["parts"]) + 1):
        problem = "a line of this entry is missing or stands twice"
        raise CmsFileError(problem, file=source.name, line=line, column="SEQNUM", value=f"{code} {sequence}")


def _entries(source: SourceFile, entries: list[dict]) -> list[HcpcsEntry]:
    seen: set[str] = set()
    result = []
    for entry in entries:
        if entry["code"] in seen:
            raise CmsFileError("this code stands twice", file=source.name, line=entry["line"], value=entry["code"])
        seen.add(entry["code"])
        del entry["sequence"]
        entry["long_description"] = _join(entry.pop("parts"))
        entry["short_description"] = entry["short_description"].strip()
        result.append(HcpcsEntry(**entry))
    return result


def _join(parts: list[str]) -> str:
    """One text; a line that fills its 80 characters runs on into the next without a space."""
    text, is_full = "", True
    for part in parts:
        text += part if is_full else f" {part}"
        is_full = len(part) == LINE_LENGTH
    return re.sub(r"\s+", " ", text).strip()


def _fixed_width(source: SourceFile):
    has_begun = False
    for line, text in text_lines(source):
        code, kind = text[:5].strip(), text[10:11]
        if not (CODE[False].fullmatch(code) or CODE[True].fullmatch(code)) or not text[5:10].isdigit():
            if text.strip() and (has_begun or re.match(r"[A-Z]\d{4}\S", text)):
                raise CmsFileError(
                    "this line does not have the published layout", file=source.name, line=line, value=text.strip()
                )
            continue  # disclaimers before the first record
        has_begun = True
        if kind not in STARTS | CONTINUES:
            raise CmsFileError("unknown kind of record", file=source.name, line=line, column="RECID", value=kind)
        if kind in STARTS and len(text) < RECORD_LENGTH:
            raise CmsFileError("the record is cut short", file=source.name, line=line, value=code)
        yield line, code, kind, text[5:10], _values(source, line, _cells(text))


def _cells(text: str) -> dict[str, str]:
    cells = {}
    for name, ((first, last, count), _) in LAYOUT.items():
        width = (last - first + 1) // count
        for i in range(count):
            cells[f"{name}{i}"] = text[first - 1 + i * width : first - 1 + (i + 1) * width]
    return cells


def _table(source: SourceFile):
    rows = read_rows(source)
    start, positions, _, names = find_header(source, rows, COLUMNS, first=("HCPC", "HCPCS"))
    for line, cells in rows[start:]:
        check_width(source, line, cells, len(names))
        kind = cells[positions["recid"]]
        if kind not in STARTS | CONTINUES:
            raise CmsFileError("unknown kind of record", file=source.name, line=line, column="RECID", value=kind)
        named = {name: cells[at] for name, at in positions.items()}
        yield line, named["code"], kind, named["seqnum"], _values(source, line, named)


def _values(source: SourceFile, line: int, cells: dict[str, str]) -> dict:
    values: dict = {}
    for name, ((_, _, count), _) in LAYOUT.items():
        if name in LISTS:
            values[name] = tuple(text for i in range(count) if (text := cells[f"{name}{i}"].strip()))
        elif name in DATES:
            values[name] = _date(source, line, name, cells[f"{name}0"].strip())
        else:
            text = cells[f"{name}0"]
            values[name] = text if name == "long_description" else text.strip()
        if name in LEGAL and values[name] not in LEGAL[name]:
            column = LAYOUT[name][1][0]
            raise CmsFileError(
                "this value is not one CMS defines", file=source.name, line=line, column=column, value=values[name]
            )
    return values


def _date(source: SourceFile, line: int, name: str, text: str) -> date | None:
    if not text or not text.strip("0"):
        return None
    try:
        if not DATE.fullmatch(text):
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        column = LAYOUT[name][1][0]
        raise CmsFileError("this is not a date", file=source.name, line=line, column=column, value=text) from None
