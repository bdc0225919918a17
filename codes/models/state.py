"""The state of the catalogue as a whole."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from django.db import OperationalError, connection, models, transaction
from django.db.models import F


class CatalogueBusyError(Exception):
    """Someone else writes the catalogue, for longer than one was ready to wait. Nothing is written."""


class CatalogueState(models.Model):
    """One row. Its revision goes up with every change of the catalogue and is part of every ETag."""

    revision = models.PositiveBigIntegerField(default=0)
    # Moments ahead, in ISO form and order with spaces between: each counts the revision up once it has come.
    changes_at = models.TextField(blank=True)
    index_fingerprint = models.CharField(max_length=64, blank=True, help_text="What the search index was made with.")

    def __str__(self):
        return f"revision {self.revision}"

    @classmethod
    def touch(cls) -> None:
        cls.objects.update_or_create(pk=1, defaults={"revision": F("revision") + 1}, create_defaults={"revision": 1})

    @classmethod
    def lock(cls, seconds: float | None = None) -> None:
        """Held until the transaction ends. Whoever changes the catalogue takes it before any other row.

        So writers come one after the other, and none waits for a row of one that waits for it. Raises
        CatalogueBusyError after so many seconds, on PostgreSQL; SQLite waits where its transaction begins: `locked`.
        """
        with _refused_as_busy(), transaction.atomic(), connection.cursor() as cursor:
            is_limited = seconds is not None and connection.vendor == "postgresql"
            if is_limited:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{int(seconds * 1000)}ms"])
            cls.objects.get_or_create(pk=1)
            cls.objects.select_for_update().get(pk=1)
            if is_limited:
                cursor.execute("SET LOCAL lock_timeout TO DEFAULT")

    @classmethod
    @contextmanager
    def locked(cls, seconds: float | None = None) -> Iterator[None]:
        """A transaction that begins with the lock. Raises CatalogueBusyError after so many seconds."""
        with ExitStack() as stack:
            with _waiting(seconds), _refused_as_busy():
                stack.enter_context(transaction.atomic())
                cls.lock(seconds)
            yield

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


@contextmanager
def _refused_as_busy() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        names = [getattr(error.__cause__, name, None) for name in ("sqlstate", "sqlite_errorname")]
        if "55P03" in names or "SQLITE_BUSY" in names:  # lock_not_available
            raise CatalogueBusyError from error
        raise


@contextmanager
def _waiting(seconds: float | None) -> Iterator[None]:
    """How long SQLite waits for its one lock, that of BEGIN IMMEDIATE."""
    if seconds is None or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {before}")


class CatalogueModel(models.Model):
    """Something a public page shows: saving or deleting it makes every cached page stale."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic():
            CatalogueState.touch()  # first: it is the lock
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            CatalogueState.touch()
            return super().delete(*args, **kwargs)
