"""Someone's favourites: the list in their order, folders, notes, and the list to take along."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import ordering
from accounts.filters import FavouriteFilter
from accounts.forms import FavouriteForm, FolderForm
from accounts.models import Favourite, Folder
from accounts.models.favourite import attach
from accounts.payments import add_payments
from codes.models import Release
from codes.sheets import csv_response

PAGE_SIZE = 30


@never_cache
@login_required
@require_safe
def favorites(request: HttpRequest) -> HttpResponse:
    release = Release.objects.with_revision().current()
    folders = list(request.user.folders.all())
    kept = Favourite.objects.of(request.user).with_figures(release)
    found = FavouriteFilter(request.GET, kept, folders=folders)
    everything = list(found.qs.sparing())
    attach(everything, found.categories, folders)
    place_beside(everything)
    page = Paginator(everything, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = page.object_list
    page.before, page.after = (shown[0].above, shown[-1].below) if shown else (None, None)
    context = {
        "favourites": shown,
        "everything": everything,
        "page": page,
        "as_text": _as_text(everything, release),
        "query": without_page(request),
        "asked": request.GET.urlencode(),
        "filter": found,
        "folders": folders,
        "folder_form": FolderForm(instance=Folder(user=request.user)),
        "release": release,
        "paid_where": add_payments(shown, request.user, release),
        "changed": [favourite for favourite in everything if favourite.changes],
        "in_own_order": not found.sorted_by,
    }
    return render(request, "accounts/favorites.html", context)


def place_beside(favourites: list[Favourite]) -> None:
    """Sets `above` and `below`: the keys of the favourites that are shown beside each, None at the ends."""
    keys = [None, *(favourite.pk for favourite in favourites), None]
    for favourite, above, below in zip(favourites, keys[:-2], keys[2:], strict=True):
        favourite.above, favourite.below = above, below


def back(asked: str) -> HttpResponse:
    """To the list as it was asked for: its filters, order and page."""
    query = QueryDict(asked[:1000]).urlencode()
    return redirect(reverse("favorites") + (f"?{query}" if query else ""))


def _as_text(favourites: list[Favourite], release: Release | None) -> str:
    """One code a line, to copy."""
    lines = [
        f"{favourite.code_id} {favourite.code.title}"
        + (f", work RVU {work}" if (work := favourite.work) is not None else "")
        for favourite in favourites
    ]
    return "\n".join([*lines, *([f"Work RVUs: CMS {release.name}"] if release else [])])


def without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _mine(request: HttpRequest, pk: int) -> Favourite:
    """The favourite, if it is theirs; 404 for anyone else's."""
    return get_object_or_404(Favourite.objects.of(request.user), pk=pk)


def _my_folder(request: HttpRequest, pk: int) -> Folder:
    return get_object_or_404(request.user.folders, pk=pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Note and folder of one favourite."""
    favourite = _mine(request, pk)
    form = FavouriteForm(request.POST if request.method == "POST" else None, instance=favourite)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"{favourite.code_id} is saved.")
        return back(request.GET.urlencode())
    return render(
        request, "accounts/favorite_edit.html", {"favourite": favourite, "form": form, "asked": request.GET.urlencode()}
    )


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    favourite = _mine(request, pk)
    favourite.delete()
    messages.success(request, f"{favourite.code_id} is no longer among your favorites.")
    return back(request.GET.urlencode())


@login_required
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Past the one that is shown above or below it, for keyboards and for browsers without scripts."""
    favourite = _mine(request, pk)
    way, _, other = request.POST.get("to", "").partition(" ")
    if other.isdecimal() and len(other) < 19:
        pair = [favourite.pk, int(other)]
        ordering.arrange(request.user, pair if way == "up" else pair[::-1])
        messages.success(request, f"{favourite.code_id} moved {'up' if way == 'up' else 'down'}.")
    return back(request.POST.get("query", ""))


@login_required
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """The whole list in a new order: `pk` as often as there are favourites. Others' are passed over."""
    ordering.arrange(request.user, [int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal() and len(pk) < 19])
    return HttpResponse(status=204)


@login_required
@require_POST
def seen(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The new figures of one favourite, or of all, are known now."""
    mine = Favourite.objects.filter(user=request.user)
    if pk is not None:
        mine = mine.filter(pk=_mine(request, pk).pk)
    mine.mark_seen(Release.objects.current())
    return back(request.POST.get("query", ""))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folder(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Makes a folder, or renames one."""
    instance = _my_folder(request, pk) if pk else Folder(user=request.user)
    form = FolderForm(request.POST if request.method == "POST" else None, instance=instance)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"The folder {instance.name} is saved.")
        return redirect("favorites")
    return render(request, "accounts/folder.html", {"form": form, "folder": instance})


@login_required
@require_POST
def remove_folder(request: HttpRequest, pk: int) -> HttpResponse:
    gone = _my_folder(request, pk)
    gone.delete()
    messages.success(request, f"The folder {gone.name} is gone; its codes stay among your favorites.")
    return redirect("favorites")


HEADER = (
    "code",
    "code_set",
    "name",
    "folder",
    "note",
    "work_rvu",
    "nonfacility_total",
    "facility_total",
    "status",
    "release",
)


@never_cache
@login_required
@require_safe
def export_csv(request: HttpRequest) -> HttpResponse:
    release = Release.objects.current()
    name = release.name if release else ""
    rows = [
        [*_about(favourite), *_figures(favourite.row), name]
        for favourite in Favourite.objects.of(request.user).with_figures(release)
    ]
    return csv_response(slugify(f"favorites {name}"), HEADER, rows)


def _about(favourite: Favourite) -> list:
    code = favourite.code
    return [code.pk, code.get_code_set_display(), code.title, str(favourite.folder or ""), favourite.note]


def _figures(row) -> list:
    """Empty cells for what is unknown; NA where CMS marks the setting as not used."""
    if row is None:
        return [None] * 4
    totals = (row.nonfac_na, row.nonfac_total), (row.fac_na, row.fac_total)
    return [row.work, *("NA" if na and total is not None else total for na, total in totals), row.status]
