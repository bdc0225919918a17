from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest, HttpResponse

from codes import indicators
from codes.caching import public
from codes.models import Benchmark, CaseMinimum, Code, Release, RvuRow, SearchDocument, Specialty
from codes.modifiers import Effect, effect
from codes.multiple import row_of, work_of
from codes.page import is_na, is_paid, rvus_of, service_payment
from codes.payment import NATIONAL, Setting, fee
from codes.search.finder import find
from codes.text_figures import figures_of, html
from codes.tools import charts
from codes.tools.calculator import blanks
from codes.tools.figures import Found, current_release, find_codes, trouble_of
from codes.tools.lines import MAX_LINES, Typed, address, cut, from_fields, parse, reads_back
from codes.tools.pages import show
from codes.tools.reference import by_source

RESULTS, TYPICAL = 8, 24


@public
def students(request: HttpRequest) -> HttpResponse:
    release = current_release()
    words = request.GET.get("q", "").strip()[:200]
    keys = find(words, revision=release.revision if release else 0, limit=60).codes[:RESULTS] if words else []
    asked = [line.code for line in parse(request.GET.get("code", ""))]
    chosen = asked[0] if asked else next(iter(keys), "")
    codes = Code.objects.listed().filter(code__in={*keys, chosen}).select_related("category").with_figures(release)
    by_key = {code.code: code for code in codes.annotate(work=F("row__work"))}
    rows = RvuRow.objects.filter(release=release, code=chosen, modifier="") if release and chosen in by_key else []
    context = {
        "release": release,
        "words": words,
        "results": [by_key[key] for key in keys if key in by_key],
        "code": (code := by_key.get(chosen)),
        "plain_language": html(said := code.plain_language, figures_of([said])) if code and code.is_published else "",
        "asked": bool(request.GET.get("code")),
        "lesson": lesson(row, release) if (row := next(iter(rows), None)) else None,
    }
    return show(request, "students", context)


@dataclass(frozen=True)
class Part:
    """One component of a fee: RVUs x conversion factor, in dollars."""

    name: str
    explanation: str
    rvus: Decimal
    dollars: Decimal


@dataclass(frozen=True)
class Lesson:
    """How a fee comes about on one code; `setting` is the one shown, `amount` what Medicare allows in it, None where NA."""

    row: RvuRow
    setting: Setting
    where: str
    parts: list[Part]
    total: Decimal
    amount: Decimal | None
    is_capped: bool
    other: Decimal | None
    is_paid: bool
    status_meaning: str
    global_meaning: tuple[str, str]


EXPLANATIONS = {
    "Work": "what the physician does: time, skill, effort and stress. Most employers count this number.",
    "Practice expense": "staff, rooms and supplies. It is higher where the physician's own office bears them.",
    "Malpractice": "a share of the insurance against claims.",
}


def lesson(row: RvuRow, release: Release) -> Lesson | None:
    """Step by step from RVUs to dollars, nationally, in the setting where the service is usually given."""
    factor = release.conversion_factor
    if row.work is None or not factor:
        return None
    setting = Setting.FACILITY if is_na(row, Setting.NONFACILITY) else Setting.NONFACILITY
    other = Setting.NONFACILITY if setting is Setting.FACILITY else Setting.FACILITY
    rvus = rvus_of(row)
    values = dict(zip(EXPLANATIONS, (row.work, rvus.pe(setting), row.mp), strict=True))
    parts = [
        Part(name, EXPLANATIONS[name], value, fee(value, Decimal(0), Decimal(0), NATIONAL, factor))
        for name, value in values.items()
    ]
    paid = service_payment(row, factor, setting)
    elsewhere = service_payment(row, factor, other)
    return Lesson(
        row, setting, _where(row, setting), parts, sum(values.values()), paid and paid.amount, bool(paid and paid.is_capped),
        elsewhere and elsewhere.amount, is_paid(row), indicators.meaning(indicators.STATUS, row.status)[1],
        indicators.meaning(indicators.GLOBAL, row.global_days),
    )  # fmt: skip


def _where(row: RvuRow, setting: Setting) -> str:
    """Which setting the three numbers are of, and what holds in the other."""
    if row.nonfac_na and row.fac_na:
        return "CMS marks both settings as rarely or never used for this service; these are those of a facility."
    if setting is Setting.FACILITY:
        return "These are those of a facility, as a hospital, where this service is given."
    if row.fac_na:
        return "These are those of an office. CMS marks a facility as rarely or never used: a hospital is paid for staff and equipment in another way."
    if row.nonfac_pe == row.fac_pe:
        return "They are the same in an office and in a hospital."
    return "These are those of an office; in a hospital the practice expense is another."


@public
def residents(request: HttpRequest) -> HttpResponse:
    rows = list(CaseMinimum.objects.filter(is_shown=True))
    known = {row.slug: row.specialty for row in rows}
    specialties = sorted(
        {**dict(Specialty.objects.values_list("slug", "name")), **known}.items(), key=lambda item: item[1]
    )
    chosen = request.GET.get("specialty", "")[:60]
    trouble = (
        "" if not chosen or chosen in dict(specialties) else "That specialty is not in the list. Choose one from it."
    )
    release = Release.objects.current()
    context = {
        "specialties": specialties,
        "with_minimums": known,
        "chosen": chosen,
        "name": dict(specialties).get(chosen, ""),
        "trouble": trouble,
        "groups": by_source([row for row in rows if row.slug == chosen]),
        "typical": typical_codes(chosen, release) if chosen and not trouble else [],
        "release": release,
    }
    return show(request, "residents", context)


def typical_codes(specialty: str, release: Release | None) -> list[Code]:
    """Codes with a work RVU whose page names the specialty, visits left out: those that Medicare is billed most first."""
    codes = Code.objects.published().filter(specialties=specialty).exclude(category="evaluation-management")
    valued = codes.with_figures(release).filter(row__work__gt=0)
    keys = SearchDocument.objects.filter(code__in=valued).order_by("-weight", "code").values_list("code", flat=True)
    shown = list(keys[:TYPICAL])
    found = Code.objects.select_related("category").with_figures(release).annotate(work=F("row__work")).in_bulk(shown)
    return [found[key] for key in shown if key in found]


@dataclass(frozen=True)
class WeekRow:
    """One code of a week and its work RVUs; None where it has none, with the reason in `trouble`."""

    typed: Typed
    code: Code | None
    work: Decimal | None
    weekly: Decimal | None
    annual: Decimal | None
    trouble: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Numbers:
    """Weeks a year and dollars for each work RVU, as typed; `troubles` are sentences."""

    weeks: Decimal
    rate: Decimal | None
    troubles: list[str]

    @property
    def weeks_text(self) -> str:
        return f"{self.weeks:f}"

    @property
    def rate_text(self) -> str:
        return "" if self.rate is None else f"{self.rate:f}"


WEEKS, MAX_RATE, MAX_A_WEEK = Decimal(46), Decimal(1000), 999


@public
def attendings(request: HttpRequest) -> HttpResponse:
    typed, cut_off = cut(read_week(request.GET))
    release = current_release()
    found = find_codes((line.code for line in typed if line.code), release)
    numbers = read_numbers(request.GET)
    rows = [_week_row(line, found, release, numbers.weeks) for line in typed]
    counted = [row for row in rows if row.annual is not None]
    annual = sum(row.annual for row in counted) if counted else None
    marks = list(Benchmark.objects.filter(is_shown=True))
    specialties = {row.slug: row.specialty for row in marks if row.metric == Benchmark.Metric.ANNUAL_WRVU}
    chosen = request.GET.get("specialty", "")
    own = [row for row in marks if row.slug == chosen and row.metric == Benchmark.Metric.ANNUAL_WRVU]
    query = _week_query(typed, request.GET, chosen if chosen in specialties else "")
    context = {
        "release": release,
        "rows": rows,
        "cut_off": cut_off,
        "fields": [*typed, *blanks(len(typed), request.GET.get("rows", ""))],
        "most": MAX_LINES,
        "numbers": numbers,
        "weekly": sum(row.weekly for row in counted) if counted else None,
        "annual": annual,
        "left_out": len(rows) - len(counted),
        "pay": annual * numbers.rate if counted and numbers.rate is not None else None,
        "specialties": specialties,
        "chosen": chosen,
        "marks": [(row, annual - row.value) for row in own] if counted else [],
        "line": charts.number_line([(f"{row.data_year}", row.value) for row in own], annual) if own and annual else [],
        "query": query,
    }
    response = show(request, "attendings", context)
    response["HX-Push-Url"] = f"{request.path}?{query}" if query else request.path
    return response


def read_week(query) -> list[Typed]:
    """Lines of `codes` (99214x40), then those of the fields code and units (here: a week)."""
    pasted = [line for text in query.getlist("codes") for line in parse(text, MAX_A_WEEK)]
    codes = query.getlist("code")
    return pasted + from_fields(codes, [""] * len(codes), query.getlist("units"), MAX_A_WEEK)


def read_numbers(query: Mapping[str, str]) -> Numbers:
    troubles = []
    weeks = _number(query.get("weeks", ""), Decimal(1), Decimal(52))
    if weeks is None and query.get("weeks"):
        troubles.append(f"Weeks a year are a number from 1 to 52. The estimate takes {WEEKS}.")
    rate = _number(query.get("rate", ""), Decimal(0), MAX_RATE)
    if rate is None and query.get("rate"):
        troubles.append(f"The rate is an amount in dollars from 0 to {MAX_RATE:,} for each work RVU.")
    return Numbers(weeks or WEEKS, rate, troubles)


def _number(text: str, least: Decimal, most: Decimal) -> Decimal | None:
    try:
        value = Decimal(text.strip().lstrip("$").replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and least <= value <= most else None


def _week_row(line: Typed, found: Found, release: Release | None, weeks: Decimal) -> WeekRow:
    """Work RVUs by the same arithmetic as the calculator's, before any ranking: the services of a week are of many days."""
    code = found.codes.get(line.code)
    if trouble := trouble_of(line, found, release):
        return WeekRow(line, code, None, None, None, trouble)
    rows = found.rows[line.code]
    done = effect(line.modifiers, rows)
    work = work_of(row_of(rows, done), done)
    if work is None:
        said = "What of its work RVU is credited is for the contract to say."
        trouble = f"{done.by_report} {said}" if done.by_report else "CMS gives no work RVU for this code."
        return WeekRow(line, code, None, None, None, trouble)
    return WeekRow(line, code, work, work * line.units, work * line.units * weeks, notes=_of_work(done))


def _of_work(done: Effect) -> list[str]:
    """What the modifiers do to the work RVU, and which of them are not applied."""
    share = done.sides * done.times
    sides = [f"50, both sides: {share * 100:.0f} percent"] if share != 1 else []
    return [*sides, *(text for text, _ in done.shares), *done.refused]


def _week_query(typed: Sequence[Typed], query: Mapping[str, str], specialty: str) -> str:
    lines = [("codes", address(typed))]
    if not reads_back(typed, MAX_A_WEEK):
        lines = [pair for line in typed for pair in (("code", line.with_modifiers), ("units", line.fields.units))]
    values = [("weeks", query.get("weeks", "")), ("rate", query.get("rate", "")), ("specialty", specialty)]
    return urlencode([(name, value) for name, value in (*lines, *values) if value or name == "units"], safe=",*")
