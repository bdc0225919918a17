"""Filters of the code list in the staff desk."""

from datetime import timedelta

from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.db.models import Q
from django.utils import timezone

from codes import review
from codes.models import Specialty

CLOSED = "admin/desk/filter_closed.html"


class CategoryFilter(RelatedFieldListFilter):
    template = CLOSED


class SpecialtyFilter(SimpleListFilter):
    template = CLOSED
    title, parameter_name = "specialty", "specialty"

    def lookups(self, request, model_admin):
        return Specialty.objects.values_list("slug", "name")

    def queryset(self, request, queryset):
        return queryset.filter(specialties=self.value()) if self.value() else queryset


class TextFilter(SimpleListFilter):
    title, parameter_name = "our text", "text"

    def lookups(self, request, model_admin):
        return [("yes", "Has text of ours"), ("no", "Has none"), ("change", "Has a change waiting")]

    def queryset(self, request, queryset):
        queries = {"yes": ~Q(description=""), "no": Q(description=""), "change": Q(proposal__isnull=False)}
        return queryset.filter(queries[self.value()]) if self.value() in queries else queryset


class ReviewFilter(SimpleListFilter):
    title, parameter_name = "review", "review"

    def lookups(self, request, model_admin):
        return [("never", "Never reviewed"), ("old", "Over a year ago"), ("figures", "CMS figures changed since")]

    def queryset(self, request, queryset):
        year_ago = timezone.localdate() - timedelta(days=365)
        if self.value() == "never":
            return queryset.filter(reviewed_on=None)
        if self.value() == "old":
            return queryset.filter(reviewed_on__lt=year_ago)
        if self.value() == "figures":
            return queryset.filter(code__in=list(review.changed_since()))
        return queryset
