"""Loads a release of Medicare's physician fee schedule: the bundle (RVUyyX.zip), members of it, or its address."""

from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from codes.cms.archive import SourceFile
from codes.cms.bundle import members, read_bundle, release_name, year_of
from codes.cms.download import download
from codes.cms.errors import CmsFileError
from codes.cms.whole import check_bundle, is_excerpt
from codes.comparing import Difference, Step, in_words, label, largest_first, said
from codes.loading import already_loaded, difference, load, newest_of_year
from codes.management.progress import Progress
from codes.models import Release
from codes.previews import named
from codes.tasks import await_first_days

SHOWN = 15


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="zip, csv, txt or xlsx, or an https address")
        parser.add_argument("--release", help="which release this is (RVU26C), where neither title nor name tells")
        parser.add_argument("--dry-run", action="store_true", help="print the difference and write nothing")
        parser.add_argument(
            "--accept-fewer",
            action="store_true",
            help="load a file even if rows seem to be missing, as they are where it was cut short",
        )

    def handle(self, *, files, release, dry_run, accept_fewer, **options):
        try:
            self._import([self._open(name) for name in files], release, dry_run, accept_fewer)
        except (CmsFileError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _open(self, name: str) -> SourceFile:
        if name.startswith(("https://", "http://")):
            return download(name, progress=Progress.bytes)
        path = Path(name)
        try:
            return SourceFile(path.name, path.read_bytes())
        except OSError as error:
            raise CmsFileError(f"can't be read: {error.strerror}", file=name) from error

    def _import(self, sources: list[SourceFile], release: str | None, dry_run: bool, accept_fewer: bool) -> None:
        if name := self._unchanged(sources, release):
            self.stdout.write(f"{name}: these files are loaded already. Nothing changed.")
            return
        with Progress(10) as progress:
            bundle = read_bundle(
                sources,
                release,
                on_file=lambda kind, name: progress.step(f"reading {name}"),
                newest_of_year=newest_of_year,
            )
            if not accept_fewer:
                check_bundle(bundle)
            if dry_run:
                changes = difference(bundle, accept_fewer=accept_fewer)
            else:
                changes = load(bundle, on_step=progress.step, accept_fewer=accept_fewer)
        for kind, source, rows in bundle.files:
            self.stdout.write(f"{bundle.release}  {kind:<10} {source.name}: {rows:,} rows")
        if bundle.rows and is_excerpt([row.code for row in bundle.rows]):
            self.stdout.write(self.style.WARNING("This is an excerpt, not the whole file that CMS publishes."))
        self._print(changes, bool(bundle.rows))
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
            return
        self.stdout.write(self.style.SUCCESS(f"{bundle.release} is loaded."))
        if release := Release.objects.ahead().filter(name=bundle.release).first():
            await_first_days()
            self.stdout.write(
                f"It begins on {release.effective_from:%B} {release.effective_from.day}, {release.effective_from.year}; "
                f"{Release.objects.current()} stays current until then."
            )

    def _unchanged(self, sources: list[SourceFile], release: str | None) -> str | None:
        """The release these very files were loaded into, by their hashes, before anything is parsed."""
        parts = members(sources)
        named = release or next((n for s in [*sources, *(s for _, s in parts)] if (n := release_name(s))), None)
        named = named or next((n for _, s in parts if (y := year_of(s)) and (n := newest_of_year(y))), None)
        files = [(kind, s.sha256) for kind, s in parts]
        return named if named and already_loaded(named, files) else None

    def _print(self, changes: Difference, has_rows: bool) -> None:
        against = f" against {changes.against}" if changes.against else ""
        if changes.is_empty:
            self.stdout.write(f"Nothing changes{against}: every figure is there already.")
        elif has_rows:
            self._print_rows(changes, against)
        for sentence in in_words(changes):
            self.stdout.write(f"{sentence}.")
        for title, names in (("added", changes.places_added), ("removed", changes.places_removed)):
            if names and changes.against:
                self.stdout.write(f"  {title}: {_list([(name,) for name in names])}")
        self._print_steps([((name,), steps) for name, steps in changes.places_changed])

    def _print_rows(self, changes: Difference, against: str) -> None:
        recoded = f"{len(changes.recoded):,} with another indicator, " if changes.recoded else ""
        self.stdout.write(
            f"Difference{against}: {len(changes.added):,} added, {len(changes.removed):,} removed, "
            f"{len(changes.revalued):,} revalued, {recoded}{changes.unchanged:,} unchanged (code + modifier)"
        )
        for title, keys in (("added", changes.added), ("removed", changes.removed)):
            if keys and changes.against:
                self.stdout.write(f"  {title}: {_list(keys)}")
        self._print_steps(changes.revalued)
        self._print_steps(changes.recoded)

    def _print_steps(self, changed: list[tuple[tuple[str, ...], list[Step]]]) -> None:
        for key, steps in largest_first(changed)[:SHOWN]:
            said_steps = [f"{label(name)} {said(before)} → {said(after)}" for name, before, after in steps]
            self.stdout.write(f"  {named(key)}: {', '.join(said_steps)}")
        if len(changed) > SHOWN:
            self.stdout.write(f"  … and {len(changed) - SHOWN:,} more")


def _list(keys: Sequence[tuple[str, ...]]) -> str:
    return ", ".join(map(named, keys[:SHOWN])) + (f" … and {len(keys) - SHOWN:,} more" if len(keys) > SHOWN else "")
