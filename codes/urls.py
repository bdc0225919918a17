from django.urls import include, path, re_path

from codes import views

CODE = r"(?P<code>[0-9A-Za-z][0-9]{3}[0-9A-Za-z])"

urlpatterns = [
    path("cpt-codes/", views.code_list, name="code-list"),
    path("cpt-codes/all/", views.code_all, name="code-all"),
    path("cpt-codes/suggest/", views.suggest, name="code-suggest"),
    path("", include("codes.tools.urls")),
    path("cpt-codes/<slug:category>/<str:code>/", views.code_page, name="code-page"),
    re_path(rf"^(?:cpt-codes/)?{CODE}/?$", views.short_address, name="code-short"),
    path("robots.txt", views.robots, name="robots"),
    path("up/", views.up, name="up"),
]
