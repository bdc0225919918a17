"""Set-based writing: COPY on PostgreSQL, executemany on SQLite. bulk_create costs three times as much here."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection, models

BATCH = 2000  # rows; PostgreSQL writes one batch while the next is made ready here


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Inserts rows of values, in the order of `fields`; lists and dicts go into JSON columns."""
    columns = [model._meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(field.column) for field in columns)
    ready = _ready(columns, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in ready:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", ready)  # noqa: S608 (names of our own models)


def tell_planner(model: type[models.Model], fields: Sequence[str]) -> None:
    """Lets PostgreSQL know how the values of these fields are spread, where a table is joined by them.

    Until its autovacuum finds out, joining two releases takes minutes instead of a moment.
    """
    if connection.vendor == "postgresql":
        quote = connection.ops.quote_name
        columns = ", ".join(quote(model._meta.get_field(name).column) for name in fields)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {quote(model._meta.db_table)} ({columns})")


def _ready(columns: Sequence[models.Field], rows: Iterable[Sequence]) -> Iterator[tuple]:
    """Rows as the database takes them, batch by batch and in it column by column."""
    rows, converters = iter(rows), [_converter(field) for field in columns]
    while batch := list(islice(rows, BATCH)):
        values = zip(*batch, strict=True)
        yield from zip(
            *(map(convert, column) if convert else column for convert, column in zip(converters, values, strict=True)),
            strict=True,
        )


def _converter(field: models.Field) -> Callable | None:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DecimalField):
        return _Known(str).__getitem__
    if isinstance(field, models.DateTimeField):
        return _Known(connection.ops.adapt_datetimefield_value).__getitem__
    if isinstance(field, models.DateField):
        return _Known(connection.ops.adapt_datefield_value).__getitem__
    return None


EMPTY = {list: "[]", dict: "{}"}  # as nearly all are


def _json(value: object) -> str:
    return json.dumps(value) if value or type(value) not in EMPTY else EMPTY[type(value)]


class _Known(dict):
    """value -> converted value; each distinct one is converted once, NULL stays NULL."""

    def __init__(self, convert: Callable):
        super().__init__({None: None})
        self.convert = convert

    def __missing__(self, value):
        self[value] = converted = self.convert(value)
        return converted
