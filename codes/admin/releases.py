"""Releases of CMS, read-only."""

from django.contrib import admin

from codes.models import HcpcsRelease, Release, ReleaseFile


class ReadOnly:
    """Figures come from CMS's files alone: nobody types them."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReleaseFileInline(ReadOnly, admin.TabularInline):
    model = ReleaseFile


@admin.register(Release)
class ReleaseAdmin(ReadOnly, admin.ModelAdmin):
    change_form_template = "admin/desk/release.html"
    list_display = [
        "name",
        "is_current",
        "withdrawn",
        "is_starter",
        "released",
        "conversion_factor",
        "code_count",
        "row_count",
    ]
    inlines = [ReleaseFileInline]

    def render_change_form(self, request, context, obj=None, **kwargs):
        others = Release.objects.in_use().exclude(pk=obj.pk)
        context |= {"may_import": request.user.has_perm("codes.import_release"), "previous": others.first()}
        return super().render_change_form(request, context, obj=obj, **kwargs)


@admin.register(HcpcsRelease)
class HcpcsReleaseAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "is_current", "row_count", "file_name"]
