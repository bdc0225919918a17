from django.urls import path

from accounts.views import data, favorites, me, stars

urlpatterns = [
    path("me/", me.me, name="me"),
    path("me/here/", stars.here, name="here"),
    path("me/details/", me.profile, name="me-profile"),
    path("me/career-stage/", me.stage, name="me-stage"),
    path("me/security/", me.security, name="me-security"),
    path("me/export/", data.export, name="me-export"),
    path("me/delete/", data.delete, name="me-delete"),
    path("me/deleted/", data.deleted, name="account-deleted"),
    path("favorites/", favorites.favorites, name="favorites"),
    path("favorites/star/<str:code>/", stars.star, name="favorite-star"),
    path("favorites/order/", favorites.order, name="favorites-order"),
    path("favorites/seen/", favorites.seen, name="favorites-seen"),
    path("favorites/favorites.csv", favorites.export_csv, name="favorites-csv"),
    path("favorites/<int:pk>/", favorites.edit, name="favorite"),
    path("favorites/<int:pk>/remove/", favorites.remove, name="favorite-remove"),
    path("favorites/<int:pk>/move/", favorites.move, name="favorite-move"),
    path("favorites/<int:pk>/seen/", favorites.seen, name="favorite-seen"),
    path("favorites/folders/", favorites.folder, name="folder-add"),
    path("favorites/folders/<int:pk>/", favorites.folder, name="folder"),
    path("favorites/folders/<int:pk>/remove/", favorites.remove_folder, name="folder-remove"),
]
