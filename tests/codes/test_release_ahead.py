"""A release that CMS publishes before its first day: January's comes in the year before."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.html import strip_tags
from django_tasks_db.models import DBTaskResult

from codes import current
from codes.models import Code, Release
from codes.search.finder import find
from tests.codes.small import HEADER as COLUMNS
from tests.codes.small import clear, pprrvu_row, run, write

pytestmark = pytest.mark.django_db
NEXT_YEAR = timezone.localdate().year + 1
NEXT, FIRST_DAY = f"RVU{NEXT_YEAR % 100}A", date(NEXT_YEAR, 1, 1)


@pytest.fixture
def two(tmp_path) -> str:
    """What the import of next January's file said, beside a file of 2024: 99213 rises, 99215 ends, 99216 begins."""
    clear()
    now = write(tmp_path / "PPRRVU24_JAN.csv", COLUMNS, pprrvu_row("99213", 1.3), pprrvu_row("99215", 2.8))
    later = write(
        tmp_path / f"PPRRVU{NEXT_YEAR % 100}_JAN.csv",
        COLUMNS, pprrvu_row("99213", 1.5, text="reworded"), pprrvu_row("99216", 3),
    )  # fmt: skip
    run("import_pfs", now)
    return run("import_pfs", later)


def work_rvu(client) -> str:
    text = " ".join(strip_tags(client.get("/99213", follow=True).content.decode()).split())
    return text[text.index("Work RVU ") :][:13].split()[-1]


def test_it_waits_for_its_first_day(client, two):
    assert f"It begins on January 1, {NEXT_YEAR}; RVU24A stays current until then." in two
    assert Release.objects.current().name == "RVU24A" and work_rvu(client) == "1.30"
    assert Code.objects.get(pk="99213").cms_descriptor == ""


def test_the_worker_makes_it_current_on_that_day(client, two):
    task = DBTaskResult.objects.get()
    assert task.task_path == "codes.tasks.choose_current" and task.run_after.date() == FIRST_DAY
    Release.objects.filter(name=NEXT).update(effective_from=timezone.localdate())  # the day has come
    task.task.call()
    assert Release.objects.current().name == NEXT and work_rvu(client) == "1.50"
    assert Code.objects.get(pk="99213").cms_descriptor == "reworded"
    assert find("reworded").codes == ["99213"]


@pytest.mark.parametrize("step", ["load_catalogue", "import_pfs"])
def test_without_a_worker_the_next_load_does(two, tmp_path, step):
    Release.objects.filter(name=NEXT).update(effective_from=timezone.localdate())
    older = write(tmp_path / "PPRRVU22_JAN.csv", COLUMNS, pprrvu_row("99213", 1))
    call_command(*[step, older][: 1 + (step == "import_pfs")], verbosity=0)
    assert Release.objects.current().name == NEXT and Code.objects.get(pk="99213").cms_descriptor == "reworded"


def test_a_code_that_begins_with_it_says_so(client, two):
    text = " ".join(strip_tags(client.get("/99216", follow=True).content.decode()).split())
    assert f"The figures are those of {NEXT}, which begins on January 1, {NEXT_YEAR}." in text
    text = " ".join(
        strip_tags(client.get("/cpt-codes/evaluation-management/99213/", {"release": NEXT}).content.decode()).split()
    )
    assert "which is not in force yet" in text


def test_where_it_is_the_only_one_it_is_current(tmp_path):
    clear()
    run("import_pfs", write(tmp_path / f"PPRRVU{NEXT_YEAR % 100}_JAN.csv", COLUMNS, pprrvu_row("99213", 1.5)))
    assert Release.objects.current().name == NEXT


def test_nothing_is_written_on_a_day_on_which_nothing_begins(two, django_assert_max_num_queries):
    Release.objects.filter(name=NEXT).update(effective_from=timezone.localdate() + timedelta(days=1))
    with django_assert_max_num_queries(8):
        current.settle()
    assert Release.objects.current().name == "RVU24A"
