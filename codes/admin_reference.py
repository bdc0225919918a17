"""The admin of sourced figures: benchmarks and case minimums."""

from django.contrib import admin

from codes.admin.desk import DeskAdmin
from codes.models import Benchmark, CaseMinimum


class FactAdmin(DeskAdmin):
    """What names a row of the bundled files can't be changed, else loading would bring the row again: hide it instead."""

    list_filter = ["specialty", "confidence", "is_shown"]
    actions = None

    def get_readonly_fields(self, request, obj=None):
        return self.model.KEY if obj and obj.loaded_text else ()

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.loaded_text)


@admin.register(Benchmark)
class BenchmarkAdmin(FactAdmin):
    list_display = ["specialty", "metric", "percentile", "value", "data_year", "survey", "confidence", "is_shown"]
    list_filter = ["metric", *FactAdmin.list_filter]
    search_fields = ["specialty", "survey", "source"]


@admin.register(CaseMinimum)
class CaseMinimumAdmin(FactAdmin):
    list_display = ["specialty", "category", "minimum", "unit", "body", "effective", "confidence", "is_shown"]
    search_fields = ["specialty", "category", "source"]
