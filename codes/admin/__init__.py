from django.contrib import admin

from codes.admin import code, imports, names, releases

admin.site.site_header, admin.site.index_title = "RVU Edge desk", "Staff desk"

__all__ = ["code", "imports", "names", "releases"]

from codes import admin_reference  # noqa: E402, F401 (registers the sourced figures)
