"""A release on its way in through the browser: read, previewed, confirmed, loaded; and the way back.

The worker does the reading and loading (codes/tasks.py). All that touches the catalogue is `loading`, as in the
command. A run says in its own row how far it is; the catalogue itself changes in one transaction at the end, so a
worker that is killed leaves the old catalogue whole and a run that can be started again.
"""

import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, connection, connections, transaction
from django.utils import timezone

from codes import current, loading, uploads
from codes.cms.archive import SourceFile, unpack
from codes.cms.bundle import Bundle, read_bundle
from codes.cms.errors import CmsFileError
from codes.cms.whole import check_bundle
from codes.models import ImportRun, Release
from codes.previews import described

logger = logging.getLogger(__name__)
State, Kind = ImportRun.State, ImportRun.Kind
STALLED = timedelta(minutes=5)  # the longest step takes seconds
UNTAKEN = timedelta(seconds=30)  # a worker asks for work every second


class RefusedError(Exception):
    """Why this can't be done now, as a sentence."""


def start(
    user, *, upload=None, named_release: str = "", kind: Kind = Kind.IMPORT, release: Release | None = None
) -> ImportRun:
    """A run for the worker. Raises RefusedError while another is at work."""
    run = ImportRun(
        kind=kind, state=State.READING if upload else State.LOADING, started_by=user, release=release,
        named_release=named_release, file_name=Path(upload.name).name[:120] if upload else "", size=upload.size if upload else 0,
    )  # fmt: skip
    _activate(run)
    if upload:
        _keep(run, upload)
    return run


def _activate(run: ImportRun) -> None:
    run.is_active, run.moved_at = True, timezone.now()
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        other = ImportRun.objects.filter(is_active=True).first()
        raise RefusedError(f"Another import is at work: {other}. Wait for it to end.") from None


def path_of(run: ImportRun) -> Path:
    return settings.UPLOAD_DIR / f"import-{run.pk}"


def _keep(run: ImportRun, upload) -> None:
    uploads.folder()
    with path_of(run).open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)


def confirm(run: ImportRun, user) -> None:
    """Raises RefusedError where there is no preview to confirm, or another run is at work."""
    if run.state != State.PREVIEWED:
        raise RefusedError("There is no preview to confirm.")
    run.state, run.started_by, run.worker, run.done, run.step = State.LOADING, user, "", 0, ""
    _activate(run)


def cancel(run: ImportRun) -> None:
    """Ends a run that waits for its confirmation, or whose worker is gone."""
    if run.state not in (State.PREVIEWED, *ImportRun.ACTIVE) or (run.is_active and run.worker and not is_stalled(run)):
        raise RefusedError("It is at work: wait for it to end.")
    _end(run, State.CANCELLED)


def again(run: ImportRun, user) -> None:
    """Reads the file of a run anew that failed or whose worker is gone; its preview has to be confirmed again."""
    if run.kind == Kind.IMPORT and not path_of(run).exists():
        raise RefusedError("Its file is gone. Upload it again.")
    if run.state != State.FAILED and not is_stalled(run) and not is_untaken(run):
        raise RefusedError("It has not failed.")
    run.state = State.READING if run.kind == Kind.IMPORT else State.LOADING
    run.attempt, run.error, run.worker, run.started_by, run.done = run.attempt + 1, "", "", user, 0
    _activate(run)


def is_stalled(run: ImportRun) -> bool:
    """Whether the worker that took this run is gone: its process has ended, or it gave no sign of life.

    A number of a process tells little after a restart, when another process may have it: so both are asked.
    """
    if not run.is_active or not run.worker:
        return False
    host, _, process = run.worker.rpartition(":")
    is_dead = host == socket.gethostname() and not _is_alive(int(process))
    return is_dead or timezone.now() - run.moved_at > STALLED


def is_untaken(run: ImportRun) -> bool:
    """Whether it waits for longer than a worker would let it, were one running."""
    return run.is_active and not run.worker and timezone.now() - run.moved_at > UNTAKEN


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(process)


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def work(run_id: int, attempt: int) -> None:
    """What the worker does with a run. A run that was started again since, or ended, is left alone."""
    taken = ImportRun.objects.filter(pk=run_id, attempt=attempt, is_active=True, worker="")
    if not taken.update(worker=f"{socket.gethostname()}:{os.getpid()}", moved_at=timezone.now()):
        return
    run = ImportRun.objects.select_related("started_by", "release").get(pk=run_id)
    try:
        _may(run)
        if run.kind != Kind.IMPORT:
            _switch(run)
        elif run.state == State.READING:
            _read(run)
        else:
            _load(run)
    except (CmsFileError, ValueError, RefusedError, OSError) as error:
        _end(run, State.FAILED, error=str(error))
    except Exception as error:
        _end(
            run,
            State.FAILED,
            error=f"Something unforeseen: {type(error).__name__}. Nothing was written; the log of the worker says more.",
        )
        raise


def _may(run: ImportRun) -> None:
    user = type(run.started_by).objects.filter(pk=run.started_by_id, is_active=True).first() if run.started_by else None
    if user is None or not user.has_perm("codes.import_release"):
        raise RefusedError("Whoever started this may not import any more. Nothing was written.")


def _move(run: ImportRun, step: str, done: int) -> None:
    _is_ours(run)
    ImportRun.objects.filter(pk=run.pk, attempt=run.attempt).update(step=step[:80], done=done, moved_at=timezone.now())


def _is_ours(run: ImportRun) -> None:
    """Raises RefusedError where this worker was taken for gone and the run ended or started again without it."""
    if not ImportRun.objects.filter(pk=run.pk, attempt=run.attempt, is_active=True).exists():
        raise RefusedError("It was ended or started again meanwhile. This attempt wrote nothing.")


def _end(run: ImportRun, state: State, **values) -> None:
    values |= {"state": state, "is_active": False, "worker": "", "moved_at": timezone.now(), "done": 100}
    ImportRun.objects.filter(pk=run.pk, attempt=run.attempt).update(**values)
    if state in (State.DONE, State.CANCELLED):
        path_of(run).unlink(missing_ok=True)


def _bundle(run: ImportRun) -> Bundle:
    """The parsed file, with a sign of life for each member read."""
    source = SourceFile(run.file_name, path_of(run).read_bytes())
    members = len(unpack(source))
    read = iter(range(1, members + 20))

    def on_file(kind: str, name: str) -> None:
        _move(run, f"reading {name}", min(80, 100 * next(read) // (members + 2)))

    return read_bundle([source], run.named_release or None, on_file=on_file, newest_of_year=loading.newest_of_year)


def _read(run: ImportRun) -> None:
    bundle = _bundle(run)
    _move(run, "comparing", 90)
    preview = described(loading.difference(bundle), bundle) | {"doubt": _doubt(bundle)}
    _end(run, State.PREVIEWED, preview=preview, step="")


def _doubt(bundle: Bundle) -> str:
    """Why the file seems to be cut short; whoever confirms the preview decides."""
    try:
        check_bundle(bundle)
    except CmsFileError as error:
        return str(error).partition(" (")[0]
    return ""


def _load(run: ImportRun) -> None:
    bundle = _bundle(run)
    _move(run, "writing, all or nothing", 85)
    changes = loading.load(bundle, on_step=_on_step(run))
    release = Release.objects.get(name=bundle.release)
    _end(run, State.DONE, result=described(changes, bundle) | _current(), release=release, step="")


def _on_step(run: ImportRun) -> Callable[[str], None]:
    """Between the steps of loading, inside its transaction: a right or the run taken away meanwhile undoes all."""
    percent = iter(range(86, 100, 2))

    def on_step(step: str) -> None:
        _is_ours(run)
        _may(run)
        _tell(run, f"writing: {step}", next(percent))

    return on_step


def _tell(run: ImportRun, step: str, done: int) -> None:
    """What a transaction writes shows at its end, so this goes through a connection of its own.

    SQLite has one writer at a time: there the bar stands still for the seconds of the writing.
    """
    if connection.vendor != "postgresql":
        return
    aside = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        aside.set_autocommit(False)
        with aside.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            cursor.execute(
                "UPDATE codes_importrun SET step = %s, done = %s, moved_at = now() WHERE id = %s", [step, done, run.pk]
            )
        aside.commit()
    except OperationalError:
        logger.info("Import %s: “%s” could not be told", run.pk, step)  # the work goes on all the same
    finally:
        aside.close()


def _switch(run: ImportRun) -> None:
    before = Release.objects.current()
    current.withdraw(run.release, run.kind == Kind.ROLL_BACK)
    _end(run, State.DONE, result={"before": before.name if before else ""} | _current(), step="")


def _current() -> dict:
    release = Release.objects.current()
    return {"current": release.name if release else ""}
