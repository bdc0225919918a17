"""What `manage.py db_worker` does."""

from datetime import datetime, time

from django.utils.timezone import make_aware
from django_tasks import task

from codes import current, importing
from codes.models import Release


@task()
def run_import(run_id: int, attempt: int) -> None:
    importing.work(run_id, attempt)
    await_first_days()


@task()
def choose_current() -> None:
    current.settle()


def await_first_days() -> None:
    """Has the worker make each release that was loaded before its first day current on that day."""
    for first in set(Release.objects.ahead().values_list("effective_from", flat=True)):
        choose_current.using(run_after=make_aware(datetime.combine(first, time.min))).enqueue()
