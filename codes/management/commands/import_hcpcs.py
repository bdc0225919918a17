"""Loads a quarterly HCPCS Level II alpha-numeric file: the zip CMS publishes, its txt or its xlsx."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.hcpcs_loading import load
from codes.management.progress import Progress


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--release", help="which release this is (HCPC2026_JAN), where the name does not tell")
        parser.add_argument("--dry-run", action="store_true", help="print the difference and write nothing")
        parser.add_argument(
            "--accept-fewer",
            action="store_true",
            help="load a file even if rows seem to be missing, as they are where it was cut short",
        )

    def handle(self, *, file, release, dry_run, accept_fewer, **options):
        path = Path(file)
        try:
            with Progress(4) as progress:
                source = SourceFile(path.name, path.read_bytes())
                result = load(source, release, dry_run, progress.step, accept_fewer=accept_fewer)
        except OSError as error:
            raise CommandError(f"{file}: can't be read: {error.strerror}") from error
        except (CmsFileError, ValueError) as error:
            raise CommandError(str(error)) from error
        if result.is_known:
            self.stdout.write(f"{result.release}: this file is loaded already. Nothing changed.")
            return
        self.stdout.write(f"{result.release}: {result.codes:,} codes, {result.modifiers:,} modifiers")
        self.stdout.write(
            f"Difference: {len(result.added):,} added, {len(result.removed):,} removed, "
            f"{len(result.reworded):,} reworded, {result.unchanged:,} unchanged"
        )
        self.stdout.write(
            "Dry run: nothing was written." if dry_run else self.style.SUCCESS(f"{result.release} is loaded.")
        )
