"""Loads benchmarks of surveys that you hold a licence for, from a csv with the columns of codes/content/facts/benchmarks.csv."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from codes.facts import LinesError, import_benchmarks
from codes.models import CatalogueState


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")

    @transaction.atomic
    def handle(self, *, file, **options):
        CatalogueState.lock()
        try:
            lines = Path(file).read_text(encoding="utf-8-sig").splitlines(keepends=True)
            new, replaced = import_benchmarks(lines)
        except OSError as error:
            raise CommandError(f"{file}: can't be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: is not text in UTF-8") from error
        except LinesError as error:
            raise CommandError(f"{file}: nothing was loaded.\n{error}") from error
        CatalogueState.touch()
        self.stdout.write(self.style.SUCCESS(f"Benchmarks: {new} new, {replaced} replaced."))
