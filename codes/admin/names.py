"""Categories, specialties and modifiers."""

from django.contrib import admin

from codes.admin.desk import DeskAdmin
from codes.models import Category, Modifier, Specialty


@admin.register(Category)
class CategoryAdmin(DeskAdmin):
    list_display = ["name", "code_set", "order"]
    readonly_fields = ["slug"]


@admin.register(Specialty)
class SpecialtyAdmin(DeskAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(Modifier)
class ModifierAdmin(DeskAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]

    def get_readonly_fields(self, request, obj=None):
        return ["code", "cms_description"] if obj else ["cms_description"]
