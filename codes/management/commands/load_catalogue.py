"""Loads the bundled starter catalogue; staff edits are never overwritten, and a second run changes nothing."""

from django.core.management.base import BaseCommand

from codes.catalogue import load_catalogue


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        result = load_catalogue()
        self.stdout.write(
            f"Texts: {result.new} new, {result.updated} updated, {result.unchanged} unchanged, "
            f"{result.edited_by_staff} left as staff edited them. Figures: {'loaded' if result.figures else 'unchanged'}. "
            f"Benchmarks, case minimums and modifiers: {result.facts} written. "
            f"Search index: {'built anew' if result.indexed else 'unchanged'}."
        )
