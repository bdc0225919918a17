"""Loads our posts, guides, pages and questions; staff edits are never overwritten, and a second run changes nothing."""

from django.core.management.base import BaseCommand, CommandError

from blog.content_files import ContentError
from blog.loading import load_content


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        try:
            result = load_content()
        except ContentError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Texts: {result.new} new, {result.updated} updated, {result.unchanged} unchanged, "
            f"{result.edited_by_staff} left as staff edited them."
        )
