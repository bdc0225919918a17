"""Candidates out of SQLite's FTS5."""

from collections.abc import Sequence

from django.db import connection

from codes.search.query import Group
from codes.search.rank import Candidate

SQL = """
    SELECT d.code_id, d.names, d.descriptor, d.body, d.weight
    FROM codes_fts JOIN codes_searchdocument d ON d.id = codes_fts.rowid
    WHERE codes_fts MATCH %s ORDER BY d.weight DESC, d.code_id LIMIT %s"""
AND, OR = " AND ", " OR "


def candidates(choices: Sequence[Sequence[Group]], limit: int) -> list[Candidate]:
    """Documents that hold every group of any one choice; of too many, those looked for most."""
    expression = OR.join(f"({AND.join(_group(group) for group in groups)})" for groups in choices)
    with connection.cursor() as cursor:
        cursor.execute(SQL, [expression, limit])
        return [Candidate(*row) for row in cursor.fetchall()]


def _group(group: Group) -> str:
    return f"({OR.join(f'({AND.join(_stem(stem, group, a) for stem in a)})' for a in group.alternatives)})"


def _stem(stem: str, group: Group, alternative: tuple[str, ...]) -> str:
    return f'"{stem}"*' if group.prefix and stem == alternative[-1] else f'"{stem}"'


def refresh() -> None:
    """Makes the index follow the documents; to be called in the transaction that changed them."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO codes_fts(codes_fts) VALUES ('rebuild')")
