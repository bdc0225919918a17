from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError

from codes.cms.archive import SourceFile
from codes.cms.hcpcs import read_hcpcs
from codes.models import Code, HcpcsRecord, HcpcsRelease, Modifier
from codes.search.finder import find
from tests.codes.small import clear, hcpcs_record, run, snapshot, write

pytestmark = pytest.mark.django_db
ZIP_2019, XLSX_2020 = "hcpcs/2019-Alpha-Numeric-HCPCS-File.zip", "hcpcs/HCPC2020_OCT_ANWEB.xlsx"


@pytest.fixture
def small(db, tmp_path) -> Path:
    """No catalogue but HCPC2024_JAN with two codes and one modifier, and a folder for files."""
    clear()
    records = [
        hcpcs_record("E0601", "Continuous positive airway pressure (cpap) device", short="Cont airway pressure device"),
        hcpcs_record("K0001", "Standard wheelchair"),
        hcpcs_record("RT", "Right side", kind="7"),
    ]
    run("import_hcpcs", write(tmp_path / "HCPC2024_JAN_ANWEB.txt", *records))
    return tmp_path


def test_the_zip_as_published_then_the_xlsx_of_next_year_then_a_sample(cms):
    before = snapshot()
    assert "HCPC2019_JAN: 6,440 codes, 360 modifiers" in run("import_hcpcs", cms / ZIP_2019, dry_run=True)
    assert snapshot() == before and not Code.objects.filter(code="E0470").exists()
    assert "Difference: 6,440 added, 0 removed, 0 reworded" in run("import_hcpcs", cms / ZIP_2019)
    assert Code.objects.get(code="E0601").related.filter(code="E0470").exists(), "the starter's text names it"
    old = dict(HcpcsRecord.objects.values_list("code_id", "long_description"))
    said = run("import_hcpcs", cms / XLSX_2020)
    _counts_are_right(old, said)
    _every_field_landed(cms / XLSX_2020)
    _sample_is_refused(cms)


def _counts_are_right(old: dict, said: str) -> None:
    new = dict(HcpcsRecord.objects.filter(release__is_current=True).values_list("code_id", "long_description"))
    both = old.keys() & new.keys()
    reworded = sum(old[code] != new[code] for code in both)
    assert (len(old), len(new), reworded) == (6440, 6825, 82)
    counts = (
        f"{len(new) - len(both)} added, {len(old) - len(both)} removed, {reworded} reworded, {len(both) - reworded:,}"
    )
    assert f"Difference: {counts} unchanged" in said
    assert list(HcpcsRelease.objects.values_list("name", "is_current")) == [
        ("HCPC2020_OCT", True), ("HCPC2019_JAN", False),
    ]  # fmt: skip


def _every_field_landed(path: Path) -> None:
    entries = [entry for entry in read_hcpcs(SourceFile(path.name, path.read_bytes())) if not entry.is_modifier]
    records = {record.code_id: record for record in HcpcsRecord.objects.filter(release__is_current=True)}
    names = [field.name for field in HcpcsRecord._meta.fields if field.name not in ("id", "release", "code")]
    for entry in entries[::50]:
        for name in names:
            value = getattr(entry, name)
            assert getattr(records[entry.code], name) == (list(value) if isinstance(value, tuple) else value)
    release = HcpcsRelease.objects.get(is_current=True)
    assert (release.file_name, release.row_count) == (path.name, len(entries))
    assert release.effective_from == date(2020, 10, 1)


def _sample_is_refused(cms: Path) -> None:
    before = snapshot()
    with pytest.raises(CommandError, match="where 6,825 are loaded; the file must be cut short"):
        run("import_hcpcs", cms / "hcpcs" / "HCPC2026_JAN_ANWEB_01122026_sample.txt", accept_fewer=False)
    assert snapshot() == before


@pytest.mark.parametrize(
    "letter, code", [("b", "B4034"), ("c", "C1713"), ("e", "E0470"), ("k", "K0003"), ("l", "L0631")]
)
def test_a_letter_that_only_this_file_holds_has_its_category(small, letter, code, client):
    run("import_hcpcs", write(small / "HCPC2024_APR_ANWEB.txt", hcpcs_record(code, "Words of CMS")))
    stored = Code.objects.get(code=code)
    assert (stored.category_id, stored.code_set, stored.is_listed) == (f"{letter}-codes", "hcpcs2", True)
    assert "Words of CMS" in client.get(stored.get_absolute_url()).content.decode()


def test_search_finds_a_code_by_the_words_of_this_file(small):
    assert find("standard wheelchair").codes == ["K0001"]


def test_the_same_file_again_changes_nothing_and_says_so(small):
    before = snapshot()
    said = run("import_hcpcs", small / "HCPC2024_JAN_ANWEB.txt")
    assert said == "HCPC2024_JAN: this file is loaded already. Nothing changed.\n"
    assert snapshot() == before


def test_a_dry_run_counts_what_is_added_removed_and_reworded(small):
    before = snapshot()
    records = hcpcs_record("K0001", "Standard manual wheelchair"), hcpcs_record("B4034", "Enteral feeding kit")
    path = write(small / "HCPC2024_APR_ANWEB.txt", *records)
    assert "1 added, 1 removed, 1 reworded, 0 unchanged" in run("import_hcpcs", path, dry_run=True)
    assert snapshot() == before
    assert "1 added, 1 removed, 1 reworded, 0 unchanged" in run("import_hcpcs", path)


def test_an_older_file_does_not_become_current(small):
    run(
        "import_hcpcs",
        write(
            small / "HCPC2023_OCT_ANWEB.txt", hcpcs_record("RT", "Old words", kind="7"), hcpcs_record("K0001", "Old")
        ),
    )
    assert snapshot()["current HCPCS"] == ["HCPC2024_JAN"]
    assert Modifier.objects.get(code="RT").cms_description == "Right side"


def test_cms_wording_of_a_modifier_stands_beside_our_text(small):
    Modifier.objects.create(code="LT", name="Left side of the body", description="Our words.")
    records = hcpcs_record("K0001", "Chair"), hcpcs_record("LT", "Words of CMS", kind="7")
    run("import_hcpcs", write(small / "HCPC2024_APR_ANWEB.txt", *records))
    left = Modifier.objects.get(code="LT")
    assert (left.name, left.description, left.cms_description) == (
        "Left side of the body",
        "Our words.",
        "Words of CMS",
    )


def test_what_staff_wrote_of_a_code_stays(small):
    Code.objects.filter(code="K0001").update(name="Plain wheelchair", status="published", category="e-codes")
    run("import_hcpcs", write(small / "HCPC2024_APR_ANWEB.txt", hcpcs_record("K0001", "New words")))
    code = Code.objects.get(code="K0001")
    assert (code.name, code.status, code.category_id) == ("Plain wheelchair", "published", "e-codes")


RECORD = hcpcs_record("K0001", "Standard wheelchair")
BAD_FILES = {
    "a record cut short": ("HCPC2024_APR_ANWEB.txt", RECORD[:200].encode()),
    "a code that stands twice": ("HCPC2024_APR_ANWEB.txt", f"{RECORD}\r\n{RECORD}\r\n".encode()),
    "a line that continues nothing": ("HCPC2024_APR_ANWEB.txt", hcpcs_record("K0001", "more", kind="4").encode()),
    "a date that is none": ("HCPC2024_APR_ANWEB.txt", RECORD.replace("20240101", "20241301").encode()),
    "an error page": ("HCPC2024_APR_ANWEB.txt", b"<!DOCTYPE html>\n<html>"),
    "nothing": ("HCPC2024_APR_ANWEB.txt", b""),
    "a broken archive": ("HCPC2024_APR_ANWEB.zip", b"PK\x03\x04" + bytes(500)),
    "a workbook that is none": ("HCPC2024_APR_ANWEB.xlsx", b"HCPC,SEQNUM\n"),
    "a name that tells no release": ("wheelchairs.txt", RECORD.encode()),
}


@pytest.mark.parametrize("name, data", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused_in_one_line_that_names_it(small, name, data):
    before = snapshot()
    (small / name).write_bytes(data)
    with pytest.raises(CommandError) as refused:
        run("import_hcpcs", small / name)
    assert "\n" not in str(refused.value) and str(refused.value).startswith(name)
    assert snapshot() == before


def test_what_cannot_be_read_is_refused(small):
    with pytest.raises(CommandError, match=r"missing.txt: can't be read: No such file"):
        run("import_hcpcs", small / "missing.txt")


def test_release_names_a_file_whose_name_does_not_tell(small):
    run("import_hcpcs", write(small / "wheelchairs.txt", RECORD), release="HCPC2024_JUL")
    assert snapshot()["current HCPCS"] == ["HCPC2024_JUL"]
