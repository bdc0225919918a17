from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from codes.models import Category, Code
from codes.tools.pages import PAGES


class PageSitemap(Sitemap):
    """Pages that are no code's."""

    def items(self):
        return ["home", "code-list", "code-all", *PAGES]

    def location(self, item):
        return reverse(item)


class CodeSitemap(Sitemap):
    """The code pages of one category."""

    limit = 10_000

    def __init__(self, category: str):
        self.category = category

    def items(self):
        return Code.objects.listed().filter(category=self.category).only("code", "category_id", "updated_at")

    def lastmod(self, code):
        return code.updated_at


def sitemaps() -> dict[str, Sitemap]:
    """One for each category that has codes, read when asked: staff may add a category."""
    slugs = Category.objects.filter(codes__is_listed=True).distinct().values_list("slug", flat=True)
    return {"pages": PageSitemap(), **{slug: CodeSitemap(slug) for slug in slugs}}
