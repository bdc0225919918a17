from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict

from codes.caching import public
from codes.models import Code
from codes.multiple import Bill, Line, calculate
from codes.sheets import csv_response
from codes.tools.figures import Choice, Found, choose, current_release, entry_of, find_codes, trouble_of
from codes.tools.lines import MAX_LINES, Typed, address, cut, from_fields, parse, reads_back
from codes.tools.pages import show

BLANK_ROWS = 3
EXAMPLE = "45385,45380,43239"


@dataclass(frozen=True)
class Row:
    """A line as typed, what it came to (None where it could not be worked out), and what is wrong with it."""

    typed: Typed
    code: Code | None = None
    line: Line | None = None
    trouble: str = ""


@public
def rvu_calculator(request: HttpRequest) -> HttpResponse:
    typed, cut_off = cut(read_lines(request.GET))
    release = current_release()
    choice = choose(request.GET, release)
    found = find_codes((line.code for line in typed if line.code), release)
    rows, bill = work_out(typed, found, choice)
    if request.GET.get("format") == "csv":
        return _csv(rows, bill, choice, cut_off)
    query = urlencode([*lines_query(typed), *choice.query.items()], safe=",*")
    context = {
        "release": release,
        "choice": choice,
        "rows": rows,
        "bill": bill,
        "cut_off": cut_off,
        "left_out": left_out(rows, bill),
        "fields": [*typed, *blanks(len(typed), request.GET.get("rows", ""))],
        "most": MAX_LINES,
        "query": query,
        "example": EXAMPLE,
    }
    response = show(request, "rvu-calculator", context)
    response["HX-Push-Url"] = f"{request.path}?{query}" if query else request.path  # the short form of what was asked
    return response


def read_lines(query: QueryDict) -> list[Typed]:
    """Lines of `codes` (a list in one text), then those of the fields code, mods and units, which stand beside each other."""
    pasted = [line for text in query.getlist("codes") for line in parse(text)]
    return pasted + from_fields(query.getlist("code"), query.getlist("mods"), query.getlist("units"))


def blanks(filled: int, more: str) -> list[Typed]:
    """Empty rows at the end of the form; `more` asks for a number of rows in all."""
    wanted = int(more) if more.isascii() and more.isdigit() and len(more) < 4 else 0
    count = max(BLANK_ROWS if not filled else 1, min(wanted, MAX_LINES) - filled)
    return [Typed()] * min(count, max(MAX_LINES - filled, 0))


def lines_query(typed: Sequence[Typed]) -> list[tuple[str, str]]:
    """The lines for an address that gives all that was typed back: short where that can be, else field by field."""
    if reads_back(typed):
        return [("codes", address(typed))] if typed else []
    return [pair for line in typed for pair in zip(("code", "mods", "units"), line.fields, strict=True)]


def work_out(typed: Sequence[Typed], found: Found, choice: Choice) -> tuple[list[Row], Bill | None]:
    """Each line with what it came to, and the sum; no sum where there is no release to pay by."""
    entries = {i: entry for i, line in enumerate(typed) if (entry := entry_of(line, found))}
    bill = calculate(list(entries.values()), choice.terms) if choice.terms and entries else None
    lines = dict(zip(entries, bill.lines, strict=True)) if bill else {}
    rows = [
        Row(line, found.codes.get(line.code), lines.get(i), trouble_of(line, found, choice.release))
        for i, line in enumerate(typed)
    ]
    return rows, bill


def left_out(rows: Sequence[Row], bill: Bill | None) -> list[str]:
    """What the sums do not hold, in sentences."""
    if not bill:
        return []
    work, amount = (
        sum(row.line is None or getattr(row.line, name) is None for row in rows) for name in ("work", "amount")
    )
    if work == amount:
        said = [_left_out(len(rows), work, "The sums leave out", "There are no sums")]
    else:
        said = [
            _left_out(len(rows), without, f"The sum of {what} leaves out", f"There is no sum of {what}")
            for without, what in ((work, "work RVUs"), (amount, "payments"))
        ]
    partly = sum(line.is_by_report and line.amount is not None for line in bill.lines)
    if partly:
        said.append(f"{_lines(partly, 'holds', 'hold')} services that are priced by report. They are not in the sums.")
    return [sentence for sentence in said if sentence]


def _left_out(lines: int, without: int, some: str, all_: str) -> str:
    if not without:
        return ""
    if without == lines:
        return f"{all_}: no line has a value that can be worked out."
    return f"{some} {_lines(without, 'that has', 'that have')} no value."


def _lines(count: int, one: str, several: str) -> str:
    return f"{count} line {one}" if count == 1 else f"{count} lines {several}"


HEADER = (
    "Line", "Code", "Modifiers", "Units", "Work RVUs", "Work RVUs after ranking", "Full payment", "Payment", "Notes",
)  # fmt: skip


def _csv(rows: Sequence[Row], bill: Bill | None, choice: Choice, cut_off: str) -> HttpResponse:
    lines = [_csv_row(number, row) for number, row in enumerate(rows, 1)]
    notes = [*([_csv_note(choice)] if bill else []), *left_out(rows, bill), *([cut_off] if cut_off else [])]
    if bill:
        sums = (_plain(bill.work), _plain(bill.ranked_work), bill.full, bill.amount)
        lines.append(("Sum", "", "", "", *sums, " | ".join(notes)))
    elif cut_off:
        lines.append(("", "", "", "", None, None, None, None, cut_off))
    return csv_response("rvu-calculation", HEADER, lines)


def _csv_row(number: int, row: Row) -> tuple:
    line = row.line
    if line is None:
        return (number, *row.typed.fields, None, None, None, None, row.trouble)
    steps = [f"{step.text} = ${step.amount}" if step.amount is not None else step.text for step in line.steps]
    values = (_plain(line.work), _plain(line.ranked_work), line.full, line.amount)
    return (number, *row.typed.fields, *values, " | ".join([*line.notes, *steps]))


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _csv_note(choice: Choice) -> str:
    place = choice.place.label if choice.place else "national"
    return f"CMS {choice.release.name}, {choice.setting.value}, {place}, factor {choice.factor}"
