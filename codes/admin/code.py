"""A code's entry: list, form, preview, and the way from draft to the page."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Q, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from codes import entries, narrative, review
from codes.admin.code_form import CodeForm
from codes.admin.code_history import CodeHistory
from codes.admin.desk import DeskAdmin, in_turn
from codes.admin.filters import CategoryFilter, ReviewFilter, SpecialtyFilter, TextFilter
from codes.admin.texts import TextsViews
from codes.code_page import code_context
from codes.models import Code, Proposal, Release, RvuRow, Specialty
from codes.page_queries import code_for_page
from codes.search.finder import find

PREVIEW_OF = {Code.Status.DRAFT: "a draft", Code.Status.REVIEW: "a text in review", Code.Status.PUBLISHED: ""}
FOUND = 60  # codes that search by meaning adds to those that hold the letters typed


def _best_first(queryset, found: list[str]):
    """What search found, in its order, before what only holds the letters typed."""
    places = [When(pk=code, then=place) for place, code in enumerate(found)]
    return queryset.order_by(Case(*places, default=len(found), output_field=IntegerField()), "code")


@admin.register(Code)
class CodeAdmin(TextsViews, CodeHistory, DeskAdmin):
    form = CodeForm
    change_form_template = "admin/desk/code_form.html"
    change_list_template = "admin/desk/code_list.html"
    list_display = ["code", "called", "marks", "status", "category", "reviewed_on", "work_rvu"]
    list_filter = ["status", TextFilter, ReviewFilter, "code_set", ("category", CategoryFilter), SpecialtyFilter]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["code", "name", "synonyms"]
    search_help_text = "Code, name, nickname or plain words"
    autocomplete_fields = ["related", "specialties"]
    readonly_fields = ["code", "code_set", "category", "status", "review", "figures", "cms_descriptor"]
    fieldsets = [
        (None, {"fields": [("code", "code_set", "category"), ("status", "review")]}),
        ("CMS figures", {"fields": ["figures", "cms_descriptor"]}),
        ("Text", {"fields": ["name", "description", "plain_language", "clinical_context", "billing", "synonyms", "faq"]}),
        ("Links", {"fields": ["specialties", "related"]}),
    ]  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # The list

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("category", "reviewed_by", "reviewed_release", "proposal")

    def form_queryset(self, request):
        return self.get_queryset(request).prefetch_related("specialties", "related", "faqs")

    def get_search_results(self, request, queryset, search_term):
        typed = search_term.strip()
        if not typed:
            return queryset, False
        holds = Q(code__istartswith=typed) | Q(name__icontains=typed) | Q(synonyms__icontains=typed)
        found = find(typed, limit=FOUND).codes
        queryset = queryset.filter(holds | Q(code__in=found))
        return queryset if "o" in request.GET else _best_first(queryset, found), False

    def get_changelist_instance(self, request):
        listing = super().get_changelist_instance(request)
        keys = [code.pk for code in listing.result_list]
        rows = RvuRow.objects.filter(release__is_current=True, modifier="", code__in=keys)
        works, changed = dict(rows.values_list("code_id", "work")), review.changed_since(keys)
        for code in listing.result_list:
            code.work, code.figures_changed = works.get(code.pk), code.pk in changed
        return listing

    @admin.display(description="Name", ordering="name")
    def called(self, code):
        """Our name, or the code's place where there is none yet: a list of bare numbers tells nobody what they are."""
        return code.name or narrative.name(code.facts())

    @admin.display(description="Work RVU")
    def work_rvu(self, code):
        return code.work

    @admin.display(description="To do")
    def marks(self, code):
        marks = ["change waits"] if hasattr(code, "proposal") else []
        return ", ".join([*marks, *(["figures changed"] if code.figures_changed else [])])

    # The form

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.may_publish = request.user.has_perm("codes.publish_code")
        return form

    @admin.display(description="Reviewed")
    def review(self, code):
        if not code.reviewed_on:
            return "never"
        return f"on {code.reviewed_on:%B %-d, %Y} by {code.reviewed_by or 'a former member'}"

    @admin.display(description="Figures")
    def figures(self, code):
        release = Release.objects.current()
        rows = RvuRow.objects.filter(release=release, code=code).order_by("modifier") if release else []
        changes = review.changes_of(code, release)
        context = {"release": release, "rows": rows, "changes": changes, "code": code}
        return render_to_string("admin/desk/figures.html", context)

    def view_on_site(self, code):
        return code.get_absolute_url()

    def get_fieldsets(self, request, obj=None):
        if self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return [
            (
                name,
                {
                    "fields": [
                        "synonym_list" if f == "synonyms" else f for f in options["fields"] if f not in ("faq", "seen")
                    ]
                },
            )
            for name, options in self.fieldsets
        ]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *([] if self.has_change_permission(request, obj) else ["synonym_list"])]

    @admin.display(description="Synonyms")
    def synonym_list(self, code):
        return ", ".join(code.synonyms)

    def render_change_form(self, request, context, obj=None, **kwargs):
        proposal = getattr(obj, "proposal", None)
        context |= {
            "proposal": proposal,
            "proposed": self.changes(entries.entry_of(obj), proposal.entry) if proposal else [],
            "may_publish": request.user.has_perm("codes.publish_code"),
            "has_page": obj.is_listed,
        }
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        """Nothing yet: what is saved, and where, is for `save_related` to say."""

    def save_related(self, request, form, formsets, change):
        code = Code.objects.select_related("category").get(pk=form.instance.pk)
        request.outcome = entries.save(code, form.entry, request.user, form.action, self.reason(request, code.pk))
        for sentence in form.advice:
            messages.warning(request, sentence)

    def response_change(self, request, obj):
        messages.success(request, request.outcome)
        stays = "_continue" in request.POST
        return redirect(reverse("admin:codes_code_change", args=[obj.pk]) if stays else "admin:codes_code_changelist")

    # Pages of their own

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<str:code>/preview/", view(self.preview), name="codes_code_preview"),
            path("<str:code>/discard/", view(require_POST(self.discard)), name="codes_code_discard"),
            *super().get_urls(),
        ]

    def preview(self, request, code: str) -> HttpResponse:
        """The page as it would be. Kept by no cache: admin_view says so."""
        obj = code_for_page(self._seen_or_404(request, code).pk)
        waits = Proposal.objects.filter(code=obj).exists()
        entry = entries.proposed_or_live(obj)
        what = "a change that is not on the site yet" if waits else PREVIEW_OF[obj.status]
        for name in entries.TEXTS:
            setattr(obj, name, entry[name])
        obj.status = Code.Status.PUBLISHED
        context = code_context(obj, {}, entry["faq"])
        related = Code.objects.listed().filter(pk__in=entry["related"]).values("code", "name", "category_id")
        context |= {
            "preview_of": what,
            "specialties": Specialty.objects.filter(pk__in=entry["specialties"]).values_list("slug", "name"),
            "related": [{**item, "category": item["category_id"]} for item in related],
            "edit_address": reverse("admin:codes_code_change", args=[obj.pk]),
        }
        return render(request, "codes/preview.html", context)

    def discard(self, request, code: str) -> HttpResponse:
        return in_turn(request, lambda: self._discard(request, code), reverse("admin:codes_code_change", args=[code]))

    def _discard(self, request, code: str) -> HttpResponse:
        obj = self._seen_or_404(request, code)
        proposal = Proposal.objects.filter(code=obj).first()
        if proposal is None or not (request.user.has_perm("codes.publish_code") or proposal.saved_by == request.user):
            raise PermissionDenied
        entries.discard_proposal(obj, request.user)
        messages.success(request, format_html("The waiting change of {} is gone. Its history keeps it.", obj))
        return redirect("admin:codes_code_change", obj.pk)
