from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count, F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.views.decorators.http import require_safe

from codes import sections, visits
from codes.caching import cacheable, public
from codes.code_page import code_context
from codes.filters import SORTS, CodeFilter, Facets, facets_of, fields_html
from codes.models import Category, Code, Release
from codes.page_queries import code_for_page
from codes.search.finder import Found, find
from codes.search.nearest import nearest_codes

PAGE_SIZE = 25
SUGGESTIONS = 8


@dataclass
class Listing:
    """One page of the code list, and how many codes of each category fit the search."""

    page: Page
    counts: list[tuple[Category, int]]
    found: Found | None = None
    sort: str = "relevance"
    sorts: dict[str, str] = field(default_factory=lambda: SORTS)


@require_safe
def code_list(request: HttpRequest) -> HttpResponse:
    release = Release.objects.with_revision().current()
    revision = release.revision if release else 0
    typed = request.GET.get("q", "").strip()
    found = find(typed, revision=revision) if typed else None
    if found and (found.nearest or not found.codes):
        visits.nothing_found(typed)
    facets = facets_of(revision)
    codes = Code.objects.listed().with_figures(release)
    filterset = CodeFilter(request.GET, codes, facets=facets)
    listing = _listing(request, filterset, facets, found, release)
    context = {
        "release": release,
        "typed": typed,
        "filter": filterset,
        "fields": fields_html(filterset, revision),
        "listing": listing,
        "query": _without(request, "page"),
    }
    template = "codes/_results.html" if request.htmx else "codes/list.html"
    response = cacheable(request, render(request, template, context), revision)
    response["Vary"] = "HX-Request, Accept-Encoding"
    return response


def _without(request: HttpRequest, *names: str) -> str:
    """The query string less these names and less what is empty, to put another value behind."""
    query = request.GET.copy()
    for name in [*names, *(name for name, value in query.items() if not value)]:
        query.pop(name, None)
    return query.urlencode()


def _listing(
    request: HttpRequest, filterset: CodeFilter, facets: Facets, found: Found | None, release: Release | None
) -> Listing:
    sort = request.GET.get("sort") if request.GET.get("sort") in SORTS else "relevance"
    if found is not None and not filterset.active and sort == "relevance":
        keys, counts = found.codes, _count(sections.category_of(code) for code in found.codes)
    else:
        queryset = filterset.qs if found is None else filterset.qs.filter(code__in=found.codes)
        keys, counts = _ordered(queryset, sort, found)
    page = Paginator(keys, PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = _codes(filterset.queryset, list(page.object_list), release)
    by_slug = {category.slug: category for category in facets.categories}
    return Listing(page, [(by_slug[slug], count) for slug, count in counts.items() if slug in by_slug], found, sort)


def _ordered(queryset, sort: str, found: Found | None):
    """Codes in order (a queryset where everything is listed), and how many each category has."""
    if found is not None and sort == "relevance":
        rows = dict(queryset.values_list("code", "category_id"))
        return [code for code in found.codes if code in rows], _count(rows[c] for c in found.codes if c in rows)
    work = F("row__work")
    orders = {"work": work.asc(nulls_last=True), "-work": work.desc(nulls_last=True)}
    order = [orders[sort], "code"] if sort in orders else ["code"]
    counts = dict(queryset.order_by().values_list("category_id").annotate(Count("code")))
    return queryset.order_by(*order).values_list("code", flat=True), counts


def _count(slugs) -> dict[str, int]:
    counts: dict[str, int] = {}
    for slug in slugs:
        counts[slug] = counts.get(slug, 0) + 1
    return counts


def _codes(queryset, keys: list[str], release: Release | None) -> list[Code]:
    """These codes in order, as a list shows them, each with words that it has ended where it has."""
    codes = queryset.filter(code__in=keys).for_list(release).in_bulk(keys)
    for code in codes.values():
        code.end_mark = code.ended(release)
    return [codes[key] for key in keys if key in codes]


@public
def suggest(request: HttpRequest) -> HttpResponse:
    """What the box offers while someone types: a fragment of its own, so that pages do not vary."""
    typed = request.GET.get("q", "").strip()
    keys = find(typed, suggesting=True, limit=60).codes[:SUGGESTIONS] if typed else []
    release = Release.objects.current()
    codes = _codes(Code.objects.listed().with_figures(release), keys, release)
    return render(request, "codes/_suggestions.html", {"codes": codes, "typed": typed})


@public
def code_all(request: HttpRequest) -> HttpResponse:
    codes: dict[str, list] = {}
    for code, category in Code.objects.listed().order_by("code").values_list("code", "category_id"):
        codes.setdefault(category, []).append((code,))
    # 17,000 links: joined here, which is ten times faster than a loop in the template.
    groups = [
        (category, len(rows), format_html_join(" ", f'<a href="../{category.slug}/{{0}}/">{{0}}</a>', rows))
        for category in Category.objects.all()
        if (rows := codes.get(category.slug))
    ]
    context = {"groups": groups, "total": sum(count for _, count, _ in groups), "release": Release.objects.current()}
    return render(request, "codes/all.html", context)


@require_safe
def code_page(request: HttpRequest, category: str, code: str) -> HttpResponse:
    found = code_for_page(code.upper())
    if found is None or not found.is_listed:
        return code_not_found(request, code)
    if (category, code) != (found.category_id, found.code):
        return _moved(request, found)
    context = code_context(found, request.GET)
    if context is None:
        raise Http404(f"The release {request.GET.get('release')} is not among the releases here.")
    visits.page_seen(found.code)
    return cacheable(request, render(request, "codes/page.html", context), found.revision)


def _moved(request: HttpRequest, code: Code) -> HttpResponsePermanentRedirect:
    query = request.GET.urlencode()
    return redirect(code.get_absolute_url() + (f"?{query}" if query else ""), permanent=True)


@require_safe
def short_address(request: HttpRequest, code: str) -> HttpResponse:
    """/J7521, /j7521 and /cpt-codes/J7521 lead to the code's page."""
    found = Code.objects.listed().filter(code=code.upper()).first()
    return _moved(request, found) if found else code_not_found(request, code)


def code_not_found(request: HttpRequest, code: str) -> HttpResponse:
    keys = nearest_codes(code)
    near = Code.objects.select_related("category").in_bulk(keys)
    context = {"typed": code.upper()[:20], "codes": [near[key] for key in keys]}
    return render(request, "404.html", context, status=404)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    sitemap = request.build_absolute_uri(reverse("sitemap-index"))
    return HttpResponse(
        f"User-agent: *\nDisallow: /admin/\nDisallow: /support/ticket/\nSitemap: {sitemap}\n", content_type="text/plain"
    )


@require_safe
def up(request: HttpRequest) -> HttpResponse:
    """For the one who runs the server: 200 when the database answers."""
    Release.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
