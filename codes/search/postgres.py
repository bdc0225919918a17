"""Candidates out of PostgreSQL's full-text search."""

from collections.abc import Sequence

from django.db import connection

from codes.search.query import Group
from codes.search.rank import Candidate

SQL = """
    SELECT code_id, names, descriptor, body, weight FROM codes_searchdocument
    WHERE document @@ %s::tsquery ORDER BY weight DESC, code_id LIMIT %s"""
AND, OR = " & ", " | "


def candidates(choices: Sequence[Sequence[Group]], limit: int) -> list[Candidate]:
    """Documents that hold every group of any one choice; of too many, those looked for most."""
    expression = OR.join(f"({AND.join(_group(group) for group in groups)})" for groups in choices)
    with connection.cursor() as cursor:
        cursor.execute(SQL, [expression, limit])
        return [Candidate(*row) for row in cursor.fetchall()]


def _group(group: Group) -> str:
    return f"({OR.join(f'({AND.join(_stem(stem, group, a) for stem in a)})' for a in group.alternatives)})"


def _stem(stem: str, group: Group, alternative: tuple[str, ...]) -> str:
    return f"'{stem}':*" if group.prefix and stem == alternative[-1] else f"'{stem}'"


def refresh() -> None:
    """The index is a generated column and follows by itself; the planner has to learn of it.

    Without this a search reads the whole table until the next autovacuum.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('codes_searchdocument_document')")
        cursor.execute("ANALYZE codes_searchdocument (document)")
