"""Sourced figures and modifiers, from the files under content/ into the database; what staff edited there stays."""

import csv
import hashlib
import json
import tomllib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models

from codes.models import Benchmark, CaseMinimum, Modifier

CONTENT = Path(__file__).parent / "content"
MODIFIER_FIELDS = ("name", "description", "group", "payment", "credit")


def load_facts() -> int:
    """Follows the files and returns how many rows were written. Run it as often as you like."""
    modifiers = tomllib.loads((CONTENT / "modifiers.toml").read_text())
    minimums = _read(CaseMinimum, "acgme_minimums.csv")
    return (
        follow(Modifier, ("code",), MODIFIER_FIELDS, [{"code": k, **v} for k, v in modifiers.items()], fills_blanks=True)
        + follow(Benchmark, Benchmark.KEY, _rest(Benchmark), _read(Benchmark, "benchmarks.csv"))
        + follow(
            CaseMinimum, CaseMinimum.KEY, (*_rest(CaseMinimum), "order"),
            [{**entry, "order": order} for order, entry in enumerate(minimums)],
        )
    )  # fmt: skip


def _rest(model) -> tuple[str, ...]:
    return tuple(name for name in model.COLUMNS if name not in model.KEY)


def _read(model, name: str) -> list[dict]:
    with (CONTENT / "facts" / name).open(newline="") as lines:
        return [{key: _value(model, key, row[key]) for key in model.COLUMNS} for row in csv.DictReader(lines)]


def _value(model, name: str, text: str) -> object:
    """The text as the database gives it back. Raises ValidationError."""
    field = model._meta.get_field(name)
    value = field.to_python(text.strip())
    return value.quantize(Decimal(1).scaleb(-field.decimal_places)) if isinstance(value, Decimal) else value


def fingerprint(values: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps([str(value) for value in values]).encode()).hexdigest()


def follow(
    model: type[models.Model],
    key: Sequence[str],
    fields: Sequence[str],
    entries: Iterable[dict],
    fills_blanks: bool = False,
) -> int:
    """Writes the entries that are new or changed in their file, and returns how many.

    A row that staff edited or added is left alone; with `fills_blanks`, its blank fields are filled once.
    """
    known = {tuple(getattr(row, name) for name in key): row for row in model.objects.all()}
    new, changed = [], []
    for entry in entries:
        row = known.get(tuple(entry[name] for name in key))
        wanted = fingerprint(entry[name] for name in fields)
        if row is None:
            new.append(model(**entry, loaded_text=wanted))
        elif row.loaded_text != wanted and _follows(row, fields, entry, fills_blanks):
            row.loaded_text = wanted
            changed.append(row)
    model.objects.bulk_create(new)
    model.objects.bulk_update(changed, [*fields, "loaded_text"], batch_size=200)
    return len(new) + len(changed)


def _follows(row: models.Model, fields: Sequence[str], entry: dict, fills_blanks: bool) -> bool:
    """Puts the entry into the row where staff have not written; returns whether anything is to be saved."""
    untouched = bool(row.loaded_text) and fingerprint(getattr(row, name) for name in fields) == row.loaded_text
    blank = [name for name in fields if not getattr(row, name)] if fills_blanks and not row.loaded_text else []
    for name in fields if untouched else blank:
        setattr(row, name, entry[name])
    return untouched or bool(blank)


class LinesError(ValueError):
    """What is wrong with a file, a sentence for each line."""

    def __init__(self, sentences: Sequence[str]):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def import_benchmarks(lines: Iterable[str]) -> tuple[int, int]:
    """(new, replaced) rows out of a csv with the columns of content/facts/benchmarks.csv. Raises LinesError.

    All or nothing: the caller opens the transaction. A row of the same key is replaced and counts as the operator's own.
    """
    reader = csv.DictReader(lines)
    missing = [name for name in Benchmark.COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise LinesError([f"The header lacks {', '.join(missing)}."])
    rows, wrong, seen = [], [], {}
    for row in reader:
        try:
            rows.append(_benchmark(row, seen, reader.line_num))
        except ValidationError as error:
            wrong += [f"Line {reader.line_num}: {sentence}" for sentence in _sentences(error)]
    if wrong:
        raise LinesError(wrong)
    keys = {tuple(getattr(row, name) for name in Benchmark.KEY): row.pk for row in Benchmark.objects.all()}
    for row in rows:
        row.pk = keys.get(tuple(getattr(row, name) for name in Benchmark.KEY))
    old = [row for row in rows if row.pk]
    Benchmark.objects.bulk_update(old, [*_rest(Benchmark), "loaded_text", "is_shown"], batch_size=200)
    Benchmark.objects.bulk_create(row for row in rows if not row.pk)
    return len(rows) - len(old), len(old)


def _benchmark(row: dict, seen: dict, line: int) -> Benchmark:
    values = {}
    for name in Benchmark.COLUMNS:
        try:
            values[name] = _value(Benchmark, name, row[name] or "")
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
    benchmark = Benchmark(**values)
    benchmark.clean_fields()
    key = tuple(values[name] for name in Benchmark.KEY)
    if key in seen:
        raise ValidationError(f"the same figure stands in line {seen[key]}")
    seen[key] = line
    return benchmark


def _sentences(error: ValidationError) -> list[str]:
    if hasattr(error, "message_dict"):
        return [f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
    return list(error.messages)
