"""One sitemap index over what the apps have."""

from django.contrib.sitemaps import views
from django.http import HttpRequest, HttpResponse

import blog.sitemaps
import codes.sitemaps
from codes.caching import public


def _sections() -> dict:
    return {**codes.sitemaps.sitemaps(), **blog.sitemaps.sitemaps()}


@public
def sitemap_index(request: HttpRequest) -> HttpResponse:
    return views.index(request, _sections(), sitemap_url_name="sitemap")


@public
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    return views.sitemap(request, _sections(), section=section)
