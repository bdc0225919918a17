from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from codes import indicators, narrative
from codes.caching import public
from codes.models import Code, RvuRow
from codes.page import COMPONENTS, is_paid, service_payment
from codes.payment import NATIONAL, Setting
from codes.tools.figures import Choice, choose, current_release, find_codes
from codes.tools.lines import parse
from codes.tools.pages import show

LEAST, MOST = 2, 6
EXAMPLE = "99212,99213,99214"
# Status of a code without RVUs -> how Medicare pays it, in a word or two; the sentence of its page stands below the table.
OTHERWISE = {
    "C": "contractor's price", "R": "contractor's price, if covered", "J": "anesthesia units", "X": "another schedule",
    "E": "another method, if covered", "P": "bundled, or another method", "B": "bundled", "M": "no payment", "N": "not covered",
    "I": "not accepted",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One code of the comparison; `row` is None where the release holds no figures for it."""

    code: Code
    row: RvuRow | None
    without: str  # the address of the comparison without it


@dataclass(frozen=True)
class Cell:
    text: str
    said: str = ""
    differs: bool = False


@dataclass(frozen=True)
class Block:
    """A part of the table: its heading and rows of (label, one cell for each code)."""

    heading: str
    rows: list[tuple[str, list[Cell]]]


@public
def code_compare(request: HttpRequest) -> HttpResponse:
    release = current_release()
    choice = choose(request.GET, release)
    typed = [line for text in [*request.GET.getlist("codes"), *request.GET.getlist("add")] for line in parse(text)]
    keys = list(dict.fromkeys(line.code for line in typed if line.code))
    found = find_codes(keys[: MOST * 3], release)
    known = [key for key in keys if key in found.codes]
    shown = known[:MOST]
    columns = [
        Column(found.codes[key], found.rows.get(key, {}).get(""), _address([k for k in shown if k != key], choice))
        for key in shown
    ]
    context = {
        "release": release,
        "choice": choice,
        "columns": columns,
        "keys": ",".join(shown),
        "troubles": _troubles(typed, known, choice),
        "blocks": _blocks(columns, choice) if len(columns) >= LEAST else [],
        "reasons": _reasons(columns, choice) if len(columns) >= LEAST else [],
        "is_full": len(columns) == MOST,
        "example": EXAMPLE,
    }
    response = show(request, "code-compare", context)
    response["HX-Push-Url"] = request.path + _address(shown, choice)
    return response


def _reasons(columns: Sequence[Column], choice: Choice) -> list[str]:
    """Why a code has no RVUs and how it is paid, as its own page says it."""
    release = choice.release.name if choice.release else ""
    without = [column for column in columns if column.row is None or column.row.work is None]
    facts = [one.code.facts(status=one.row.status if one.row else "", release=release) for one in without]
    return [narrative.no_rvu_reason(known) for known in facts] if release else []


def _address(keys: Sequence[str], choice: Choice) -> str:
    query = {**({"codes": ",".join(keys)} if keys else {}), **choice.query}
    return f"?{urlencode(query, safe=',')}" if query else "?"


def _troubles(typed: Sequence, known: Sequence[str], choice: Choice) -> list[str]:
    said = [f"“{line.short}” is not understood: write codes of five characters." for line in typed if line.trouble]
    unknown = dict.fromkeys(line.code for line in typed if line.code and line.code not in known)
    said += [f"{code} is no code of this catalogue." for code in unknown]
    if len(known) > MOST:
        said.append(f"At most {MOST} codes stand side by side; these are the first.")
    elif typed and len(known) < LEAST:
        said.append("A comparison needs two codes or more. Add another one.")
    return [*said[:8], *([choice.trouble] if choice.trouble else [])]


def _blocks(columns: Sequence[Column], choice: Choice) -> list[Block]:
    blocks = [Block("Relative value units", [_row(name, columns, _component(key, na)) for name, key, na in COMPONENTS])]
    for setting in Setting:
        rows = _payment_rows(columns, choice, setting)
        blocks.append(Block(f"Medicare payment, {setting.value}", rows))
    tables = [(name, _indicator(key, table)) for key, name, table in indicators.ALL]
    rows = [_row(name, columns, read) for name, read in tables]
    return [*blocks, Block("CMS's indicators", [row for row in rows if any(cell.text for cell in row[1])])]


def _row(name: str, columns: Sequence[Column], read: Callable[[RvuRow], tuple[str, str]]) -> tuple[str, list[Cell]]:
    values = [read(column.row) if column.row else ("", "") for column in columns]
    differs = len({text for text, _ in values}) > 1
    return name, [Cell(text, said, differs) for text, said in values]


def _component(key: str, na: str) -> Callable[[RvuRow], tuple[str, str]]:
    def read(row: RvuRow) -> tuple[str, str]:
        if na and getattr(row, na):
            return "NA", ""
        value = getattr(row, key)
        return ("none", "") if value is None else (str(value), "")

    return read


def _indicator(key: str, table: dict) -> Callable[[RvuRow], tuple[str, str]]:
    def read(row: RvuRow) -> tuple[str, str]:
        value = getattr(row, key)
        return (value, indicators.meaning(table, value)[0]) if value else ("", "")

    return read


def _otherwise(row: RvuRow) -> str:
    if row.work is not None:
        return "not paid"
    if row.status == "E" and row.code_id.startswith("J"):
        return "drug price list, if covered"
    return OTHERWISE.get(row.status, "not by RVUs")


def _payment_rows(columns: Sequence[Column], choice: Choice, setting: Setting) -> list[tuple[str, list[Cell]]]:
    release = choice.release
    places = [*([(choice.place.label, choice.place.gpcis)] if choice.place else []), ("National", NATIONAL)]
    factors = [(release.conversion_factor, ""), (release.conversion_factor_qpp, ", QPP")] if release else []

    def read(factor, gpcis) -> Callable[[RvuRow], tuple[str, str]]:
        def amount(row: RvuRow) -> tuple[str, str]:
            if not is_paid(row):
                return _otherwise(row), ""
            paid = service_payment(row, factor, setting, gpcis)
            return (f"${paid.amount:,}", "outpatient cap" if paid.is_capped else "") if paid else ("NA", "")

        return amount

    return [
        _row(f"{name}{kind}, factor ${factor}", columns, read(factor, gpcis))
        for name, gpcis in places
        for factor, kind in factors
        if factor
    ]
