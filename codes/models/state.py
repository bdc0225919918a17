"""The state of the catalogue as a whole."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection, models
from django.db.models import F


class CatalogueState(models.Model):
    """One row. Its revision goes up with every change of the catalogue and is part of every ETag."""

    revision = models.PositiveBigIntegerField(default=0)
    # Moments ahead, in ISO form and order with spaces between: each counts the revision up once it has come.
    changes_at = models.TextField(blank=True)

    def __str__(self):
        return f"revision {self.revision}"

    @classmethod
    def touch(cls) -> None:
        cls.objects.update_or_create(pk=1, defaults={"revision": F("revision") + 1}, create_defaults={"revision": 1})

    @classmethod
    def lock(cls) -> None:
        """Held until the transaction ends: two imports at once run one after the other."""
        cls.objects.get_or_create(pk=1)
        cls.objects.select_for_update().get(pk=1)

    @classmethod
    def schedule(cls, moments: Iterable[datetime]) -> None:
        """Public pages will change at these moments by themselves; replaces what was scheduled before."""
        changes_at = " ".join(sorted({moment.astimezone(UTC).isoformat() for moment in moments}))
        cls.objects.update_or_create(pk=1, defaults={"changes_at": changes_at})

    @classmethod
    def current_revision(cls) -> int:
        # Asked on every revalidation: plain SQL takes a tenth of the time of building the query.
        with connection.cursor() as cursor:
            cursor.execute("SELECT revision, changes_at FROM codes_cataloguestate WHERE id = 1")
            revision, changes_at = cursor.fetchone() or (0, "")
        if changes_at and changes_at.split(" ", 1)[0] <= (now := datetime.now(UTC).isoformat()):
            ahead = " ".join(moment for moment in changes_at.split() if moment > now)
            state = cls.objects.filter(pk=1, revision=revision, changes_at=changes_at)
            state.update(revision=F("revision") + 1, changes_at=ahead)  # of two processes, one does
            return revision + 1
        return revision


class CatalogueModel(models.Model):
    """Something a public page shows: saving or deleting it makes every cached page stale."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        CatalogueState.touch()

    def delete(self, *args, **kwargs):
        result = super().delete(*args, **kwargs)
        CatalogueState.touch()
        return result
