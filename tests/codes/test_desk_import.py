"""A release through the browser: upload, preview, confirm, load; what goes wrong; and back again."""

import io
import os
import socket
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import strip_tags

from codes import current, importing, loading
from codes.models import Code, ImportRun, Release, RvuRow, SearchDocument
from tests.codes.small import ANES_HEADER, GPCI_HEADER, HEADER, clear, pprrvu, pprrvu_row, run, snapshot, write
from tests.desk import member

pytestmark = pytest.mark.django_db
ADD = "/admin/codes/importrun/add/"
State = ImportRun.State


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return settings.UPLOAD_DIR


@pytest.fixture
def manager(client):
    user = member("Data manager")
    client.force_login(user)
    return user


@pytest.fixture
def small(db, tmp_path):
    """No catalogue but RVU24A with three codes, one of them published."""
    clear()
    run("import_pfs", pprrvu(tmp_path / "PPRRVU24_JAN.csv", c99211=0.18, c99212=0.70, c99213=1.30))
    Code.objects.filter(pk="99213").update(status="published", name="Visit", description="A visit.")
    return pprrvu(tmp_path / "PPRRVU24_JUL.csv", c99212=0.71, c99213=1.50, c99214=1.92)


def upload(client, path, **fields):
    with open(path, "rb") as file:
        return client.post(ADD, {"file": file, **fields}, follow=True)


def worker() -> None:
    """Does what waits, as `manage.py db_worker` does."""
    from django_tasks_db.models import DBTaskResult

    for task in DBTaskResult.objects.ready():
        task.claim("tests")
        task.task.call(*task.args_kwargs["args"], **task.args_kwargs["kwargs"])
        task.set_successful(None)


def press(client, what: str):
    return client.post(f"/admin/codes/importrun/{ImportRun.objects.first().pk}/{what}/", follow=True)


def test_upload_preview_confirm_load(client, manager, small):
    before = snapshot()
    page = upload(client, small).content.decode()
    assert "Being read: waits for a worker" in page and 'hx-trigger="every 1s"' in page
    worker()
    page = client.get(f"/admin/codes/importrun/{ImportRun.objects.get().pk}/change/").content.decode()
    assert "<b>1</b> added, <b>1</b> removed, <b>2</b> revalued, 0 unchanged" in " ".join(page.split())
    assert page.index("99213") < page.index("99212"), "the largest change first"
    assert "work 1.30 → 1.50" in page and "published text would be out of date" in " ".join(page.split())
    kept = {name: count for name, count in snapshot().items() if name != "ImportRun"}
    assert kept == {name: count for name, count in before.items() if name != "ImportRun"}
    press(client, "confirm")
    worker()
    done = ImportRun.objects.get()
    assert (done.state, done.release.name, done.result["current"]) == (State.DONE, "RVU24C", "RVU24C")
    assert snapshot()["current"] == ["RVU24C"]
    assert "The current release is RVU24C" in client.get(f"/admin/codes/importrun/{done.pk}/change/").content.decode()
    assert not importing.path_of(done).exists()


def test_the_preview_says_that_a_file_seems_to_be_cut_short(client, manager, small, cms):
    lines = (cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv").read_bytes().splitlines(keepends=True)
    path = Path(small).with_name("PPRRVU2026_Jul_nonQPP.csv")
    path.write_bytes(b"".join(lines[:40]))
    upload(client, path)
    worker()
    page = client.get(f"/admin/codes/importrun/{ImportRun.objects.get().pk}/change/").content.decode()
    assert "lacks 99607" in page and "it must be cut short. Load it only if CMS published it so." in page


def test_the_browser_loads_what_the_command_loads(client, manager, small, tmp_path):
    with transaction.atomic():
        run("import_pfs", small)
        wanted = list(RvuRow.objects.order_by("release__name", "code").values_list("release__name", "code", "work"))
        transaction.set_rollback(True)
    upload(client, small)
    worker()
    press(client, "confirm")
    worker()
    assert list(RvuRow.objects.order_by("release__name", "code").values_list("release__name", "code", "work")) == wanted


def test_an_import_writes_no_history(client, manager, small):
    upload(client, small)
    worker()
    press(client, "confirm")
    worker()
    assert not Code.history.exists()


def test_a_second_import_is_refused_while_one_is_at_work(client, manager, small):
    upload(client, small)
    page = upload(client, small).content.decode()
    assert "Another import is at work" in page and ImportRun.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRun.objects.create()
    worker()
    upload(client, small)
    first = ImportRun.objects.last()
    page = client.post(f"/admin/codes/importrun/{first.pk}/confirm/", follow=True).content.decode()
    assert "Another import is at work" in page


BAD = {
    "a wrong file": ("notes.csv", b"name,age\nAnn,30\n", "not a PPRRVU, GPCI, ANES, LOCCO or OPPSCAP file"),
    "a web page": ("RVU24C.zip", b"<!DOCTYPE html><html>", "this is a web page, not a CMS file"),
    "a broken archive": ("RVU24C.zip", b"PK\x03\x04" + bytes(500), "the archive is broken or cut short"),
}


@pytest.mark.parametrize("name, data, sentence", BAD.values(), ids=BAD)
def test_a_wrong_file_is_named_and_changes_nothing(client, manager, small, name, data, sentence):
    before = snapshot() | {"ImportRun": 1}
    client.post(ADD, {"file": SimpleUploadedFile(name, data)})
    worker()
    failed = ImportRun.objects.get()
    assert failed.state == State.FAILED and sentence in failed.error and failed.error.startswith(name)
    assert snapshot() == before
    assert "Start again" in client.get(f"/admin/codes/importrun/{failed.pk}/change/").content.decode()


def test_a_zip_bomb_is_refused_before_it_unpacks(client, manager, small):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("PPRRVU24_JUL.csv", bytes(90 * 2**20))
    client.post(ADD, {"file": SimpleUploadedFile("RVU24C.zip", packed.getvalue())})
    worker()
    assert "a member would unpack to far too much" in ImportRun.objects.get().error


class Endless(io.RawIOBase):
    """A body that tells how much of it was read."""

    def __init__(self, head: bytes):
        self.head, self.read_bytes = head, 0

    def read(self, size=-1):
        chunk, self.head = (self.head[:size], self.head[size:]) if self.head else (bytes(size), b"")
        self.read_bytes += len(chunk)
        return chunk


@pytest.mark.parametrize("address", [ADD, "/admin/codes/code/import/"])
@pytest.mark.parametrize("megabytes", [500, 5000])
def test_an_upload_of_500_mb_is_refused_and_nothing_of_it_is_kept(client, settings, tmp_path, address, megabytes):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    role = "Data manager" if address == ADD else "Editor"
    client.force_login(member(role))
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="RVU26D.zip"\r\nContent-Type: application/zip\r\n\r\n'
    body = Endless(part)
    page = client.generic(
        "POST", address, b"", **{
            "wsgi.input": body, "CONTENT_LENGTH": str(megabytes * 2**20), "CONTENT_TYPE": "multipart/form-data; boundary=x",
        },
    )  # fmt: skip
    assert "The file is larger than 100 MB" in page.content.decode()
    assert not ImportRun.objects.exists() and not list(tmp_path.rglob("*.upload*"))
    # A browser shows the sentence once all is sent; only what is beyond all measure is cut off.
    assert body.read_bytes < 2 * 2**20 if megabytes == 5000 else body.read_bytes <= 501 * 2**20


def test_uploads_go_to_disk_and_not_to_memory(rf, settings):
    request = rf.post("/", {"file": SimpleUploadedFile("a.zip", b"small")})
    assert os.path.exists(request.FILES["file"].temporary_file_path())


def test_only_data_managers_import(client, small):
    client.force_login(member("Reviewer"))
    assert client.get(ADD).status_code == 403 and client.get("/admin/codes/importrun/").status_code == 403
    with open(small, "rb") as file:
        assert client.post(ADD, {"file": file}).status_code == 403
    assert not ImportRun.objects.exists()
    release = Release.objects.get()
    assert client.post(f"/admin/codes/importrun/switch/{release.pk}/roll-back/").status_code == 403


def test_a_right_taken_away_in_the_middle_stops_the_import(client, manager, small):
    upload(client, small)
    worker()
    press(client, "confirm")
    Group.objects.get(name="Data manager").user_set.remove(manager)
    worker()
    assert "may not import any more" in ImportRun.objects.get().error and snapshot()["current"] == ["RVU24A"]


def test_a_right_taken_away_while_it_is_written_undoes_all(client, manager, small, monkeypatch):
    upload(client, small)
    worker()
    press(client, "confirm")
    before = {name: count for name, count in snapshot().items() if "Run" not in name}
    write = loading._write_rows

    def and_the_right_goes(release, rows):
        write(release, rows)
        Group.objects.get(name="Data manager").user_set.remove(manager)

    monkeypatch.setattr(loading, "_write_rows", and_the_right_goes)
    worker()
    assert ImportRun.objects.get().state == State.FAILED
    assert {name: count for name, count in snapshot().items() if "Run" not in name} == before


def test_a_killed_worker_leaves_a_run_that_can_be_started_again(client, manager, small):
    upload(client, small)
    gone = 2**22 + 1  # above Linux's largest process number
    ImportRun.objects.update(worker=f"{socket.gethostname()}:{gone}")
    page = client.get(f"/admin/codes/importrun/{ImportRun.objects.get().pk}/change/").content.decode()
    assert "its worker is gone" in page and "Start again" in page
    press(client, "again")
    worker()
    assert (ImportRun.objects.get().state, ImportRun.objects.get().attempt) == (State.PREVIEWED, 2)


def test_a_worker_that_lives_is_not_taken_for_dead(client, manager, small):
    upload(client, small)
    ImportRun.objects.update(worker=f"{socket.gethostname()}:{os.getpid()}")
    assert "has not failed" in press(client, "again").content.decode()
    assert "at work" in press(client, "cancel").content.decode()


def pass_time(**fields) -> None:
    """As if the last sign of life were some minutes old."""
    ImportRun.objects.update(moved_at=timezone.now() - timedelta(minutes=6), **fields)


def test_where_no_worker_is_running_it_says_how_to_start_one_and_can_be_dropped(client, manager, small):
    page = upload(client, small).content.decode()
    assert "waits for a worker" in page and "Give up" not in page
    pass_time()
    page = client.get(f"/admin/codes/importrun/{ImportRun.objects.get().pk}/change/").content.decode()
    assert "start it with: python manage.py db_worker" in page and "Start again" in page and "Give up" in page
    press(client, "cancel")
    worker()
    assert ImportRun.objects.get().state == State.CANCELLED
    assert "waits for a worker" in upload(client, small).content.decode(), "the next one may start"


def test_a_run_that_was_lost_on_its_way_to_the_worker_is_started_again(client, manager, small):
    """A worker killed between taking the task and saying so."""
    from django_tasks_db.models import DBTaskResult

    upload(client, small)
    DBTaskResult.objects.get().claim("killed")
    pass_time()
    press(client, "again")
    worker()
    assert ImportRun.objects.get().state == State.PREVIEWED


@pytest.mark.parametrize("state", ["reading", "loading"])
def test_another_process_with_the_number_of_the_killed_one_does_not_block_imports_for_ever(
    client, manager, small, state
):
    upload(client, small)
    if state == "loading":
        worker()
        press(client, "confirm")
    pass_time(worker=f"{socket.gethostname()}:{os.getpid()}")
    page = press(client, "cancel").content.decode()
    assert ImportRun.objects.get().state == State.CANCELLED and "at work" not in page


def test_an_attempt_that_was_taken_for_dead_writes_nothing(client, manager, small, monkeypatch):
    upload(client, small)
    worker()
    press(client, "confirm")
    write = loading._write_rows

    def and_it_is_started_again(release, rows):
        write(release, rows)
        ImportRun.objects.update(attempt=2)

    monkeypatch.setattr(loading, "_write_rows", and_it_is_started_again)
    worker()
    assert snapshot()["current"] == ["RVU24A"] and not Release.objects.filter(name="RVU24C").exists()


def test_rolling_back_is_one_action_and_survives_what_comes_after(client, manager, small, tmp_path):
    run("import_pfs", small)
    new, old = Release.objects.get(name="RVU24C"), Release.objects.get(name="RVU24A")
    assert "Roll back to RVU24A" in client.get(f"/admin/codes/release/{new.pk}/change/").content.decode()
    client.post(f"/admin/codes/importrun/switch/{new.pk}/roll-back/")
    worker()
    assert Release.objects.current() == old and new.rows.exists()
    assert set(SearchDocument.objects.values_list("code", flat=True)) == {"99211", "99212", "99213"}
    call_command("load_catalogue", verbosity=0)
    run("import_pfs", pprrvu(tmp_path / "PPRRVU23_JAN.csv", c99213=1.20))
    assert Release.objects.current() == old
    client.post(f"/admin/codes/importrun/switch/{new.pk}/take-back/")
    worker()
    assert Release.objects.current() == new


def test_importing_a_withdrawn_release_again_takes_it_back(small):
    run("import_pfs", small)
    current.withdraw(Release.objects.get(name="RVU24C"), True)
    assert "is loaded" in run("import_pfs", small)
    assert Release.objects.current().name == "RVU24C"


def test_the_last_release_can_not_be_rolled_back(client, manager, small):
    client.post(f"/admin/codes/importrun/switch/{Release.objects.get().pk}/roll-back/")
    worker()
    assert "no other release is loaded" in ImportRun.objects.get().error and snapshot()["current"] == ["RVU24A"]


def test_an_older_release_makes_no_text_out_of_date(client, manager, small, tmp_path):
    upload(client, pprrvu(tmp_path / "PPRRVU23_JAN.csv", c99213=1.20))
    worker()
    page = client.get(f"/admin/codes/importrun/{ImportRun.objects.get().pk}/change/").content.decode()
    assert "RVU23A is older than the current release, which stays current" in page and "out of date" not in page


def test_the_page_asks_until_the_work_is_done(client, manager, small):
    upload(client, small)
    status = f"/admin/codes/importrun/{ImportRun.objects.get().pk}/status/"
    ImportRun.objects.update(step="reading PPRRVU24_JUL.csv", done=40, worker=f"{socket.gethostname()}:{os.getpid()}")
    page = client.get(status)
    assert 'value="40"' in page.content.decode() and "HX-Refresh" not in page
    ImportRun.objects.update(worker="")
    worker()
    assert client.get(status)["HX-Refresh"] == "true"


PLACES = [GPCI_HEADER, "10112,AL,00,ALABAMA,1.000,0.900,0.600", "02102,AK,01,ALASKA,1.500,1.100,0.600"]
MOVED = [
    GPCI_HEADER,
    "10112,AL,00,ALABAMA,1.000,0.910,0.600",
    "02102,AK,01,ALASKA,1.500,1.300,0.600",
    "03102,AZ,00,ARIZONA,1,1,1",
]
ROWS = [HEADER, pprrvu_row("99212", 0.7), pprrvu_row("99213", 1.3)]
CORRECTIONS = {
    "indices": ("GPCI2024.csv", MOVED, ["Localities: 1 added, 2 with other figures", "0210201 AK Alaska", "PE 1.100 → 1.300", "Arizona"]),
    "a locality gone": ("GPCI2024.csv", PLACES[:2], ["Localities: 1 removed", "0210201 AK Alaska"]),
    "anesthesia": (
        "ANES2024.csv", [ANES_HEADER.replace("20.32", "20.50"), "10112,00,ALABAMA,19.31"],
        ["Anesthesia factor 20.3200 → 20.50", "1 with other figures", "anesthesia factor 19.20 → 19.31"],
    ),
    "the conversion factor": (
        "PPRRVU24_JAN.csv", [line.replace("33.0000", "34.0000") for line in ROWS],
        ["Conversion factor 33.0000 → 34.0000", "2 unchanged"],
    ),
    "an indicator": (
        "PPRRVU24_JAN.csv", [*ROWS[:2], ROWS[2].replace(",XXX,", ",010,")],
        ["1 with another indicator", "global days XXX → 010", "1 unchanged"],
    ),
}  # fmt: skip


@pytest.fixture
def with_places(db, tmp_path):
    """RVU24A with two codes, two localities and their anesthesia factors."""
    clear()
    run(
        "import_pfs", write(tmp_path / "PPRRVU24_JAN.csv", *ROWS), write(tmp_path / "GPCI2024.csv", *PLACES),
        write(tmp_path / "ANES2024.csv", ANES_HEADER, "10112,00,ALABAMA,19.20"),
    )  # fmt: skip
    return tmp_path


def preview(client, path) -> str:
    """The preview that an upload of this file comes to."""
    upload(client, path)
    worker()
    page = client.get(f"/admin/codes/importrun/{ImportRun.objects.first().pk}/change/").content.decode()
    return " ".join(strip_tags(page.replace("<", " <")).split())


@pytest.mark.parametrize("name, lines, sentences", CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_correction_of_anything_is_shown_before_it_is_loaded(client, manager, with_places, name, lines, sentences):
    path = write(with_places / name, *lines)
    for said in (preview(client, path), run("import_pfs", path, dry_run=True), run("import_pfs", path)):
        assert [sentence for sentence in sentences if sentence not in said] == [], said
        assert "Nothing changes" not in said


@pytest.mark.parametrize("name", ["PPRRVU24_JAN.csv", "GPCI2024.csv", "ANES2024.csv"])
def test_the_same_figures_again_say_so(client, manager, with_places, name):
    path = with_places / name
    path.write_text(path.read_text() + "\r\n")  # another file of the same content
    assert "Nothing changes: every figure of this file is in RVU24A already" in preview(client, path)
    assert "Nothing changes against RVU24A: every figure is there already." in run("import_pfs", path)


def test_the_largest_change_of_a_locality_stands_first(client, manager, with_places):
    said = preview(client, write(with_places / "GPCI2024.csv", *MOVED))
    assert said.index("0210201 AK Alaska PE") < said.index("1011200 AL Alabama PE 0.900 → 0.910")


def test_a_later_release_of_the_year_keeps_the_localities_and_says_whose(client, manager, with_places):
    path = write(with_places / "PPRRVU24_JUL.csv", *ROWS)
    for said in (preview(client, path), run("import_pfs", path)):
        assert "Localities: those of RVU24A (GPCI2024.csv), as it brings none" in said
    release = Release.objects.get(name="RVU24C")
    assert dict(release.localities.values_list("state", "anesthesia_factor")) == {"AL": Decimal("19.20"), "AK": None}
    assert set(release.files.values_list("name", flat=True)) == {
        "PPRRVU24_JUL.csv", "RVU24A: GPCI2024.csv", "RVU24A: ANES2024.csv",
    }  # fmt: skip
    moved = write(with_places / "GPCI2024.csv", *MOVED)
    assert "with other figures" in run("import_pfs", moved)
    assert release.files.get(kind="GPCI").name == "GPCI2024.csv"


@pytest.mark.parametrize("name", ["PPRRVU25_JAN.csv", "PPRRVU23_OCT.csv"])
def test_a_release_of_another_year_has_no_localities_yet(client, manager, with_places, name):
    path = write(with_places / name, *ROWS)
    assert "It has no localities yet" in preview(client, path) and "It has no localities yet" in run("import_pfs", path)
    assert not Release.objects.get(name="RVU2" + name[7] + ("A" if "JAN" in name else "D")).localities.exists()
    path = write(with_places / f"GPCI202{name[7]}.csv", *PLACES)
    assert "Localities: 2 added" in run("import_pfs", path, dry_run=True)


def test_a_rolled_back_release_is_compared_with_what_is_shown_now(client, manager, small):
    run("import_pfs", small)
    current.withdraw(Release.objects.get(name="RVU24C"), True)
    said = preview(client, small)
    assert "Against RVU24A: 1 added, 1 removed, 2 revalued" in said and "Nothing changes" not in said


def test_places_of_a_rolled_back_release_wait_until_it_is_used_again(with_places, small):
    run("import_pfs", small)
    current.withdraw(Release.objects.get(name="RVU24C"), True)
    with pytest.raises(CommandError, match="RVU24C was rolled back; use it again first"):
        run("import_pfs", with_places / "GPCI2024.csv", release="RVU24C")
