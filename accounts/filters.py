import django_filters as filters
from django.db.models import F, Q

from codes.models import Category

SORTS = {
    "code": ["code"],
    "-work": [F("work").desc(nulls_last=True), "code"],
    "work": [F("work").asc(nulls_last=True), "code"],
    "-added": ["-created_at", "-pk"],
}
SORT_NAMES = [
    ("code", "Code"),
    ("-work", "Work RVU, high to low"),
    ("work", "Work RVU, low to high"),
    ("-added", "Newest first"),
]


class FavouriteFilter(filters.FilterSet):
    """Filter and order of someone's favourites, in the URL. The queryset needs `with_figures`."""

    q = filters.CharFilter(method="holding", label="Find in my favorites")
    folder = filters.ChoiceFilter(method="in_folder", label="Folder", empty_label="All folders")
    category = filters.ChoiceFilter(field_name="code__category_id", label="Category", empty_label="All categories")
    sort = filters.ChoiceFilter(method="sorted", label="Sort by", empty_label="My own order", choices=SORT_NAMES)

    def __init__(self, *args, folders, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["folder"].extra["choices"] = [("none", "No folder"), *((str(f.pk), f.name) for f in folders)]
        self.categories = list(Category.objects.filter(codes__favourites__in=self.queryset.order_by()).distinct())
        self.filters["category"].extra["choices"] = [(category.slug, category.name) for category in self.categories]
        self.form.label_suffix = ""

    def holding(self, queryset, name, value):
        fields = ("code__code", "code__name", "note", "folder__name")
        return queryset.filter(Q(*((f"{field}__icontains", value) for field in fields), _connector=Q.OR))

    def in_folder(self, queryset, name, value):
        return queryset.filter(folder=None if value == "none" else value)

    def sorted(self, queryset, name, value):
        return queryset.order_by(*SORTS[value])

    @property
    def sorted_by(self) -> str:
        return self.form.cleaned_data.get("sort", "") if self.form.is_valid() else ""
