"""Public pages: the same bytes for every visitor, so that browsers and any proxy can hold them."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from codes.models import CatalogueState

MAX_AGE = 300  # seconds in which a staff edit may not be seen yet


def etag(request: HttpRequest, revision: int) -> str:
    """Changes with the code that renders, the catalogue, the operator's settings, the day and the address.

    Weak, because the page may be compressed on its way.
    """
    fragment = request.headers.get("HX-Request", "")
    site = f"{settings.BUILD_ID} {settings.SHOW_CPT_DESCRIPTORS} {revision} {timezone.localdate()}"
    parts = f"{site} {fragment} {request.get_full_path()}"
    return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:24]}"'


def cacheable(request: HttpRequest, response: HttpResponse, revision: int) -> HttpResponse:
    """Marks a page that depends on nothing but its address and the catalogue."""
    if response.status_code == 200:
        response["ETag"] = etag(request, revision)
        patch_cache_control(response, public=True, max_age=MAX_AGE)
    return response


def public(view: Callable) -> Callable:
    @require_safe
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        # Before the view reads: what changes meanwhile must not be kept under the tag of its successor.
        revision = CatalogueState.current_revision()
        return cacheable(request, view(request, *args, **kwargs), revision)

    return wrapped


class RevalidationMiddleware:
    """Answers 304 before anything else is done.

    A tag holds its own address and the catalogue's state, so a visitor who sends the one that this address
    has now was given it with this very page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("If-None-Match")
        if sent and request.method in ("GET", "HEAD"):
            tag = etag(request, CatalogueState.current_revision())
            if tag in parse_etags(sent):
                headers = {"ETag": tag, "Cache-Control": f"max-age={MAX_AGE}, public"}
                return HttpResponseNotModified(headers=headers)
        return self.get_response(request)
