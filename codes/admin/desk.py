"""What every editable page of the staff desk does: keeps a history with revert, and never overwrites silently.

class PostAdmin(DeskAdmin): ...      # the model needs one line: history = HistoricalRecords()

A form of its own derives from DeskForm.
"""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect

from codes.admin.desk_form import DeskForm
from codes.admin.history import HistoryViews
from codes.models import CatalogueBusyError, CatalogueState

PATIENCE = 5  # seconds that a save waits for an import, which may write for longer


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


class DeskAdmin(HistoryViews, admin.ModelAdmin):
    form = DeskForm
    change_form_template = "admin/desk/form.html"
    change_list_template = "admin/desk/list.html"

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.desk, form.is_busy = self, getattr(request, "catalogue_is_busy", False)
        version = self.asked_version(request, obj and obj.pk)
        form.filled_with = self.version_values(version) if version else {}
        return form

    def get_changeform_initial_data(self, request):
        version = self.asked_version(request, None)
        return self.version_values(version) if version else super().get_changeform_initial_data(request)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        named = {name for _, options in fieldsets for name in options["fields"]}
        return fieldsets if "seen" in named else [*fieldsets, (None, {"fields": ["seen"]})]

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["version"] = self.asked_version(request, obj and obj.pk)
        return super().render_change_form(request, context, obj=obj, **kwargs)

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
        except PermissionDenied:
            said = "You may not save this: your rights have changed, or its state has, since you opened it."
            return self._typed_page(request, said, 403)

    def delete_view(self, request, *args, **kwargs):
        return in_turn(request, lambda: super(DeskAdmin, self).delete_view(request, *args, **kwargs))

    def changelist_view(self, request, *args, **kwargs):
        return in_turn(request, lambda: super(DeskAdmin, self).changelist_view(request, *args, **kwargs))

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        if request.method != "POST":
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        version = self.deleted().filter(**{opts.pk.attname: opts.pk.to_python(object_id)}).first()
        by = f" by {version.history_user}" if version else ""
        return self._typed_page(request, f"It was deleted{by} while you were editing.", 409, version)

    def _typed_page(self, request, said: str, status: int, version=None) -> HttpResponse:
        """What was typed, where there is no form left to keep it in."""
        typed = [
            (self._typed_label(name), "\n".join(values))
            for name, values in request.POST.lists()
            if any(values) and not name.startswith(("_", "csrf", "seen", "initial-"))
        ]
        may_restore = version and self.has_add_permission(request)
        context = {"said": said, "typed": typed, "version": version, "may_restore": may_restore, "title": "Not saved"}
        return self._page(request, "typed", None, context, status)

    def _typed_label(self, name: str) -> str:
        try:
            return self.label(name)
        except FieldDoesNotExist:
            return name.replace("_", " ").replace("-", " ").capitalize()

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
        if change:
            self._keep_as_loaded(obj)
        elif version := self.asked_version(request, None):  # deleted once: it comes back as the same
            pk = self.model._meta.pk.attname
            setattr(obj, pk, getattr(version, pk))
        obj._change_reason = self.reason(request, obj.pk if change else None)
        super().save_model(request, obj, form, change)

    def _keep_as_loaded(self, obj) -> None:
        """What a load wrote has no version; a change by a person needs one to differ from."""
        stored = self.model._default_manager.get(pk=obj.pk)
        newest = self.versions(obj.pk).first()
        if newest is None or self.version_state(newest) != self.state(stored):
            stored._history_user, stored._change_reason = None, "As loaded"
            stored.save()
