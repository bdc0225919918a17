"""Export and import of many texts, as pages of the code list."""

import uuid
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from codes import texts_file, uploads
from codes.admin.desk import in_turn
from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.entries import Action

SHOWN = 200


class TextsForm(forms.Form):
    file = forms.FileField(label="CSV or XLSX file", help_text="Any of the exported columns, with the column code.")


class TextsViews:
    """For CodeAdmin."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("export/", view(self.export_texts), name="codes_code_export"),
            path("import/", view(self.import_texts), name="codes_code_import"),
            path("import/apply/", view(self.apply_texts), name="codes_code_import_apply"),
            *super().get_urls(),
        ]

    def export_texts(self, request) -> HttpResponse:
        """The codes that the list shows with the same filters; `format` is csv or xlsx."""
        self._may_edit(request)
        kind = request.GET.get("format", "csv")
        if kind not in texts_file.FORMATS:
            kind = "csv"
        query = request.GET.copy()
        query.pop("format", None)
        request.GET = query
        listing = self.get_changelist_instance(request)
        data = texts_file.export(listing.get_queryset(request), kind)
        headers = {"Content-Disposition": f'attachment; filename="texts.{kind}"'}
        return HttpResponse(data, content_type=texts_file.FORMATS[kind].CONTENT_TYPE, headers=headers)

    def import_texts(self, request) -> HttpResponse:
        """Shows what a file would change; nothing is written yet."""
        self._may_edit(request)
        form = TextsForm(*([request.POST, request.FILES] if request.method == "POST" else []))
        context = {"form": form, "title": "Import texts"}
        is_valid = request.method == "POST" and form.is_valid()
        if request.method == "POST" and uploads.was_too_large(request):
            form.add_error(None, "The file is larger than 100 MB.")
        elif is_valid:
            try:
                context |= self._preview(form.cleaned_data["file"])
            except CmsFileError as error:
                form.add_error("file", str(error))
        return self._texts_page(request, context)

    def _preview(self, upload) -> dict:
        source = SourceFile(upload.name, upload.read())
        rows = texts_file.read(source)
        changes, errors = texts_file.check(rows)
        if errors:
            return {"errors": errors[:SHOWN], "error_count": len(errors)}
        name = f"texts-{uuid.uuid4().hex}{source.suffix}"
        (uploads.folder() / name).write_bytes(source.data)
        shown = [(code, self.changes(before, after)) for code, before, after in changes[:SHOWN]]
        token = signing.dumps([name, texts_file.fingerprint(rows)], salt="texts")
        return {"changes": shown, "change_count": len(changes), "row_count": len(rows.cells), "token": token}

    def apply_texts(self, request) -> HttpResponse:
        self._may_edit(request)
        return in_turn(request, lambda: self._apply_texts(request), reverse("admin:codes_code_import"))

    def _apply_texts(self, request) -> HttpResponse:
        may_publish = request.user.has_perm("codes.publish_code")
        if "publish" in request.POST and not may_publish:
            return self._give_again(request, "Only a reviewer publishes, and you are none now. Nothing is applied.")
        try:
            name, seen = signing.loads(request.POST.get("token", ""), salt="texts", max_age=24 * 3600)
            path_ = settings.UPLOAD_DIR / Path(name).name
            rows = texts_file.read(SourceFile(name, path_.read_bytes()))
        except (signing.BadSignature, OSError, CmsFileError):
            return self._give_again(request, "That preview is gone. Give the file again.")
        transaction.on_commit(lambda: path_.unlink(missing_ok=True))  # a press that fails can be repeated
        if texts_file.fingerprint(rows) != seen:
            return self._give_again(
                request,
                "Someone changed one of these texts since the preview. Nothing is applied: give the file again.",
            )
        action = Action.PUBLISH if "publish" in request.POST else Action.SAVE
        try:
            count = texts_file.apply(rows, request.user, action)
        except ValidationError as error:
            said = error.messages
            context = {"form": TextsForm(), "title": "Import texts", "errors": said[:SHOWN], "error_count": len(said)}
            return self._texts_page(request, context)
        ending = "published" if action is Action.PUBLISH else "saved; changes of published texts wait for a reviewer"
        messages.success(request, f"{count} text{' is' if count == 1 else 's are'} {ending}.")
        return redirect("admin:codes_code_changelist")

    def _give_again(self, request, sentence: str) -> HttpResponse:
        messages.error(request, sentence)
        return redirect("admin:codes_code_import")

    def _may_edit(self, request) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _texts_page(self, request, context: dict) -> TemplateResponse:
        base = {
            **self.admin_site.each_context(request), "opts": self.opts, "columns": texts_file.COLUMNS,
            "may_publish": request.user.has_perm("codes.publish_code"),
        }  # fmt: skip
        return TemplateResponse(request, "admin/desk/texts.html", base | context)
