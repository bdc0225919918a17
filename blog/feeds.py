"""The newest posts as an Atom feed."""

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed

from blog.models import Text
from codes.caching import public


class PostFeed(Feed):
    feed_type = Atom1Feed
    title = "RVU Edge blog"
    subtitle = "Work RVUs, payment and coding for students, residents and attendings."
    link = reverse_lazy("blog")
    feed_url = reverse_lazy("blog-feed")

    def items(self):
        return Text.objects.public().posts().prefetch_related("tags")[:20]

    def item_title(self, post):
        return post.title

    def item_description(self, post):
        return post.description

    def item_author_name(self, post):
        return post.author

    def item_categories(self, post):
        return [tag.name for tag in post.tags.all()]

    def item_pubdate(self, post):
        return post.published

    def item_updateddate(self, post):
        return max(post.published, post.updated_at)


@public
def feed(request: HttpRequest) -> HttpResponse:
    return PostFeed()(request)
