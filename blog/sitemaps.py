from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from blog.models import Text


class TextSitemap(Sitemap):
    """Posts, guides and pages that visitors may see."""

    def items(self):
        return Text.objects.public().defer("body")

    def lastmod(self, text):
        return text.updated_at


class BlogSitemap(Sitemap):
    """What leads to the texts."""

    def items(self):
        return ["blog", "support", "contact"]

    def location(self, item):
        return reverse(item)


def sitemaps() -> dict[str, Sitemap]:
    return {"texts": TextSitemap(), "blog": BlogSitemap()}
