from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import django_filters as filters
from django.core.paginator import Paginator
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    FilteredRelation,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Abs
from django.http import HttpRequest, HttpResponse

from codes.caching import public
from codes.models import Category, Code, Release
from codes.sheets import csv_response
from codes.tools.pages import show

PAGE_SIZE = 50
KINDS = {
    "new": "New",
    "deleted": "Deleted",
    "work": "Work RVU changed",
    "status": "Medicare status changed",
    "totals": "Only practice expense or malpractice changed",
}
SIZES = {"1": "1 percent or more", "5": "5 percent or more", "10": "10 percent or more", "25": "25 percent or more"}
SORTS = {"code": "Category and code", "-change": "Largest rise first", "change": "Largest fall first"}
TEXTS = ("description", "plain_language", "clinical_context", "billing", "synonyms", "loaded_text", "loaded_related")
VALUES = ("work", "nonfac_total", "fac_total", "status")
# Total -> the flag by which CMS marks its setting as not applicable: the number printed beside it pays nothing.
NA = {"nonfac_total": "nonfac_na", "fac_total": "fac_na"}


class ChangeFilter(filters.FilterSet):
    """Filters of the list of changes. The queryset is that of `changes`."""

    kind = filters.ChoiceFilter(choices=list(KINDS.items()), label="Kind of change", empty_label="All kinds")
    category = filters.ChoiceFilter(field_name="category_id", empty_label="All categories")
    size = filters.ChoiceFilter(
        choices=list(SIZES.items()), label="Work RVU changed by", empty_label="Any size", method="of_size"
    )

    class Meta:
        model = Code
        fields = []

    def __init__(self, *args, categories: list[Category], **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["category"].extra["choices"] = [(category.slug, category.name) for category in categories]
        self.form.label_suffix = ""

    def of_size(self, queryset, name, value):
        return queryset.annotate(size=Abs("change")).filter(size__gte=int(value))


class Percent(Func):
    """A difference in percent of a value: numbers without a fraction divide as whole ones in SQLite, so 100.0."""

    template = "ROUND(%(expressions)s, 8)"
    arg_joiner = " * 100.0 / "
    output_field = DecimalField(max_digits=16, decimal_places=8)


class Differs(Func):
    """Whether two values are not the same, NULL being a value like any other."""

    template = "(%(expressions)s)"
    arg_joiner = " IS DISTINCT FROM "
    output_field = BooleanField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, arg_joiner=" IS NOT ", **context)  # the same there, in any version


def changes(before: Release, after: Release) -> QuerySet:
    """Codes whose whole service differs between two releases: `kind`, and `change` of the work RVU in percent.

    `was_…` and `is_…` are NULL where a release does not hold the code or gives it no value; a total also where
    CMS marks its setting as not applicable (`was_nonfac_na`, …).
    """
    values = {
        f"{when}_{name}": _value(release, name)
        for when, release in (("was", "before"), ("is", "after"))
        for name in (*VALUES, *NA.values())
    }
    return (
        Code.objects.listed()
        .annotate(
            before=FilteredRelation("rows", condition=Q(rows__release=before.pk, rows__modifier="")),
            after=FilteredRelation("rows", condition=Q(rows__release=after.pk, rows__modifier="")),
        )
        .filter(Q(before__isnull=False) | Q(after__isnull=False))
        .annotate(**values)
        .annotate(kind=KIND, change=CHANGE)
        .exclude(kind="")
    )


def _value(release: str, name: str) -> F | Case:
    field = F(f"{release}__{name}")
    return Case(When(**{f"{release}__{NA[name]}": False}, then=field)) if name in NA else field


KIND = Case(
    When(before__isnull=True, then=Value("new")),
    When(after__isnull=True, then=Value("deleted")),
    When(Differs("was_work", "is_work"), then=Value("work")),
    When(Differs("was_status", "is_status"), then=Value("status")),
    When(Differs("was_nonfac_total", "is_nonfac_total"), then=Value("totals")),
    When(Differs("was_fac_total", "is_fac_total"), then=Value("totals")),
    default=Value(""),
    output_field=CharField(),
)
CHANGE = Case(
    When(was_work__gt=0, then=Percent(F("is_work") - F("was_work"), F("was_work"))),
)


@dataclass(frozen=True)
class Pair:
    """The two releases that are compared, what can be chosen, and what was not understood."""

    releases: list[Release]
    before: Release | None
    after: Release | None
    trouble: str = ""


def choose_pair(query: Mapping[str, str]) -> Pair:
    """The releases named in the address; by default the current one and the one before it."""
    releases = list(Release.objects.in_use().with_revision())
    by_name = {release.name: release for release in releases}
    wrong = [name for key in ("from", "to") if (name := query.get(key, "")) and name not in by_name]
    trouble = f"{wrong[0][:20]} is not among the releases here. Choose a release from the list." if wrong else ""
    after = by_name.get(query.get("to", "")) or next((r for r in releases if r.is_current), None)
    earlier = [release for release in releases if after and release.effective_from < after.effective_from]
    before = by_name.get(query.get("from", "")) or next(iter(earlier), None)
    if before and before == after:
        trouble = "Choose two different releases."
    return Pair(releases, before, after, trouble)


@public
def code_changes(request: HttpRequest) -> HttpResponse:
    pair = choose_pair(request.GET)
    if not (pair.before and pair.after) or pair.before == pair.after:
        return show(request, "code-changes", {"pair": pair, "query": request.GET.urlencode()})
    found = changes(pair.before, pair.after)
    categories = list(Category.objects.all())
    filterset = ChangeFilter(request.GET, found, categories=categories)
    sort = request.GET.get("sort") if request.GET.get("sort") in SORTS else "code"
    ordered = _ordered(filterset.qs if filterset.form.is_valid() else found, sort)
    if request.GET.get("format") == "csv":
        return csv_response(f"changes-{pair.before}-{pair.after}", HEADER, _csv_rows(ordered))
    counts = counts_of(pair.before.pk, pair.after.pk, pair.after.revision)
    paginator = Paginator(ordered.select_related("category").defer(*TEXTS), PAGE_SIZE)
    if (count := _count(counts, filterset)) is not None:
        paginator.count = count
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "pair": pair,
        "filter": filterset,
        "sort": sort,
        "sorts": SORTS,
        "kinds": KINDS,
        "summary": _summary(counts, categories),
        "page_of_changes": page,
        "query": _query(request),
    }
    return show(request, "code-changes", context)


def _ordered(queryset: QuerySet, sort: str) -> QuerySet:
    if sort == "code":
        return queryset.order_by("category__order", "code")
    change = F("change").desc(nulls_last=True) if sort.startswith("-") else F("change").asc(nulls_last=True)
    return queryset.order_by(change, "category__order", "code")


@dataclass(frozen=True)
class Summary:
    """How many codes changed, by kind and by category."""

    kinds: dict[str, int]
    categories: list[tuple[Category, int]]


@lru_cache(maxsize=8)
def counts_of(before: int, after: int, revision: int) -> dict[tuple[str, str], int]:
    """(category, kind) -> number of codes, for two releases by their keys; read once for each state of the catalogue."""
    found = changes(Release(pk=before), Release(pk=after)).order_by()
    rows = found.values_list("category_id", "kind").annotate(Count("pk"))
    return {(category, kind): count for category, kind, count in rows}


def _count(counts: Mapping[tuple[str, str], int], filterset: ChangeFilter) -> int | None:
    """How many codes fit the filters; None where only the database can tell."""
    chosen = filterset.form.cleaned_data if filterset.form.is_valid() else {}
    if chosen.get("size"):
        return None
    kinds = {chosen["kind"]} if chosen.get("kind") else set(KINDS)
    return sum(
        n for (category, kind), n in counts.items() if kind in kinds and chosen.get("category") in ("", None, category)
    )


def _summary(counts: Mapping[tuple[str, str], int], categories: list[Category]) -> Summary:
    kinds = {kind: sum(n for (_, of), n in counts.items() if of == kind) for kind in KINDS}
    sums = {c.slug: sum(n for (category, _), n in counts.items() if category == c.slug) for c in categories}
    return Summary(kinds, [(c, sums[c.slug]) for c in categories if sums[c.slug]])


def _query(request: HttpRequest) -> str:
    """The address less its page and what is empty."""
    query = request.GET.copy()
    for name in ["page", "format", *(name for name, value in query.items() if not value)]:
        query.pop(name, None)
    return query.urlencode()


HEADER = (
    "Code", "Category", "Kind", "Work RVU before", "Work RVU after", "Change in percent", "Total non-facility before",
    "Total non-facility after", "Total facility before", "Total facility after", "Status before", "Status after",
)  # fmt: skip
FLAG_OF = {f"{when}_{total}": f"{when}_{flag}" for total, flag in NA.items() for when in ("was", "is")}
FLAGS = tuple(FLAG_OF.values())


def _csv_rows(queryset: QuerySet) -> Iterator[tuple]:
    names = [f"{when}_{name}" for name in VALUES for when in ("was", "is")]
    for row in queryset.values("code", "category__name", "kind", "change", *names, *FLAGS).iterator(chunk_size=2000):
        percent = None if row["change"] is None else round(Decimal(row["change"]), 2)
        was, now, *rest = ("NA" if row.get(FLAG_OF.get(name)) else row[name] for name in names)
        yield (row["code"], row["category__name"], KINDS[row["kind"]], was, now, percent, *rest)
