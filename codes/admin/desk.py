"""What every editable page of the staff desk does: keeps a history with revert, and never overwrites silently.

class PostAdmin(DeskAdmin): ...      # the model needs one line: history = HistoricalRecords()

A form of its own derives from DeskForm, and sets `allows_html` where Markdown or the like is written.
"""

import json
from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from codes import text_checks
from codes.models import CatalogueBusyError, CatalogueState

VERSIONS_SHOWN = 100
PATIENCE = 5  # seconds that a save waits for an import, which may write for longer
BUSY = "An import is being written; your text is kept in the form: save again in a minute."
NOT_TYPED = (models.AutoField, models.BigAutoField)


class _Encoder(DjangoJSONEncoder):
    def default(self, o):
        try:
            return super().default(o)
        except TypeError:  # a file is its name
            return str(o)


def plain(value: object) -> object:
    return json.loads(json.dumps(value, cls=_Encoder))


def seal(state: dict) -> str:
    return signing.dumps(state, salt="seen", compress=True)


def differences(before: dict, after: dict) -> list[tuple[str, object, object]]:
    """(field, before, after) of what is in both states and differs."""
    return [(name, before[name], after[name]) for name in before if name in after and before[name] != after[name]]


class DeskForm(forms.ModelForm):
    """Carries, sealed, what its writer saw; refuses to save over what someone else wrote since."""

    allows_html = False
    is_busy = False  # the catalogue, so that nothing can be saved now
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.stored = self.desk.state(self.instance)  # of the locked row, before what was typed is put into it
            self.initial["seen"] = seal(self.stored)

    def clean(self):
        cleaned = super().clean()
        if self.is_busy:
            raise ValidationError(BUSY)
        if not self.allows_html:
            for name, value in list(cleaned.items()):
                if name != "seen" and isinstance(value, str) and (said := text_checks.html(value)):
                    self.add_error(name, said)
        if not self.instance._state.adding:
            self._refuse_overwriting()
        return cleaned

    def _refuse_overwriting(self) -> None:
        try:
            seen = signing.loads(self.data.get(self.add_prefix("seen"), ""), salt="seen")
        except signing.BadSignature:
            seen = None
        if seen == self.stored:
            return
        self.data = self.data.copy()  # a second press of the button is a decision
        self.data[self.add_prefix("seen")] = seal(self.stored)
        if seen is None:
            raise ValidationError("This form was not opened here. Compare it with the page and save again.")
        raise ValidationError(
            [
                self._who(),
                *self._what(seen),
                "Nothing is saved. What you typed stands below: saving again puts it over theirs.",
            ]
        )

    def _who(self) -> str:
        who, when = self.desk.last_change(self.instance)
        return f"While you were editing, {who or 'a load of the catalogue'} changed this{f' at {timezone.localtime(when):%H:%M}' if when else ''}:"

    def _what(self, seen: dict) -> list[str]:
        return [
            f"{self.desk.label(name)}: {said(before)} → {said(after)}"
            for name, before, after in differences(seen, self.stored)
        ]


def said(value: object) -> str:
    """A value as one short line."""
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(" / ".join(item) if isinstance(item, list) else str(item) for item in value)[:400]
    return str(value)[:400]


def in_turn(request, view: Callable[[], HttpResponse], again: str = "") -> HttpResponse:
    """A view that may write, with the lock of the catalogue where it does; while that is busy the page `again`."""
    if request.method != "POST":
        return view()
    try:
        with CatalogueState.locked(PATIENCE):
            return view()
    except CatalogueBusyError:
        messages.error(request, "An import is being written, and nothing was changed: try again in a minute.")
        return redirect(again or request.get_full_path())


class DeskAdmin(admin.ModelAdmin):
    form = DeskForm
    kept_links: tuple[str, ...] = ()  # many-to-many fields that are part of a version (m2m_fields of its history)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.desk, form.is_busy = self, getattr(request, "catalogue_is_busy", False)
        return form

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        named = {name for _, options in fieldsets for name in options["fields"]}
        return fieldsets if "seen" in named else [*fieldsets, (None, {"fields": ["seen"]})]

    # Whatever writes waits its turn with the lock of the catalogue, before it holds any other row.

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with CatalogueState.locked(PATIENCE):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except CatalogueBusyError:
            request.catalogue_is_busy = True  # the form says so, and holds what was typed
            return self._changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, *args, **kwargs):
        return in_turn(request, lambda: super(DeskAdmin, self).delete_view(request, *args, **kwargs))

    def changelist_view(self, request, *args, **kwargs):
        return in_turn(request, lambda: super(DeskAdmin, self).changelist_view(request, *args, **kwargs))

    def form_queryset(self, request):
        """What the form is opened with; to be overridden with what its page asks for."""
        return self.get_queryset(request)

    def get_object(self, request, object_id, from_field=None):
        queryset = self.form_queryset(request)
        if request.method == "POST" and connection.in_atomic_block:
            # Held until the save is done, so that what the form compares is what it writes over.
            queryset = queryset.select_for_update(of=("self",))
        try:
            return queryset.get(pk=self.model._meta.pk.to_python(object_id))
        except (self.model.DoesNotExist, ValidationError, ValueError):
            return None

    def save_model(self, request, obj, form, change):
        if change and not self.versions(obj).exists():
            self._keep_as_loaded(obj)
        obj._history_user = request.user
        super().save_model(request, obj, form, change)

    def _keep_as_loaded(self, obj) -> None:
        """What a load wrote has no version; the first change by a person needs one to differ from."""
        stored = self.model._default_manager.get(pk=obj.pk)
        stored._change_reason = "As loaded"
        stored.save()

    # What a version is: overridden where more than the model's own columns belongs to it.

    def state(self, obj) -> dict:
        """Field -> value as JSON, of everything that staff can change."""
        columns = {field.name: plain(field.value_from_object(obj)) for field in self.kept_fields()}
        return columns | {name: sorted(getattr(obj, name).values_list("pk", flat=True)) for name in self.kept_links}

    def kept_fields(self) -> list[models.Field]:
        fields = self.model.history.model.tracked_fields
        return [f for f in fields if f.editable and not isinstance(f, NOT_TYPED) and not getattr(f, "auto_now", False)]

    def version_state(self, version) -> dict:
        columns = {field.name: plain(getattr(version, field.attname)) for field in self.kept_fields()}
        return columns | {name: self._version_links(version, name) for name in self.kept_links}

    def _version_links(self, version, name: str) -> list:
        target = self.model._meta.get_field(name).m2m_reverse_field_name()
        return sorted(getattr(version, name).values_list(f"{target}_id", flat=True))

    def label(self, name: str) -> str:
        return str(self.model._meta.get_field(name).verbose_name).capitalize()

    def last_change(self, obj) -> tuple[object, object]:
        version = self.versions(obj).first()
        return (version.history_user, version.history_date) if version else (None, None)

    def versions(self, obj):
        return self.model.history.filter(**{self.model._meta.pk.attname: obj.pk}).select_related("history_user")

    def may_revert(self, request, obj, version) -> bool:
        return self.has_change_permission(request, obj)

    def revert(self, request, obj, version) -> str:
        """Writes a version over the present state and says so."""
        for field in self.kept_fields():
            setattr(obj, field.attname, getattr(version, field.attname))
        obj._history_user = request.user
        obj._change_reason = f"Back to the version of {version.history_date:%Y-%m-%d %H:%M}"
        obj.save()
        for name in self.kept_links:
            field = getattr(obj, name)
            field.set(field.model.objects.filter(pk__in=self._version_links(version, name)))
        return f"{obj} is as it was on {version.history_date:%B %-d, %Y at %H:%M}."

    def get_urls(self):
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_version"
        return [
            path(
                "<path:object_id>/history/<int:version_id>/", self.admin_site.admin_view(self.version_view), name=name
            ),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        obj = self._seen_or_404(request, object_id)
        versions = list(self.versions(obj)[: VERSIONS_SHOWN + 1])
        states = [self.version_state(version) for version in versions]
        for version, state, older in zip(versions, states, [*states[1:], None], strict=False):
            version.changes = [
                (self.label(name), said(before), said(after)) for name, before, after in differences(older or {}, state)
            ]
        return self._page(request, "history", obj, {"versions": versions[:VERSIONS_SHOWN], "title": f"History: {obj}"})

    def version_view(self, request, object_id: str, version_id: int) -> HttpResponse:
        """A version beside the present state, and the button that goes back to it."""
        return in_turn(request, lambda: self._version_view(request, object_id, version_id))

    def _version_view(self, request, object_id: str, version_id: int) -> HttpResponse:
        obj = self._seen_or_404(request, object_id)
        version = self.versions(obj).filter(history_id=version_id).first()
        if version is None:
            raise Http404
        may_revert = self.may_revert(request, obj, version)
        if request.method == "POST":
            if not may_revert:
                raise PermissionDenied
            messages.success(request, self.revert(request, obj, version))
            return redirect(self._address(obj, "change"))
        changes = [
            (self.label(name), said(now), said(then))
            for name, now, then in differences(self.state(obj), self.version_state(version))
        ]
        context = {"version": version, "changes": changes, "may_revert": may_revert, "title": f"Version: {obj}"}
        return self._page(request, "version", obj, context)

    def _seen_or_404(self, request, object_id):
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        return obj

    def _address(self, obj, page: str) -> str:
        options = self.model._meta
        return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=[obj.pk])

    def _page(self, request, name: str, obj, context: dict) -> TemplateResponse:
        base = {
            **self.admin_site.each_context(request), "opts": self.model._meta, "object": obj,
            "change_url": self._address(obj, "change"), "history_url": self._address(obj, "history"),
        }  # fmt: skip
        return TemplateResponse(request, f"admin/desk/{name}.html", base | context)
