"""Looks through every text, in the database and in the files: figures, links to codes, internal links.

Prints what is wrong as file or post, line and reason, and ends with status 1.
"""

import sys

from django.core.management.base import BaseCommand, CommandError

from blog.checks import check_all
from blog.content_files import ContentError


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        try:
            problems = check_all()
        except ContentError as error:
            raise CommandError(str(error)) from error
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            sys.exit(1)
        self.stdout.write("All figures and links of the texts are there.")
