from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from codes import factors
from codes.caching import public
from codes.models import Benchmark, CaseMinimum, Modifier, Release
from codes.modifiers import handling
from codes.tools import charts
from codes.tools.pages import PAGES, show

TOOLS = ["rvu-calculator", "code-compare", "code-changes"]
TABLES = ["conversion-factor-history", "benchmarks", "acgme-requirements", "modifiers"]
STAGES = ["students", "residents", "attendings"]


@public
def resources(request: HttpRequest) -> HttpResponse:
    groups = [
        ("Tools", [PAGES[name] for name in TOOLS]),
        ("Reference", [PAGES[name] for name in TABLES]),
        ("By career stage", [PAGES[name] for name in STAGES]),
    ]
    return show(request, "resources", {"groups": groups})


@public
def conversion_factor_history(request: HttpRequest) -> HttpResponse:
    releases = list(Release.objects.in_use().prefetch_related("files"))
    pfs = factors.periods_with(releases, "pfs", "pfs_qpp")
    anesthesia = factors.periods_with(releases, "anesthesia", "anesthesia_qpp")
    tables = [
        ("pfs", "Physician fee schedule", factors.chart(pfs), pfs[::-1]),
        ("anesthesia", "Anesthesia", None, anesthesia[::-1]),
    ]
    current = next((release for release in releases if release.is_current), None)
    return show(
        request, "conversion-factor-history", {"tables": tables, "release": current, "today": timezone.localdate()}
    )


@dataclass(frozen=True)
class Topic:
    """The benchmarks of one specialty and metric, and their picture."""

    metric: str
    rows: list[Benchmark]
    chart: charts.Bars


@public
def benchmarks(request: HttpRequest) -> HttpResponse:
    rows = list(Benchmark.objects.filter(is_shown=True))
    specialties = {row.slug: row.specialty for row in rows}
    chosen, trouble = _chosen(request, specialties)
    shown = [row for row in rows if row.slug == chosen] if chosen else rows
    groups = [
        (specialty, slugify(specialty), [_topic(list(of)) for _, of in groupby(found, key=lambda row: row.metric)])
        for specialty, found in groupby(shown, key=lambda row: row.specialty)
    ]
    context = {"specialties": specialties, "chosen": chosen, "trouble": trouble, "groups": groups, "count": len(rows)}
    return show(request, "benchmarks", context)


def _topic(rows: list[Benchmark]) -> Topic:
    bars = [(f"{row.get_percentile_display()}, {row.data_year}", row.setting, row.value) for row in rows]
    return Topic(rows[0].get_metric_display(), rows, charts.bars(bars, in_dollars=rows[0].metric != "annual_wrvu"))


def _chosen(request: HttpRequest, known: dict[str, str]) -> tuple[str, str]:
    """(slug of the specialty in the address, what is wrong with it)."""
    typed = request.GET.get("specialty", "")
    if not typed or typed in known:
        return typed, ""
    return "", f"Nothing is known here for “{typed[:40]}”. Choose a specialty from the list."


@public
def acgme_requirements(request: HttpRequest) -> HttpResponse:
    rows = list(CaseMinimum.objects.filter(is_shown=True))
    specialties = {row.slug: row.specialty for row in rows}
    chosen, trouble = _chosen(request, specialties)
    shown = [row for row in rows if row.slug == chosen] if chosen else rows
    groups = [
        (specialty, slugify(specialty), by_source(list(found)))
        for specialty, found in groupby(shown, key=lambda row: row.specialty)
    ]
    context = {"specialties": specialties, "chosen": chosen, "trouble": trouble, "groups": groups}
    return show(request, "acgme-requirements", context)


def by_source(rows: list[CaseMinimum]) -> list[list[CaseMinimum]]:
    """Rows of one specialty, those that one source gives with the same remark together."""
    return [list(of) for _, of in groupby(rows, key=lambda row: (row.body, row.effective, row.source, row.note))]


@public
def modifiers(request: HttpRequest) -> HttpResponse:
    rows = list(Modifier.objects.all())
    for row in rows:
        row.handling = handling(row.code).value
    groups = [(group, alike([row for row in rows if row.group == group])) for group in Modifier.Group]
    others = [row for row in rows if not row.group and (row.cms_description or row.name)]
    context = {"groups": [(group, of) for group, of in groups if of], "others": others}
    return show(request, "modifiers", context)


def alike(rows: list[Modifier]) -> list[list[Modifier]]:
    """Modifiers that differ in nothing but their name, as those of ten fingers, together."""
    together: dict[tuple, list[Modifier]] = {}
    for row in rows:
        together.setdefault((row.description, row.payment, row.credit, row.handling), []).append(row)
    return list(together.values())
