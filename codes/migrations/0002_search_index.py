"""The full-text index over SearchDocument: FTS5 on SQLite, a weighted tsvector on PostgreSQL.

The texts are stems already (codes/search/words.py), so neither database stems again: what is found is
the same on both. PostgreSQL's column follows the table by itself; FTS5 is rebuilt (codes/search/sqlite.py),
which takes a twentieth of the time that triggers take.
"""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE codes_fts USING fts5(
        names, descriptor, body, content='codes_searchdocument', content_rowid='id', tokenize='ascii')"""
]
POSTGRES = [
    """ALTER TABLE codes_searchdocument ADD COLUMN document tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', names), 'A') || setweight(to_tsvector('simple', descriptor), 'B')
        || setweight(to_tsvector('simple', body), 'D')) STORED""",
    "CREATE INDEX codes_searchdocument_document ON codes_searchdocument USING gin (document)",
]


def create(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE codes_fts")
    else:
        schema_editor.execute("ALTER TABLE codes_searchdocument DROP COLUMN document")


class Migration(migrations.Migration):
    dependencies = [("codes", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
