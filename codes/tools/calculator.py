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
from codes.tools.lines import Typed, address, cut, from_fields, parse
from codes.tools.pages import show

BLANK_ROWS, MAX_ROWS = 3, 30
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
        return _csv(rows, bill, choice)
    query = urlencode({**({"codes": address(typed)} if typed else {}), **choice.query}, safe=",*")
    context = {
        "release": release,
        "choice": choice,
        "rows": rows,
        "bill": bill,
        "cut_off": cut_off,
        "fields": [*typed, *blanks(len(typed), request.GET.get("rows", ""))],
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
    count = max(BLANK_ROWS if not filled else 1, min(wanted, MAX_ROWS) - filled)
    return [Typed("")] * min(count, max(MAX_ROWS - filled, 0))


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


HEADER = (
    "Line", "Code", "Modifiers", "Units", "Work RVUs", "Work RVUs after ranking", "Full payment", "Payment", "Notes",
)  # fmt: skip


def _csv(rows: Sequence[Row], bill: Bill | None, choice: Choice) -> HttpResponse:
    lines = [_csv_row(number, row) for number, row in enumerate(rows, 1)]
    if bill:
        lines.append(
            ("Sum", "", "", "", _plain(bill.work), _plain(bill.ranked_work), bill.full, bill.amount, _csv_note(choice))
        )
    return csv_response("rvu-calculation", HEADER, lines)


def _csv_row(number: int, row: Row) -> tuple:
    typed, line = row.typed, row.line
    if line is None:
        return (number, typed.code or typed.text, typed.modifier_text, typed.units, None, None, None, None, row.trouble)
    steps = [f"{step.text} = ${step.amount}" if step.amount is not None else step.text for step in line.steps]
    notes = " | ".join([*line.notes, *steps])
    return (
        number, typed.code, typed.modifier_text, typed.units, _plain(line.work), _plain(line.ranked_work), line.full,
        line.amount, notes,
    )  # fmt: skip


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _csv_note(choice: Choice) -> str:
    place = choice.place.label if choice.place else "national"
    return f"CMS {choice.release.name}, {choice.setting.value}, {place}, factor {choice.factor}"
