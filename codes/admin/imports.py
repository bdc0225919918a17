"""Importing a release: upload, preview, confirm, progress, result; and rolling back."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from codes import importing, uploads
from codes.admin.releases import ReadOnly
from codes.cms.archive import MAX_FILE
from codes.importing import RefusedError
from codes.models import ImportRun, Release
from codes.tasks import run_import


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CMS file",
        help_text="The bundle as CMS publishes it (RVU26C.zip), or one of its members as csv, txt or xlsx.",
    )
    named_release = forms.RegexField(
        r"^RVU\d\d[A-D]R?$", label="Release, where the file does not name itself or its title and name differ", required=False,
        help_text="As in RVU26C", error_messages={"invalid": "A release is named as RVU26C is."},
    )  # fmt: skip


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", "state", "release", "started_by", "started_at"]
    list_filter = ["state"]
    list_select_related = ["release", "started_by"]

    def has_add_permission(self, request):
        return request.user.has_perm("codes.import_release")

    has_module_permission = has_add_permission

    def has_view_permission(self, request, obj=None):
        return self.has_add_permission(request)

    def get_urls(self):
        def action(name: str):
            view = self.admin_site.admin_view(require_POST(getattr(self, name)))
            return path(f"<int:run_id>/{name}/", view, name=f"codes_importrun_{name}")

        status = path("<int:run_id>/status/", self.admin_site.admin_view(self.status), name="codes_importrun_status")
        switch = path(
            "switch/<int:release_id>/<str:kind>/", self.admin_site.admin_view(require_POST(self.switch)),
            name="codes_importrun_switch",
        )  # fmt: skip
        return [action("confirm"), action("cancel"), action("again"), status, switch, *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None) -> HttpResponse:
        self._may_import(request)
        form = UploadForm(*([request.POST, request.FILES] if request.method == "POST" else []))
        if request.method == "POST":
            is_valid = form.is_valid()
            if uploads.was_too_large(request):
                form.add_error(None, f"The file is larger than {MAX_FILE // 2**20} MB. CMS's bundles have a few.")
            elif is_valid:
                return self._started(
                    request, upload=form.cleaned_data["file"], named_release=form.cleaned_data["named_release"]
                )
        return self._page(request, "import", {"form": form, "title": "Import a release"})

    def _started(self, request, **what) -> HttpResponse:
        try:
            with transaction.atomic():
                run = importing.start(request.user, **what)
                run_import.enqueue(run.pk, run.attempt)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:codes_importrun_changelist")
        return redirect("admin:codes_importrun_change", run.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        return self._run_page(request, self._run(request, object_id), "run")

    def status(self, request, run_id: int) -> HttpResponse:
        """The part of the page that moves, asked for by the page every second while the run is at work."""
        run = self._run(request, run_id)
        response = self._run_page(request, run, "_run")
        if not run.is_active:
            response["HX-Refresh"] = "true"
        return response

    def _run(self, request: HttpRequest, run_id) -> ImportRun:
        self._may_import(request)
        if not str(run_id).isdigit():
            raise Http404
        return get_object_or_404(ImportRun.objects.select_related("release", "started_by"), pk=run_id)

    def _run_page(self, request, run: ImportRun, template: str) -> HttpResponse:
        return self._page(request, template, {
            "run": run, "is_stalled": importing.is_stalled(run), "is_untaken": importing.is_untaken(run), "title": str(run),
        })  # fmt: skip

    def confirm(self, request, run_id: int) -> HttpResponse:
        return self._do(request, run_id, importing.confirm, enqueue=True)

    def again(self, request, run_id: int) -> HttpResponse:
        return self._do(request, run_id, importing.again, enqueue=True)

    def cancel(self, request, run_id: int) -> HttpResponse:
        return self._do(request, run_id, lambda run, user: importing.cancel(run))

    def _do(self, request, run_id: int, step, enqueue: bool = False) -> HttpResponse:
        run = self._run(request, run_id)
        try:
            with transaction.atomic():
                run = ImportRun.objects.select_for_update().get(pk=run.pk)
                step(run, request.user)
                if enqueue:
                    run_import.enqueue(run.pk, run.attempt)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:codes_importrun_change", run_id)

    def switch(self, request, release_id: int, kind: str) -> HttpResponse:
        """Rolls a release back, or takes it back into use."""
        self._may_import(request)
        if kind not in (ImportRun.Kind.ROLL_BACK, ImportRun.Kind.TAKE_BACK):
            raise Http404
        return self._started(request, kind=kind, release=get_object_or_404(Release, pk=release_id))

    def _may_import(self, request) -> None:
        if not self.has_add_permission(request):
            raise PermissionDenied

    def _page(self, request, name: str, context: dict) -> TemplateResponse:
        base = {**self.admin_site.each_context(request), "opts": self.opts, "max_file": MAX_FILE}
        return TemplateResponse(request, f"admin/desk/{name}.html", base | context)
