from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from rvuedge import sitemaps

admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap-index"),
    path("sitemap-<section>.xml", sitemaps.sitemap, name="sitemap"),
    path("", include("codes.urls")),
    path("", include("blog.urls")),
]
