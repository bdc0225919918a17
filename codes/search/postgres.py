"""Candidates out of PostgreSQL's full-text search."""

from collections.abc import Sequence

from django.db import connection

from codes.search.query import Group
from codes.search.rank import Candidate

SQL = """
    SELECT d.code_id, d.names, d.descriptor, d.body, d.weight
    FROM codes_searchdocument d, to_tsquery('simple', %s) query
    WHERE d.document @@ query
    ORDER BY ts_rank('{0.1, 0.2, 0.6, 1.0}', d.document, query, 1) + 0.3 * d.weight DESC LIMIT %s"""


def candidates(groups: Sequence[Group], every: bool, limit: int) -> list[Candidate]:
    """Documents that hold all groups (`every`) or any of them, best guesses first."""
    expression = (" & " if every else " | ").join(f"({_group(group)})" for group in groups)
    with connection.cursor() as cursor:
        cursor.execute(SQL, [expression, limit])
        return [Candidate(*row) for row in cursor.fetchall()]


def _group(group: Group) -> str:
    return " | ".join(
        "("
        + " & ".join(f"'{stem}'{':*' if group.prefix and stem == alternative[-1] else ''}" for stem in alternative)
        + ")"
        for alternative in group.alternatives
    )


def refresh() -> None:
    """Nothing to do: the index is a generated column of the documents."""
