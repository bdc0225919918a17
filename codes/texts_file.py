"""Texts of many codes as one CSV or XLSX file, out and in again: all of a file or nothing of it."""

import hashlib
import json

import tablib
from django.core.exceptions import ValidationError
from django.db import transaction
from import_export import fields, resources
from import_export.formats.base_formats import CSV, XLSX
from import_export.instance_loaders import BaseInstanceLoader

from codes import entries, text_checks
from codes.cms.archive import SourceFile, is_web_page, unpack
from codes.cms.errors import CmsFileError
from codes.entries import Action
from codes.known import known
from codes.models import CatalogueState, Code, Specialty
from codes.search import index

LISTS = ("synonyms", "specialties", "related")
COLUMNS = ("code", *entries.TEXTS[:-1], *LISTS)
MAX_ROWS = 20_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula (OWASP: CSV injection)
FORMATS = {"csv": CSV, "xlsx": XLSX}


def neutral(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what begins like a formula. `typed` takes it away again."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def typed(cell: object) -> str:
    text = "" if cell is None else str(cell).strip().replace("\r\n", "\n")
    return text[1:] if text.startswith("'") and text[1:].lstrip("'").startswith(FORMULA) else text


class TextsResource(resources.Resource):
    """Rows of codes/entries.py: entry_of, without the questions. A column that is left out is left alone."""

    def __init__(self, user=None, action: Action = Action.SAVE):
        super().__init__()
        self.user, self.action, self.changes, self.seen = user, action, [], set()
        self.specialties = set(Specialty.objects.values_list("slug", flat=True))

    class Meta:
        instance_loader_class = BaseInstanceLoader
        import_id_fields = ["code"]
        skip_diff = True
        use_transactions = True

    def get_export_order(self, *args, **kwargs):
        return list(self.fields)

    def export_field(self, field, code, **kwargs):
        value = code.code if field.column_name == "code" else code.shown_entry[field.column_name]
        return neutral("; ".join(value) if isinstance(value, list) else value)

    def get_instance(self, instance_loader, row):
        key = typed(row["code"]).upper()
        key = key.zfill(5) if key.isdigit() else key  # a spreadsheet drops the zeros of 00100
        code = Code.objects.select_related("category").filter(pk=key).first()
        if code is None:
            raise ValidationError({"code": f"{key or 'nothing'} is no code of the catalogue."})
        if key in self.seen:
            raise ValidationError({"code": f"{key} stands in the file twice."})
        self.seen.add(key)
        return code

    def import_instance(self, instance, row, **kwargs):
        instance.before = entries.proposed_or_live(instance)
        instance.entry = dict(instance.before)
        for name in COLUMNS[1:]:
            if name in row:
                cell = typed(row[name])
                instance.entry[name] = _listed(cell, name) if name in LISTS else cell
        if instance.entry != instance.before and (errors := self._errors(instance)):
            raise ValidationError(errors)

    def _errors(self, code: Code) -> dict[str, list[str]]:
        entry = code.entry
        errors = text_checks.problems(entry, known(code, entry))
        if len(entry["name"]) > 120:
            errors.setdefault("name", []).append("The name is longer than 120 characters.")
        if unknown := set(entry["specialties"]) - self.specialties:
            errors.setdefault("specialties", []).append(f"No specialty is called {', '.join(sorted(unknown))}.")
        related = set(entry["related"])
        if unknown := related - set(Code.objects.filter(pk__in=related).values_list("pk", flat=True)):
            errors.setdefault("related", []).append(f"{', '.join(sorted(unknown))} does not exist.")
        if code.pk in related:
            errors.setdefault("related", []).append("A code is not related to itself.")
        return errors

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return not import_validation_errors and instance.entry == instance.before

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        self.changes.append((instance, instance.before, instance.entry))
        if not kwargs.get("dry_run"):
            entries.save(instance, instance.entry, self.user, self.action, "Import of a file", reindex=False)

    def save_m2m(self, instance, row, **kwargs):
        """Done by entries.save."""


for _name in COLUMNS:
    TextsResource.fields[_name] = fields.Field(attribute=_name, column_name=_name)


def _listed(cell: str, name: str) -> list[str]:
    parts = [part for piece in cell.replace("\n", ";").split(";") if (part := " ".join(piece.split()))]
    return parts if name == "synonyms" else sorted(set(parts))


def export(queryset, kind: str) -> bytes:
    """A file of these codes' texts, of a waiting change where there is one."""
    codes = queryset.select_related("category", "proposal").prefetch_related("specialties", "related", "faqs")
    shown = []
    for code in codes:
        proposal = getattr(code, "proposal", None)
        code.shown_entry = proposal.entry if proposal else entries.entry_of(code)
        shown.append(code)
    data = FORMATS[kind]().export_data(TextsResource().export(shown))
    return data if isinstance(data, bytes) else data.encode("utf-8-sig")


def read(source: SourceFile) -> tablib.Dataset:
    """The rows of an uploaded file. Raises CmsFileError, which names the file, where it is not one of ours."""
    if source.suffix not in (".csv", ".xlsx"):
        raise CmsFileError("give a .csv or .xlsx file", file=source.name)
    unpack(source)  # refuses what is empty, broken, or would unpack to far too much
    if is_web_page(source.data):
        raise CmsFileError("this is a web page", file=source.name)
    try:
        data = source.data if source.suffix == ".xlsx" else _decoded(source.data)
        rows = FORMATS[source.suffix[1:]]().create_dataset(data)
    except Exception as error:  # openpyxl and csv raise nearly anything at damaged bytes
        raise CmsFileError("the file can't be read as a table", file=source.name) from error
    headers = [str(header or "").strip().lower() for header in rows.headers or []]
    if "code" not in headers:
        raise CmsFileError("the first line names no column 'code'", file=source.name, line=1)
    if unknown := [header for header in headers if header not in COLUMNS]:
        raise CmsFileError(
            f"unknown column; known are {', '.join(COLUMNS)}", file=source.name, line=1, column=unknown[0]
        )
    if len(rows) > MAX_ROWS:
        raise CmsFileError(f"more than {MAX_ROWS:,} rows", file=source.name)
    rows.headers = headers
    return rows


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # Excel's "CSV" on Windows


def check(rows: tablib.Dataset) -> tuple[list, list[str]]:
    """([(code, before, after)], [what is wrong: line, column]) without writing anything."""
    resource = TextsResource()
    result = resource.import_data(rows, dry_run=True)
    return resource.changes, _said(result)


@transaction.atomic
def apply(rows: tablib.Dataset, user, action: Action) -> int:
    """Writes all rows and returns how many changed. Raises ValidationError, and writes nothing, if one has an error."""
    CatalogueState.lock()
    resource = TextsResource(user, action)
    result = resource.import_data(rows, dry_run=False)
    if said := _said(result):
        raise ValidationError(said)
    index.rebuild()
    return len(resource.changes)


def _said(result) -> list[str]:
    """One line for each error, by the line of the file (the first holds the headings) and its column."""
    said = [(0, str(error.error)) for error in result.base_errors]
    for row in result.invalid_rows:
        for column, sentences in row.error.message_dict.items():
            said += [(row.number + 1, f"line {row.number + 1}, column {column}: {sentence}") for sentence in sentences]
    for number, errors in result.row_errors():
        said += [(number + 1, f"line {number + 1}: {error.error}") for error in errors]
    return [sentence for _, sentence in sorted(said)]


def fingerprint(rows: tablib.Dataset) -> str:
    """Changes when someone saves one of these codes: what was previewed is what is applied."""
    keys = [typed(cell).upper() for cell in rows["code"]]
    stored = {code.pk: entries.proposed_or_live(code) for code in Code.objects.filter(pk__in=keys)}
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()
