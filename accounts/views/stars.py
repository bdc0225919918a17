"""The star: a page that works without scripts, and the answer to the scripts of every public page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import stars
from accounts.models import Favourite, RecentCode
from codes.models import Code

ASKED = 200  # codes on one page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def star(request: HttpRequest, code: str) -> HttpResponse:
    """POST with saved=1 or 0 sets the star as wished, however often it is sent.

    GET shows it. A visitor's wish is kept until they have signed in.
    """
    wanted = get_object_or_404(Code.objects.listed().select_related("category"), pk=code.upper())
    if not request.user.is_authenticated:
        stars.wait(request, wanted)
        if _wants_json(request):
            return JsonResponse({"sign_in": request.path}, status=401)
        return render(request, "accounts/star_sign_in.html", {"code": wanted})
    if request.method == "POST":
        return _set(request, wanted)
    saved = Favourite.objects.filter(user=request.user, code=wanted).exists()
    return render(request, "accounts/star.html", {"code": wanted, "saved": saved})


def _set(request: HttpRequest, code: Code) -> HttpResponse:
    wish, problem = request.POST.get("saved") != "0", ""
    try:
        (stars.star if wish else stars.unstar)(request.user, code)
    except stars.TooManyError as error:
        wish, problem = False, str(error)
    if _wants_json(request):
        return JsonResponse({"saved": wish, "problem": problem}, status=409 if problem else 200)
    if problem:
        return render(request, "accounts/star.html", {"code": code, "problem": problem}, status=409)
    return redirect(request.path)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


@never_cache
@require_safe
def here(request: HttpRequest) -> JsonResponse:
    """What a public page shows of whoever reads it: which of its codes are starred. Remembers the page's code.

    Asked by the page's script, only when someone is signed in.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"signed_in": False})
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        _remember(request)
    codes = request.GET.get("codes", "").split(",")[:ASKED]
    saved = Favourite.objects.filter(user=request.user, code__in=codes).values_list("code", flat=True)
    return JsonResponse({"signed_in": True, "saved": list(saved), "token": get_token(request)})


def _remember(request: HttpRequest) -> None:
    code = Code.objects.listed().filter(pk=request.GET.get("page", "")).first()
    if not code:
        return
    RecentCode.objects.update_or_create(user=request.user, code=code, defaults={"seen_at": timezone.now()})
    kept = RecentCode.objects.filter(user=request.user).values_list("pk", flat=True)[: RecentCode.KEPT]
    RecentCode.objects.filter(user=request.user).exclude(pk__in=list(kept)).delete()
