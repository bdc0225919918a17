from functools import lru_cache

import django_filters as filters
from django import forms
from django.db.models import Value
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from codes import indicators
from codes.models import Category, Code, Specialty

SORTS = {
    "relevance": "Best match",
    "code": "Code",
    "-work": "Work RVU, high to low",
    "work": "Work RVU, low to high",
}


class CodeFilter(filters.FilterSet):
    """Filters of the code list, all in the URL. The queryset needs `with_figures`."""

    category = filters.ChoiceFilter(field_name="category_id", empty_label="All categories")
    code_set = filters.ChoiceFilter(choices=Code.CodeSet.choices, label="Code set", empty_label="All code sets")
    specialty = filters.ChoiceFilter(field_name="specialties", label="Specialty", empty_label="All specialties")
    has_work = filters.BooleanFilter(method="with_work", label="Has a work RVU", widget=forms.CheckboxInput)
    work_min = filters.NumberFilter(field_name="row__work", lookup_expr="gte", label="Work RVU from", min_value=0)
    work_max = filters.NumberFilter(field_name="row__work", lookup_expr="lte", label="Work RVU to", min_value=0)
    global_days = filters.ChoiceFilter(
        field_name="row__global_days",
        label="Global period",
        empty_label="Any",
        choices=[(value, f"{value}: {short}") for value, (short, _) in indicators.GLOBAL.items()],
    )
    status = filters.ChoiceFilter(
        field_name="row__status",
        label="Medicare status",
        empty_label="Any",
        choices=[
            (value, f"{value}: {short}") for value, (short, _) in indicators.STATUS.items() if value not in "DFGH"
        ],
    )
    described = filters.BooleanFilter(method="with_text", label="Has our own text", widget=forms.CheckboxInput)

    class Meta:
        model = Code
        fields = []

    def __init__(self, *args, facets: "Facets", **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["category"].extra["choices"] = [(c.slug, c.name) for c in facets.categories]
        self.filters["specialty"].extra["choices"] = [(s.slug, s.name) for s in facets.specialties]
        self.form.label_suffix = ""
        for name in ("work_min", "work_max"):
            self.form.fields[name].widget.attrs |= {"step": "0.01", "inputmode": "decimal"}

    def with_work(self, queryset, name, value):
        return queryset.filter(row__work__gt=0) if value else queryset

    def with_text(self, queryset, name, value):
        return queryset.published() if value else queryset

    @property
    def active(self) -> dict[str, str]:
        """Filters that are set and valid: name -> value as typed."""
        cleaned = self.form.cleaned_data if self.form.is_valid() else {}
        return {name: self.data[name] for name in self.filters if cleaned.get(name) not in (None, "", False)}


class Facets:
    """Categories and specialties in one query."""

    def __init__(self):
        categories = Category.objects.order_by().values_list("order", "slug", "name", "code_set")
        specialties = Specialty.objects.order_by().values_list(Value(-1), "slug", "name", Value(""))
        found = sorted(categories.union(specialties, all=True))
        self.categories = [Category(order=o, slug=s, name=n, code_set=c) for o, s, n, c in found if o >= 0]
        self.specialties = [Specialty(slug=s, name=n) for o, s, n, _ in found if o < 0]
        self.specialties.sort(key=lambda specialty: specialty.name)


@lru_cache(maxsize=2)
def facets_of(revision: int) -> Facets:
    """Read once for each state of the catalogue and process."""
    return Facets()


@lru_cache(maxsize=128)
def _fields_html(revision: int, values: tuple[tuple[str, str], ...]) -> SafeString:
    form = CodeFilter(dict(values), Code.objects.none(), facets=facets_of(revision)).form
    return render_to_string("codes/_filter_fields.html", {"form": form})


def fields_html(filterset: CodeFilter, revision: int) -> SafeString:
    """The fields as HTML. A hundred options take as long to render as all the rest of the page, so they are kept."""
    return _fields_html(revision, tuple(sorted((name, filterset.data[name]) for name in filterset.active)))
