"""Texts of many codes as one CSV or XLSX file, out and in again: all of a file or nothing of it."""

import hashlib
import json
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from import_export import fields, resources
from import_export.formats.base_formats import CSV, XLSX
from import_export.instance_loaders import BaseInstanceLoader

from codes import entries, text_checks, texts_rows
from codes.cms.archive import SourceFile
from codes.entries import Action
from codes.known import catalogue
from codes.models import CatalogueState, Code, Faq, Specialty
from codes.search import index
from codes.texts_rows import Rows, code_of, neutral

LISTS = ("synonyms", "specialties", "related")
COLUMNS = ("code", *entries.TEXTS[:-1], *LISTS)
FORMATS = {"csv": CSV, "xlsx": XLSX}


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
        value = code.code if field.column_name == "code" else code.before[field.column_name]
        return neutral("; ".join(value) if isinstance(value, list) else value)

    def before_import(self, dataset, **kwargs):
        """Reads all codes of the file at once, and what their new texts are held against: each other's too."""
        self.codes = _stored(map(code_of, dataset["code"]))
        changed = {}
        for row in dataset.dict:
            code = self.codes.get(code_of(row["code"]))
            if code and not hasattr(code, "entry"):
                code.entry = code.before | {name: _value(row[name], name) for name in COLUMNS[1:] if name in row}
                if code.entry != code.before:
                    changed[code.pk] = code.entry
        self.catalogue = catalogue(changed)
        related = {key for entry in changed.values() for key in entry["related"] if key.isalnum()}
        self.related = set(Code.objects.filter(pk__in=related).values_list("pk", flat=True))

    def get_instance(self, instance_loader, row):
        key = code_of(row["code"])
        if key not in self.codes:
            raise ValidationError({"code": f"{key} is no code of the catalogue." if key else "The code is missing."})
        if key in self.seen:
            raise ValidationError({"code": f"{key} stands in the file twice."})
        self.seen.add(key)
        return self.codes[key]

    def import_instance(self, instance, row, **kwargs):
        if instance.entry != instance.before and (errors := self._errors(instance)):
            raise ValidationError(errors)

    def _errors(self, code: Code) -> dict[str, list[str]]:
        entry = code.entry
        errors = text_checks.problems(entry, self.catalogue.known(code))
        if len(entry["name"]) > 120:
            errors.setdefault("name", []).append("The name is longer than 120 characters.")
        if unknown := set(entry["specialties"]) - self.specialties:
            errors.setdefault("specialties", []).append(f"No specialty is called {', '.join(sorted(unknown))}.")
        if unknown := set(entry["related"]) - self.related:
            errors.setdefault("related", []).append(f"{', '.join(sorted(unknown))} does not exist.")
        if code.pk in entry["related"]:
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


def _value(cell: str, name: str) -> str | list[str]:
    if name not in LISTS:
        return cell
    parts = [part for piece in cell.replace("\n", ";").split(";") if (part := " ".join(piece.split()))]
    return parts if name == "synonyms" else sorted({code_of(part) if name == "related" else part for part in parts})


def _with_entries(codes: QuerySet) -> list[Code]:
    """These codes, in `before` what stands at the desk: a waiting change where there is one.

    As entries.proposed_or_live, but of the whole catalogue in seconds: prefetching takes a manager for each code.
    """
    found = list(codes.select_related("category", "proposal"))
    keys = [code.pk for code in found]
    specialties = _grouped(Code.specialties.through, "code", keys, "specialty_id")
    related = _grouped(Code.related.through, "from_code", keys, "to_code_id")
    faqs = _grouped(Faq, "code", keys, "question", "answer")
    for code in found:
        proposal, pk = getattr(code, "proposal", None), code.pk
        code.before = proposal.entry if proposal else {
            **{name: getattr(code, name) for name in entries.TEXTS},
            "specialties": sorted(slug for slug, in specialties.get(pk, ())),
            "related": sorted(key for key, in related.get(pk, ())),
            "faq": [list(pair) for pair in faqs.get(pk, ())],
        }  # fmt: skip
    return found


def _grouped(model: type[Model], code: str, keys: list[str], *columns: str) -> dict[str, list[tuple]]:
    """Code -> the columns of its rows, in the order of the model."""
    rows: dict[str, list[tuple]] = {}
    for key, *values in model.objects.filter(**{f"{code}__in": keys}).values_list(f"{code}_id", *columns):
        rows.setdefault(key, []).append(tuple(values))
    return rows


def _stored(keys: Iterable[str]) -> dict[str, Code]:
    keys = [key for key in keys if key.isascii() and key.isalnum()]
    return {code.pk: code for code in _with_entries(Code.objects.filter(pk__in=keys))}


def export(queryset, kind: str) -> bytes:
    """A file of these codes' texts."""
    codes = _with_entries(queryset)
    data = FORMATS[kind]().export_data(TextsResource().export(codes))
    return data if isinstance(data, bytes) else data.encode("utf-8-sig")


def read(source: SourceFile) -> Rows:
    """The rows of an uploaded file. Raises CmsFileError."""
    return texts_rows.read(source, COLUMNS)


def check(rows: Rows) -> tuple[list, list[str]]:
    """([(code, before, after)], [what is wrong: line, column]) without writing anything."""
    resource = TextsResource()
    result = resource.import_data(rows.dataset, dry_run=True, use_transactions=False)
    return resource.changes, _said(result, rows)


@transaction.atomic
def apply(rows: Rows, user, action: Action) -> int:
    """Writes all rows and returns how many changed. Raises ValidationError, and writes nothing, if one has an error."""
    CatalogueState.lock()
    resource = TextsResource(user, action)
    result = resource.import_data(rows.dataset, dry_run=False)
    if said := _said(result, rows):
        raise ValidationError(said)
    index.rebuild()
    return len(resource.changes)


def _said(result, rows: Rows) -> list[str]:
    """One line for each error, by its place in the file and its column."""
    said = [(0, str(error.error)) for error in result.base_errors]
    for row in result.invalid_rows:
        place = rows.places[row.number - 1]
        for column, sentences in row.error.message_dict.items():
            said += [(place, f"{rows.unit} {place}, column {column}: {sentence}") for sentence in sentences]
    for number, errors in result.row_errors():
        place = rows.places[number - 1]
        said += [(place, f"{rows.unit} {place}: {error.error}") for error in errors]
    return [sentence for _, sentence in sorted(said)]


def fingerprint(rows: Rows) -> str:
    """Changes when someone saves one of these codes: what was previewed is what is applied."""
    stored = {key: [code.status, code.before] for key, code in _stored(rows.codes).items()}
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()
