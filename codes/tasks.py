"""What `manage.py db_worker` does."""

from django_tasks import task

from codes import importing


@task()
def run_import(run_id: int, attempt: int) -> None:
    importing.work(run_id, attempt)
