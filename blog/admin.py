from django import forms
from django.contrib import admin, messages

from blog import support_admin  # noqa: F401  (registers the tickets)
from blog.checks import doubts_about, problems_of
from blog.markdown import render
from blog.models import Correction, FaqGroup, Question, Tag, Text
from codes.admin.desk import DeskAdmin, DeskForm
from codes.models import CatalogueState

BIG = forms.Textarea(attrs={"rows": 30, "cols": 120})


class ContentAdmin(DeskAdmin):
    """What public pages show. A text that came from a file is set to draft rather than deleted: a load would bring it back."""

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and obj is not None and not obj.loaded_text

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        CatalogueState.touch()


class TextForm(DeskForm):
    allows_html = True  # it is Markdown, and sanitised

    class Meta:
        model = Text
        fields = [
            "kind", "slug", "title", "description", "body", "author", "status", "published", "tags", "stages", "sources",
        ]  # fmt: skip
        widgets = {"body": BIG, "description": forms.Textarea(attrs={"rows": 2, "cols": 120})}

    def clean_body(self):
        return with_figures(self.cleaned_data["body"])

    def clean_description(self):
        if "{%" in self.cleaned_data["description"]:
            raise forms.ValidationError("No figure tags here: it is shown as it is typed.")
        return self.cleaned_data["description"]


def with_figures(text: str) -> str:
    if problems := problems_of(text):
        raise forms.ValidationError(problems)
    return text


@admin.register(Text)
class TextAdmin(ContentAdmin):
    form = TextForm
    list_display = ["title", "kind", "status", "published", "author", "updated_at"]
    list_filter = ["kind", "status", "tags"]
    search_fields = ["title", "description", "body"]
    date_hierarchy = "published"
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["tags"]
    readonly_fields = ["preview", "updated_at"]
    actions = ["publish", "withdraw"]
    save_on_top = True
    kept_links = ("tags",)

    def has_change_permission(self, request, obj=None):
        """What visitors see is changed by those who may publish; others write drafts."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.status == Text.Status.DRAFT or self.has_publish_permission(request))

    def has_publish_permission(self, request):
        return request.user.has_perm("blog.publish_text")

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if self.has_publish_permission(request) else [*self.readonly_fields, "status"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    @admin.display(description="Preview, as last saved")
    def preview(self, obj):
        return render(obj.body) if obj.pk else "After the first save."

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for doubt in doubts_about(obj.body):
            self.message_user(request, doubt, messages.WARNING)

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.is_public else None

    @admin.action(description="Publish (those with a date)", permissions=["publish"])
    def publish(self, request, queryset):
        self._set_status(queryset.exclude(kind=Text.Kind.POST, published__isnull=True), Text.Status.PUBLISHED)

    @admin.action(description="Withdraw to draft", permissions=["publish"])
    def withdraw(self, request, queryset):
        self._set_status(queryset, Text.Status.DRAFT)

    def _set_status(self, queryset, status):
        for text in queryset:
            text.status = status
            text.save()


class QuestionForm(DeskForm):
    allows_html = True

    class Meta:
        model = Question
        fields = ["group", "question", "answer", "order"]

    def clean_answer(self):
        return with_figures(self.cleaned_data["answer"])


@admin.register(Question)
class QuestionAdmin(DeskAdmin):
    form = QuestionForm
    list_display = ["question", "group", "order"]
    list_filter = ["group"]
    list_select_related = ["group"]
    search_fields = ["question", "answer"]


@admin.register(FaqGroup)
class FaqGroupAdmin(ContentAdmin):
    list_display = ["name", "order"]


@admin.register(Tag)
class TagAdmin(DeskAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Correction)
class CorrectionAdmin(DeskAdmin):
    list_display = ["date", "page", "wrong"]
    search_fields = ["page", "wrong", "right"]
    date_hierarchy = "date"

    def delete_queryset(self, request, queryset):
        for correction in queryset:
            correction.delete()
