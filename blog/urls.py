from django.urls import path

from blog import feeds, support_views, views
from blog.models.text import PAGES

urlpatterns = [
    path("", views.home, name="home"),
    path("blog/", views.archive, name="blog"),
    path("blog/feed/", feeds.feed, name="blog-feed"),
    path("blog/tag/<slug:slug>/", views.tag, name="blog-tag"),
    path("blog/<slug:slug>/", views.post, name="blog-post"),
    path("support/", views.support, name="support"),
    path("support/contact/", support_views.contact, name="contact"),
    path("support/ticket/<str:token>/", support_views.ticket, name="ticket"),
    *(path(f"{slug}/", views.page, {"slug": slug}, name=slug) for slug in PAGES),
    # Behind the tools of codes/urls.py, which have addresses of their own under resources/.
    path("resources/wrvu-tracking-guide/", views.guide, {"slug": "wrvu-tracking-guide"}, name="wrvu-tracking-guide"),
    path("resources/glossary/", views.guide, {"slug": "glossary"}, name="glossary"),
    path("resources/<slug:slug>/", views.guide, name="guide"),
]
