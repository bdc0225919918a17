"""Candidates out of SQLite's FTS5."""

from collections.abc import Sequence

from django.db import connection

from codes.search.query import Group
from codes.search.rank import Candidate

SQL = """
    SELECT d.code_id, d.names, d.descriptor, d.body, d.weight
    FROM codes_fts JOIN codes_searchdocument d ON d.id = codes_fts.rowid
    WHERE codes_fts MATCH %s ORDER BY bm25(codes_fts, 10.0, 6.0, 1.0) - 3 * d.weight LIMIT %s"""


def candidates(groups: Sequence[Group], every: bool, limit: int) -> list[Candidate]:
    """Documents that hold all groups (`every`) or any of them, best guesses first."""
    expression = (" AND " if every else " OR ").join(f"({_group(group)})" for group in groups)
    with connection.cursor() as cursor:
        cursor.execute(SQL, [expression, limit])
        return [Candidate(*row) for row in cursor.fetchall()]


def _group(group: Group) -> str:
    return " OR ".join(
        "("
        + " AND ".join(f'"{stem}"{"*" if group.prefix and stem == alternative[-1] else ""}' for stem in alternative)
        + ")"
        for alternative in group.alternatives
    )


def refresh() -> None:
    """Makes the index follow the documents; to be called in the transaction that changed them."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO codes_fts(codes_fts) VALUES ('rebuild')")
