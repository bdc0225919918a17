"""PPRRVU, the National Physician Fee Schedule Relative Value File: csv, xlsx or fixed-width txt.

Columns, legal values and record layout: the documentation CMS ships in each bundle (RVUyyX.pdf).
"""

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.cms.tables import Column, Row, check_width, decimal, find_header, read_rows, text_lines

CODE = re.compile(r"[0-9A-Z]{5}")
MAX_VALUE = Decimal(100_000)
ZERO = Decimal("0.00")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PprrvuRow:
    """One code + modifier as CMS prints it.

    RVUs are Decimals with two places, None where CMS gives the code no values (it prints zeros in every
    component then). `nonfac_na` and `fac_na` say that the service is rarely or never done in that setting.
    Shares of the global package (pre_op, intra_op, post_op) run from 0 to 1.
    """

    line: int
    code: str
    modifier: str
    descriptor: str
    status: str
    not_used: bool
    work: Decimal | None
    nonfac_pe: Decimal | None
    nonfac_na: bool
    fac_pe: Decimal | None
    fac_na: bool
    mp: Decimal | None
    nonfac_total: Decimal | None
    fac_total: Decimal | None
    pctc: str
    global_days: str
    pre_op: Decimal
    intra_op: Decimal
    post_op: Decimal
    mult_proc: str
    bilat_surg: str
    asst_surg: str
    co_surg: str
    team_surg: str
    pric_ind: str
    endo_base: str
    conversion_factor: Decimal
    supervision: str
    calculation_flag: str
    imaging_family: str
    opps_nonfac_pe: Decimal
    opps_fac_pe: Decimal
    opps_mp: Decimal
    extra: dict[str, str] = field(default_factory=dict)


COLUMNS = (
    Column("code", ("HCPCS",)),
    Column("modifier", ("MOD",)),
    Column("descriptor", ("DESCRIPTION",)),
    Column("status", ("STATUSCODE",)),
    Column("not_used", ("NOTUSEDFORMEDICAREPAYMENT",)),
    Column("work", ("WORKRVU",)),
    Column("nonfac_pe", ("NONFACPERVU",)),
    Column("nonfac_na", ("NONFACNAINDICATOR", "NONFACINDICATOR")),
    Column("fac_pe", ("FACILITYPERVU",)),
    Column("fac_na", ("FACILITYNAINDICATOR", "FACILITYINDICATOR")),
    Column("mp", ("MPRVU",)),
    Column("nonfac_total", ("NONFACILITYTOTAL",)),
    Column("fac_total", ("FACILITYTOTAL",)),
    Column("pctc", ("PCTCIND",)),
    Column("global_days", ("GLOBDAYS",)),
    Column("pre_op", ("PREOP",)),
    Column("intra_op", ("INTRAOP",)),
    Column("post_op", ("POSTOP",)),
    Column("mult_proc", ("MULTPROC",)),
    Column("bilat_surg", ("BILATSURG",)),
    Column("asst_surg", ("ASSTSURG",)),
    Column("co_surg", ("COSURG",)),
    Column("team_surg", ("TEAMSURG",)),
    Column("pric_ind", ("PRICIND",), required=False),  # new in 2026
    Column("endo_base", ("ENDOBASE",)),
    Column("conversion_factor", ("CONVFACTOR",)),
    Column("supervision", ("PHYSICIANSUPERVISIONOFDIAGNOSTICPROCEDURES",)),
    Column("calculation_flag", ("CALCULATIONFLAG",)),
    Column("imaging_family", ("DIAGNOSTICIMAGINGFAMILYINDICATOR",)),
    Column("opps_nonfac_pe", ("NONFACILITYPEUSEDFOROPPSPAYMENTAMOUNT",)),
    Column("opps_fac_pe", ("FACILITYPEUSEDFOROPPSPAYMENTAMOUNT",)),
    Column("opps_mp", ("MPUSEDFOROPPSPAYMENTAMOUNT",)),
)

# Record layout, positions from 1, both ends included.
FIXED_WIDTH = {
    "code": (1, 5), "modifier": (6, 7), "descriptor": (8, 57), "status": (58, 58), "not_used": (59, 59),
    "work": (60, 65), "nonfac_pe": (67, 72), "nonfac_na": (73, 74), "fac_pe": (76, 81), "fac_na": (82, 83),
    "mp": (85, 89), "nonfac_total": (91, 96), "fac_total": (97, 102), "pctc": (103, 103),
    "global_days": (104, 106), "pre_op": (107, 109), "intra_op": (110, 112), "post_op": (113, 115),
    "mult_proc": (116, 116), "bilat_surg": (117, 117), "asst_surg": (118, 118), "co_surg": (119, 119),
    "team_surg": (120, 120), "pric_ind": (121, 121), "endo_base": (128, 132), "conversion_factor": (133, 140),
    "supervision": (142, 143), "calculation_flag": (144, 144), "imaging_family": (146, 147),
    "opps_nonfac_pe": (152, 157), "opps_fac_pe": (159, 164), "opps_mp": (166, 171),
}  # fmt: skip

LEGAL = {
    "modifier": {"", "26", "TC", "53"},
    "status": set("ABCDEFGHIJMNPRTX"),
    "pctc": set("0123456789"),
    "global_days": {"000", "010", "090", "MMM", "XXX", "YYY", "ZZZ"},
    "mult_proc": set("012345679"),
    "bilat_surg": set("01239"),
    "asst_surg": set("0129"),
    "co_surg": set("0129"),
    "team_surg": set("0129"),
    "pric_ind": {"", "1", "9"},
    "supervision": {"01", "02", "03", "04", "05", "06", "21", "22", "66", "6A", "77", "7A", "09"},
    "calculation_flag": {"0", "1"},
    "imaging_family": {*(f"{i:02}" for i in range(1, 12)), "88", "99"},
}
FLAGS = {"not_used": {"": False, "+": True}, "nonfac_na": {"": False, "NA": True}, "fac_na": {"": False, "NA": True}}
RVUS = ("work", "nonfac_pe", "fac_pe", "mp", "nonfac_total", "fac_total")
AMOUNTS = (*RVUS, "pre_op", "intra_op", "post_op", "opps_nonfac_pe", "opps_fac_pe", "opps_mp")
# Spreadsheets drop leading zeros; these fields have a fixed length.
PADDED = {"code": 5, "global_days": 3, "supervision": 2, "imaging_family": 2}


def read_pprrvu(source: SourceFile) -> list[PprrvuRow]:
    """Every row of a PPRRVU file. Raises CmsFileError, naming line, column and value, at the first wrong one."""
    if source.suffix == ".txt":
        names = {column.field: column.names[0] for column in COLUMNS}
        headers = {name: names[name] for name in FIXED_WIDTH}
        raw = _fixed_width(source)
        extra: dict[str, int] = {}
    else:
        rows = read_rows(source, places=2)
        start, positions, extra, titles = find_header(source, rows, COLUMNS, first=("HCPCS",))
        headers = {name: titles[position] for name, position in positions.items()}
        raw = _by_position(source, rows[start:], positions, extra, len(titles))
    if not raw[0]:
        raise CmsFileError("the file holds a header and no rows", file=source.name)
    return _convert(source, raw, headers)


# Lines, and the cells of each field from top to bottom: a file repeats few values very often, so that
# converting a column's distinct texts once costs a tenth of converting every cell.
Raw = tuple[list[int], dict[str, Sequence[str]], list[dict[str, str]]]


def _by_position(
    source: SourceFile, rows: list[Row], positions: dict[str, int], extra: dict[str, int], width: int
) -> Raw:
    for line, cells in rows:
        if len(cells) != width:
            check_width(source, line, cells, width)
    columns = list(zip(*(cells for _, cells in rows), strict=True))
    more = [{name: cells[i] for name, i in extra.items()} for _, cells in rows] if extra else []
    return [line for line, _ in rows], {name: columns[i] for name, i in positions.items() if rows}, more


def _fixed_width(source: SourceFile) -> Raw:
    lines, texts = [], []
    for line, text in text_lines(source):
        if not text.strip(" \x1a") or text.startswith(("HDR", "TRL")):
            continue
        if len(text) < 171:
            raise CmsFileError(
                f"{len(text)} characters instead of 171 or more; cut short?", file=source.name, line=line
            )
        lines.append(line)
        texts.append(text)
    columns = {name: [text[first - 1 : last].strip() for text in texts] for name, (first, last) in FIXED_WIDTH.items()}
    return lines, columns, []


class _Cells:
    """Converts the cells of one file and names what is wrong with one."""

    def __init__(self, source: SourceFile, headers: dict[str, str], lines: list[int]):
        self.source, self.headers, self.lines = source, headers, lines

    def fail(self, problem: str, line: int, name: str, value: str) -> CmsFileError:
        return CmsFileError(problem, file=self.source.name, line=line, column=self.headers[name], value=value)

    def column(self, name: str, texts: Sequence[str]) -> list:
        """The column's values. Raises CmsFileError for the first text that is none."""
        convert = self._converter(name)
        values: dict[str, object] = {}
        for text in dict.fromkeys(texts):
            try:
                values[text] = convert(text)
            except ValueError as error:
                raise self.fail(str(error), self.lines[texts.index(text)], name, text or "empty") from None
        return [values[text] for text in texts]

    def _converter(self, name: str) -> Callable[[str], object]:
        if name in AMOUNTS:
            return _amount
        if name == "conversion_factor":
            return lambda text: _amount(text, Decimal("0.0001"))
        if name in FLAGS:
            return lambda text: FLAGS[name][_one_of(FLAGS[name], text)]
        if name in LEGAL:
            return lambda text: _one_of(LEGAL[name], _pad(name, text))
        if name in ("code", "endo_base"):
            return lambda text: _code(_pad(name, text), optional=name == "endo_base")
        return str


def _pad(name: str, text: str) -> str:
    return text.zfill(PADDED[name]) if name in PADDED and text.isdigit() else text


def _one_of(legal: Container[str], text: str) -> str:
    if text not in legal:
        raise ValueError("this value is not one CMS defines")
    return text


def _code(text: str, optional: bool) -> str:
    if not CODE.fullmatch(text) and not (optional and not text):
        raise ValueError("this is not a five-character code")
    return text


def _amount(text: str, unit: Decimal = CENT) -> Decimal:
    if text == "NA":
        raise ValueError("NA stands where CMS prints a number")
    value = decimal(text)
    if value.is_signed() or value >= MAX_VALUE:
        raise ValueError("this number can't be negative or so large")
    exact = value.quantize(unit)
    if exact != value:
        raise ValueError(f"more decimal places than CMS prints ({unit})")
    return exact


def _convert(source: SourceFile, raw: Raw, headers: dict[str, str]) -> list[PprrvuRow]:
    lines, texts, extra = raw
    cells = _Cells(source, headers, lines)
    columns: dict[str, Sequence] = {"line": lines, "pric_ind": [""] * len(lines)}
    errors = []
    for name, column in texts.items():
        try:
            columns[name] = cells.column(name, column)
        except CmsFileError as error:
            errors.append(error)
    if errors:
        raise min(errors, key=lambda error: error.line or 0)
    _check_unique(cells, columns)
    _check_totals(cells, columns)
    columns["extra"] = extra or [{} for _ in lines]
    order = [columns[item.name] for item in fields(PprrvuRow)]
    return [PprrvuRow(*values) for values in zip(*order, strict=True)]


def _check_unique(cells: _Cells, columns: dict[str, Sequence]) -> None:
    keys = list(zip(columns["code"], columns["modifier"], strict=True))
    if len(set(keys)) == len(keys):
        return
    seen: set[tuple[str, str]] = set()
    for line, key in zip(cells.lines, keys, strict=True):
        if key in seen:
            raise cells.fail("this code and modifier stand twice", line, "code", " ".join(key).strip())
        seen.add(key)


def _check_totals(cells: _Cells, columns: dict[str, Sequence]) -> None:
    """Totals are work + PE + MP, to the rounding of a cent; all zeros mean that CMS gives no values."""
    figures = zip(*(columns[name] for name in RVUS), strict=True)
    valued = []
    for line, (work, nonfac_pe, fac_pe, mp, nonfac_total, fac_total) in zip(cells.lines, figures, strict=True):
        for pe, total, name in ((nonfac_pe, nonfac_total, "nonfac_total"), (fac_pe, fac_total, "fac_total")):
            if abs(work + pe + mp - total) > CENT:
                raise cells.fail("the total is not work + PE + MP", line, name, f"{total} is not {work} + {pe} + {mp}")
        valued.append(bool(work or mp or nonfac_total or fac_total))
    for name in RVUS:
        columns[name] = [value if known else None for value, known in zip(columns[name], valued, strict=True)]
