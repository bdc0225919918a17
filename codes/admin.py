from django.contrib import admin

from codes.models import CatalogueState, Category, Code, Faq, HcpcsRelease, Modifier, Release, ReleaseFile, Specialty
from codes.search import index


class ReadOnly:
    """Figures come from CMS's files alone: nobody types them."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class FaqInline(admin.TabularInline):
    model = Faq
    extra = 0


@admin.register(Code)
class CodeAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "category", "status", "reviewed_on"]
    list_filter = ["status", "category", "code_set"]
    list_select_related = ["category"]
    search_fields = ["code", "name", "synonyms"]
    autocomplete_fields = ["related", "specialties", "reviewed_by"]
    readonly_fields = ["code", "code_set", "category", "cms_descriptor", "updated_at"]
    inlines = [FaqInline]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        index.update(form.instance)
        CatalogueState.touch()


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "code_set", "order"]
    readonly_fields = ["slug"]


@admin.register(Specialty)
class SpecialtyAdmin(admin.ModelAdmin):
    search_fields = ["name"]


@admin.register(Modifier)
class ModifierAdmin(admin.ModelAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]
    readonly_fields = ["cms_description"]


class ReleaseFileInline(ReadOnly, admin.TabularInline):
    model = ReleaseFile


@admin.register(Release)
class ReleaseAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "is_current", "is_starter", "released", "conversion_factor", "code_count", "row_count"]
    inlines = [ReleaseFileInline]


@admin.register(HcpcsRelease)
class HcpcsReleaseAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "is_current", "row_count", "file_name"]


from codes import admin_reference  # noqa: E402, F401 (registers the sourced figures)
