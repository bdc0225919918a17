from types import ModuleType

from django.db import connection

from codes.search import postgres, sqlite


def engine() -> ModuleType:
    """The module that knows this database: `candidates` and `refresh`."""
    return sqlite if connection.vendor == "sqlite" else postgres
