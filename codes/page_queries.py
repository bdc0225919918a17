"""What a code page reads, in plain SQL: building these queries from querysets takes five times as long as the database.

They run on every page that no cache holds. The same on SQLite and PostgreSQL.
"""

from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from codes.models import Category, Code, Release, RvuRow


def _columns(model: type[Model]) -> str:
    """By name, not as *: PostgreSQL refuses a kept plan whose * has got another column while the server runs."""
    return ", ".join(f'{model._meta.model_name}."{field.column}"' for field in model._meta.concrete_fields)


CODE = f"""
SELECT {_columns(Code)}, COALESCE((SELECT revision FROM codes_cataloguestate WHERE id = 1), 0) AS revision,
       g.name AS category_name, g.payment AS category_payment,
       h.long_description AS wording, h.coverage, CAST(h.added AS text) AS added,
       CAST(h.action_effective AS text) AS effective, CAST(h.terminated AS text) AS terminated,
       f.name AS hcpcs_release
FROM codes_code code
JOIN codes_category g ON g.slug = code.category_id
LEFT JOIN codes_hcpcsrelease f ON f.is_current
LEFT JOIN codes_hcpcsrecord h ON h.release_id = f.id AND h.code_id = code.code
WHERE code.code = %s
"""  # noqa: S608 (names of our own models)
ROWS = f"SELECT {_columns(RvuRow)} FROM codes_rvurow rvurow WHERE code_id = %s ORDER BY modifier"  # noqa: S608
LINKS = """
SELECT 'specialty' AS kind, s.slug AS key, s.name AS name, '' AS more, '' AS held_by, '' AS terminated, 0 AS position
FROM codes_specialty s JOIN codes_code_specialties l ON l.specialty_id = s.slug WHERE l.code_id = %s
UNION ALL
SELECT 'related', c.code, CASE c.status WHEN 'published' THEN c.name ELSE '' END, c.category_id,
       (SELECT e.name FROM codes_rvurow w JOIN codes_release e ON e.id = w.release_id
        WHERE w.code_id = c.code AND NOT e.withdrawn AND e.effective_from <= %s
        ORDER BY e.effective_from DESC, e.name DESC LIMIT 1),
       (SELECT CAST(h.terminated AS text) FROM codes_hcpcsrecord h JOIN codes_hcpcsrelease f ON f.id = h.release_id
        WHERE h.code_id = c.code AND f.is_current),
       0
FROM codes_code c JOIN codes_code_related l ON l.to_code_id = c.code WHERE l.from_code_id = %s AND c.is_listed
UNION ALL
SELECT 'question', CAST(id AS text), question, answer, '', '', "order" FROM codes_faq WHERE code_id = %s
ORDER BY kind, position, key
"""


class Link(NamedTuple):
    """A specialty (slug, name), a related code (code, our name, category) or a question (id, question, answer).

    Of a related code also the newest release in force that holds it, and the day (ISO) on which CMS's Level II file
    ends it: None where there is none.
    """

    kind: str
    key: str
    name: str
    more: str
    held_by: str | None
    terminated: str | None
    position: int


def code_for_page(code: str) -> Code | None:
    """The code with its category, `hcpcs` (CMS's current HCPCS Level II record as a dict, or None) and the revision."""
    found = next(iter(Code.objects.raw(CODE, [code])), None)
    if found is None:
        return None
    found.category = Category(slug=found.category_id, name=found.category_name, payment=found.category_payment)
    if found.wording is not None:
        found.hcpcs = {
            name: getattr(found, name) for name in ("wording", "coverage", "added", "effective", "terminated")
        }
        found.hcpcs["release"] = found.hcpcs_release
    return found


@lru_cache(maxsize=4)
def releases_in_use(revision: int) -> dict[int, Release]:
    """Releases by their key, newest first, read once for each state of the catalogue and process."""
    return {release.pk: release for release in Release.objects.in_use()}


def rows_of(code: Code) -> list[RvuRow]:
    """The code's rows in the releases in use, newest release first, the whole service before its parts."""
    releases = releases_in_use(code.revision)
    order = {pk: place for place, pk in enumerate(releases)}
    rows = [row for row in RvuRow.objects.raw(ROWS, [code.pk]) if row.release_id in releases]
    for row in rows:
        row.release = releases[row.release_id]
    return sorted(rows, key=lambda row: order[row.release_id])


def links_of(code: Code) -> dict[str, list[Link]]:
    """Specialties, related codes and questions by their kind."""
    found: dict[str, list[Link]] = {"specialty": [], "related": [], "question": []}
    with connection.cursor() as cursor:
        cursor.execute(LINKS, [code.pk, timezone.localdate().isoformat(), code.pk, code.pk])
        for row in cursor.fetchall():
            found[row[0]].append(Link(*row))
    return found
