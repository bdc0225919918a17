"""The versions of a thing at the staff desk: who changed what and when, the way back, and what was deleted."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse

from codes import differing
from codes.admin.desk_form import plain

VERSIONS_SHOWN = 100
NOT_TYPED = (models.AutoField, models.BigAutoField)
Changes = list[tuple[str, list[differing.Line]]]


@dataclass
class Event:
    """One line of a history. `key` names its version."""

    key: str
    at: datetime
    by: object
    said: str = ""
    changes: Changes = field(default_factory=list)


class HistoryViews:
    """For DeskAdmin: versions come from the model's `history`. Going back is a save like any other: a version opens in
    the form, at its address with `?version=`, and passes the same checks, rights and comparison as what is typed."""

    kept_links: tuple[str, ...] = ()  # many-to-many fields that are part of a version (m2m_fields of its history)

    # What a version is: overridden where more than the model's own columns belongs to it.

    def state(self, obj) -> dict:
        """Field -> value as JSON, of everything that staff can change."""
        columns = {field.name: plain(field.value_from_object(obj)) for field in self.kept_fields()}
        return columns | {name: sorted(getattr(obj, name).values_list("pk", flat=True)) for name in self.kept_links}

    def kept_fields(self) -> list[models.Field]:
        fields = self.model.history.model.tracked_fields
        return [f for f in fields if f.editable and not isinstance(f, NOT_TYPED) and not getattr(f, "auto_now", False)]

    def version_state(self, version) -> dict:
        return {name: plain(value) for name, value in self.version_values(version).items()}

    def version_values(self, version) -> dict:
        """Field -> value, as a form takes it."""
        columns = {field.name: getattr(version, field.attname) for field in self.kept_fields()}
        return columns | {name: self._version_links(version, name) for name in self.kept_links}

    def _version_links(self, version, name: str) -> list:
        if version.history_type == "-":  # written when the links were gone
            version = version.prev_record or version
        target = self.model._meta.get_field(name).m2m_reverse_field_name()
        return sorted(getattr(version, name).values_list(f"{target}_id", flat=True))

    def versions(self, pk):
        return self.model.history.filter(**{self.model._meta.pk.attname: pk}).select_related("history_user")

    def version(self, pk, key: str):
        """The version of this key; None where there is none."""
        return self.versions(pk).filter(history_id=key).first() if key.isdigit() else None

    def asked_version(self, request, pk):
        """The version that the form was opened with, to go back to it."""
        key = request.GET.get("version", "")
        if pk is not None:
            return self.version(pk, key)
        return self.deleted().filter(history_id=key).first() if key.isdigit() else None

    def reason(self, request, pk) -> str:
        """What the history says of a save."""
        version = self.asked_version(request, pk)
        return f"Back to the version of {version.history_date:%Y-%m-%d %H:%M}" if version else ""

    def last_change(self, obj) -> tuple[object, object]:
        version = self.versions(obj.pk).first()
        return (version.history_user, version.history_date) if version else (None, None)

    # What differs, in words.

    def label(self, name: str) -> str:
        return str(self.model._meta.get_field(name).verbose_name).capitalize()

    def changes(self, before: dict, after: dict) -> Changes:
        """Label and difference of each field that is in both states and differs."""
        return [
            (self.label(name), differing.lines(self.in_words(name, before[name]), self.in_words(name, after[name])))
            for name in before
            if name in after and before[name] != after[name]
        ]

    def in_words(self, name: str, value: object) -> object:
        """A stored value as people know it."""
        column = self.model._meta.get_field(name)
        if column.choices:
            return dict(column.flatchoices).get(value, value)
        if column.many_to_one and value is not None:
            return str(column.related_model._default_manager.filter(pk=value).first() or f"{value} (gone)")
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value

    def events(self, obj) -> list[Event]:
        """Newest first."""
        versions = list(self.versions(obj.pk)[: VERSIONS_SHOWN + 1])
        states = [self.version_state(version) for version in versions]
        return [
            self.event(version, self.changes(older or {}, state))
            for version, state, older in zip(versions, states, [*states[1:], None], strict=False)
        ][:VERSIONS_SHOWN]

    def event(self, version, changes: Changes) -> Event:
        said = {"+": "The first version kept.", "-": "Deleted."}.get(version.history_type, "")
        said = version.history_change_reason or said or ("" if changes else "Nothing but the review differs.")
        return Event(str(version.history_id), version.history_date, version.history_user, said, changes)

    def deleted(self):
        """The last version of each thing that someone deleted and that is still gone."""
        history, pk = self.model.history, self.model._meta.pk
        there = self.model._default_manager.values(pk.attname)
        gone = history.filter(history_type="-", history_user__isnull=False).exclude(**{f"{pk.attname}__in": there})
        return gone.select_related("history_user")

    # The pages

    def get_urls(self):
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}"
        view = self.admin_site.admin_view
        return [
            path("deleted/", view(self.deleted_view), name=f"{name}_deleted"),
            path("<path:object_id>/history/<str:key>/", view(self.version_view), name=f"{name}_version"),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        obj = self._seen_or_404(request, object_id)
        return self._page(request, "history", obj, {"events": self.events(obj), "title": f"History: {obj}"})

    def version_view(self, request, object_id: str, key: str) -> HttpResponse:
        """A version beside the present state, and the way back to it."""
        obj = self._seen_or_404(request, object_id)
        version = self.version(obj.pk, key)
        if version is None:
            raise Http404
        changes = self.changes(self.state(obj), self.version_state(version))
        may_go_back = changes and self.has_change_permission(request, obj)
        context = {
            "version": version,
            "key": key,
            "changes": changes,
            "may_go_back": may_go_back,
            "title": f"Version: {obj}",
        }
        return self._page(request, "version", obj, context)

    def deleted_view(self, request) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {
            "versions": self.deleted()[:VERSIONS_SHOWN],
            "title": f"Deleted {self.model._meta.verbose_name_plural}",
        }
        return self._page(request, "deleted", None, context)

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

    def _page(self, request, name: str, obj, context: dict, status: int = 200) -> TemplateResponse:
        base = {**self.admin_site.each_context(request), "opts": self.model._meta, "object": obj}
        if obj:
            base |= {"change_url": self._address(obj, "change"), "history_url": self._address(obj, "history")}
        return TemplateResponse(request, f"admin/desk/{name}.html", base | context, status=status)
