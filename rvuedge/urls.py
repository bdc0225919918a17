from django.contrib import admin
from django.urls import include, path

from rvuedge import sitemaps

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap-index"),
    path("sitemap-<section>.xml", sitemaps.sitemap, name="sitemap"),
    path("", include("codes.urls")),
    path("", include("blog.urls")),
]
