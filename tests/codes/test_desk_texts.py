"""Texts of many codes out to a file and in again."""

import csv
import io
import os

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from codes import texts_file, texts_rows
from codes.models import Code, Proposal
from codes.search.finder import find
from tests.desk import member

pytestmark = pytest.mark.django_db
IMPORT, EXPORT = "/admin/codes/code/import/", "/admin/codes/code/export/"


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path


@pytest.fixture
def editor(client):
    user = member("Editor")
    client.force_login(user)
    return user


def exported(client, query: str) -> list[dict]:
    page = client.get(f"{EXPORT}?{query}")
    assert page["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))


def as_csv(rows: list[dict]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def give(client, data: bytes, name: str = "texts.csv"):
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, data)})


def apply(client, page, **fields):
    return client.post(f"{IMPORT}apply/", {"token": page.context["token"], **fields}, follow=True)


def test_what_is_exported_comes_in_again_without_a_change(client, editor):
    rows = exported(client, "text=yes&category__slug__exact=evaluation-management")
    assert len(rows) > 50 and set(rows[0]) == set(texts_file.COLUMNS)
    page = give(client, as_csv(rows))
    assert (page.context["row_count"], page.context["change_count"]) == (len(rows), 0)


def test_the_preview_shows_each_change_and_writes_nothing(client, editor):
    (row,) = exported(
        client,
        "q=99213&text=yes&status__exact=published&code_set__exact=cpt1&category__slug__exact=evaluation-management",
    )[:1]
    page = give(client, as_csv([{"code": row["code"], "name": "Another name"}]))
    html = page.content.decode()
    assert row["name"] in html and "Another name" in html and page.context["change_count"] == 1
    assert Code.objects.get(pk=row["code"]).name == row["name"] and not Proposal.objects.exists()


def test_an_editor_saves_drafts_and_proposes_changes_of_published_texts(client, editor):
    rows = [
        {"code": "27448", "name": "Thigh bone cut", "synonyms": "femur cut; wedge of the femur"},
        {"code": "99213", "name": "Another name", "synonyms": "visit three"},
    ]
    page = apply(client, give(client, as_csv(rows)))
    assert "2 texts are saved" in page.content.decode()
    draft = Code.objects.get(pk="27448")
    assert (draft.name, draft.synonyms, draft.status) == (
        "Thigh bone cut",
        ["femur cut", "wedge of the femur"],
        "draft",
    )
    assert (
        Code.objects.get(pk="99213").name != "Another name" and Proposal.objects.get().entry["name"] == "Another name"
    )
    assert draft.history.get(history_type="~").history_user == editor


def test_a_reviewer_may_publish_the_whole_file(client):
    client.force_login(member("Reviewer"))
    rows = [{"code": "27448", "name": "Thigh bone cut", "description": "The thigh bone is cut."}]
    apply(client, give(client, as_csv(rows)), publish="1")
    assert Code.objects.get(pk="27448").is_published and find("thigh bone cut").codes[0] == "27448"


def test_xlsx_works_like_csv_and_forgives_what_a_spreadsheet_does(client, editor):
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{EXPORT}?q=00100&format=xlsx").content))
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    line = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "00100")
    line[0].value = 100  # a spreadsheet drops the zeros
    line[heads.index("name")].value = "Numbing for the salivary gland"
    out = io.BytesIO()
    book.save(out)
    apply(client, give(client, out.getvalue(), "texts.xlsx"))
    waiting = Proposal.objects.filter(code="00100").first()
    assert (waiting.entry["name"] if waiting else Code.objects.get(pk="00100").name) == "Numbing for the salivary gland"


def test_one_bad_row_is_named_by_line_and_column_and_none_of_the_file_is_applied(client, editor):
    rows = [
        {"code": "27448", "name": "Good", "specialties": ""},
        {"code": "99999", "name": "No such code", "specialties": ""},
        {"code": "27447", "name": "It pays $92", "specialties": "witchcraft"},
        {"code": "27448", "name": "Twice", "specialties": ""},
    ]
    page = give(client, as_csv(rows))
    assert page.context["errors"] == [
        "line 3, column code: 99999 is no code of the catalogue.",
        "line 4, column name: A figure is typed by hand ($92). Figures change with each release: leave it out, the page shows it.",
        "line 4, column specialties: No specialty is called witchcraft.",
        "line 5, column code: 27448 stands in the file twice.",
    ]
    assert "token" not in page.context and Code.objects.get(pk="27448").name == ""


def test_a_text_that_changed_since_the_preview_stops_the_file(client, editor):
    page = give(client, as_csv([{"code": "27448", "name": "From the file"}]))
    Code.objects.filter(pk="27448").update(name="Written meanwhile")
    assert "Someone changed one of these texts" in apply(client, page).content.decode()
    assert Code.objects.get(pk="27448").name == "Written meanwhile"


@pytest.mark.parametrize("column", [c for c in texts_file.COLUMNS if c not in ("code", "specialties", "related")])
def test_html_is_refused_in_every_column(client, editor, column):
    page = give(client, as_csv([{"code": "27448", column: "<img src=x onerror=alert(1)>"}]))
    assert f"line 2, column {column}: HTML is not allowed here" in page.context["errors"][0]


def test_an_error_is_named_by_the_real_line_of_a_file_with_cells_of_several_lines(client, editor):
    data = b'code,name,description\r\n27448,Good,"One.\r\nTwo.\r\nThree."\r\n\r\n27447,It pays $92,x\r\n'
    (error,) = give(client, data).context["errors"]
    assert error.startswith("line 6, column name: ")


def as_xlsx(*rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_sheet_names_the_row_and_takes_codes_as_numbers(client, editor):
    data = as_xlsx(["code", "name", None], [27448, "Good"], [], [1e5, "x"], [100.0, "It pays $92"])
    assert [error[:40] for error in give(client, data, "texts.xlsx").context["errors"]] == [
        "row 4, column code: 100000 is no code of", "row 5, column name: A figure is typed by",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "code, said", [("1.0E+05", "1.0E+05 is no code"), ("", "The code is missing"), ("99\0", "99\0 is no code"), ("٢٧٤٤٨", "٢٧٤٤٨ is no code")]
)  # fmt: skip
def test_what_is_no_code_is_said(client, editor, code, said):
    (error,) = give(client, as_csv([{"code": code, "name": "A cut"}])).context["errors"]
    assert error.startswith(f"line 2, column code: {said}")


def test_two_rows_may_not_take_one_name_and_may_exchange_theirs(client, editor):
    rows = [{"code": "27448", "name": "A cut"}, {"code": "27450", "name": "a  CUT"}]
    assert [error[:40] for error in give(client, as_csv(rows)).context["errors"]] == [
        "line 2, column name: This is the name of", "line 3, column name: This is the name of",
    ]  # fmt: skip
    first, second = (Code.objects.get(pk=key).name for key in ("99213", "99214"))
    page = give(client, as_csv([{"code": "99213", "name": second}, {"code": "99214", "name": first}]))
    assert page.context["change_count"] == 2


def test_a_row_that_changes_nothing_is_not_checked(client, editor):
    Code.objects.filter(pk="27448").update(name="It pays $92")
    page = give(client, as_csv([{"code": "27448", "name": "It pays $92"}, {"code": "27450", "name": "A cut"}]))
    assert page.context["change_count"] == 1


def test_a_name_longer_than_the_form_takes_and_a_character_that_cant_be_kept_are_refused(client, editor):
    errors = give(client, as_csv([{"code": "27448", "name": "x" * 121, "billing": "a\x00b"}])).context["errors"]
    assert "column billing: A character can't be kept (U+0000" in errors[0] and "longer than 120" in errors[1]


def test_a_code_without_its_zeros_is_watched_too(client, editor):
    page = give(client, as_csv([{"code": "100", "name": "From the file"}]))
    Code.objects.filter(pk="00100").update(name="Written meanwhile")
    assert "Someone changed one of these texts" in apply(client, page).content.decode()


def test_who_publishes_no_longer_is_told_and_nothing_is_applied(client):
    user = member("Reviewer")
    client.force_login(user)
    page = give(client, as_csv([{"code": "27448", "name": "Thigh bone cut"}]))
    user.groups.set([Group.objects.get(name="Editor")])
    assert "Only a reviewer publishes" in apply(client, page, publish="1").content.decode()
    assert Code.objects.get(pk="27448").name == ""
    assert "1 text is saved" in apply(client, page).content.decode()


def test_the_uploaded_file_goes_with_the_transaction(client, editor, tmp_path, django_capture_on_commit_callbacks):
    page = give(client, as_csv([{"code": "27448", "name": "Thigh bone cut"}]))
    with django_capture_on_commit_callbacks(execute=True):
        apply(client, page)
        assert len(list(tmp_path.glob("texts-*"))) == 1
    assert not list(tmp_path.glob("texts-*"))


def test_a_file_with_semicolons_between_its_cells_is_read(client, editor):
    page = give(client, 'code;name;synonyms\n27448;Thigh bone cut;"femur cut; wedge"\n'.encode("cp1252"))
    assert page.context["change_count"] == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_formulas_in_every_text_leave_as_text_and_come_back_unchanged(client, editor, kind):
    text = "=1+1"
    Code.objects.filter(pk="27448").update(
        name=text,
        description="-a\n=b",
        plain_language="@c",
        clinical_context="+d",
        billing="'=e",
        synonyms=["=f", "-g"],
    )
    data = client.get(f"{EXPORT}?q=27448&format={kind}").content
    if kind == "xlsx":
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"] and "'=1+1" in [cell.value for cell in cells]
    page = give(client, data, f"texts.{kind}")
    assert page.context["change_count"] == 0 and page.context["row_count"] > 0


WRONG = {
    "a column twice": ("texts.csv", b"code,name,Name\n27448,a,b\n", "column name: two columns have this name"),
    "a cell too many": ("texts.csv", b"code,name\n27448,a,b\n", "line 2: a cell stands in no column"),
    "too many rows": ("texts.csv", b"code,name\n" + b"27448,a\n" * 50_001, "more than 50,000 rows"),
    "no table": ("texts.pdf", b"%PDF-1.4", "give a .csv or .xlsx file"),
    "no code": ("texts.csv", b"name\nx\n", "line 1: the first line names no column 'code'"),
    "a strange column": ("texts.csv", b"code,price\n27448,1\n", "line 1, column price: unknown column"),
    "a web page": ("texts.csv", b"<!doctype html><html>", "this is a web page"),
    "no spreadsheet": ("texts.xlsx", b"PK\x03\x04" + bytes(99), "the archive is broken or cut short"),
    "nothing": ("texts.csv", b" ", "names no column"),
}


@pytest.mark.parametrize("name, data, sentence", WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_in_a_sentence(client, editor, name, data, sentence):
    page = give(client, data, name)
    assert sentence in page.context["form"].errors["file"][0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "'=1"])
def test_a_formula_leaves_as_text_and_comes_back_as_typed(client, editor, text):
    Code.objects.filter(pk="27448").update(name=text)
    (row,) = [row for row in exported(client, "q=27448") if row["code"] == "27448"]
    assert row["name"] == "'" + text
    assert give(client, as_csv([row])).context["change_count"] == 0


@given(st.text(alphabet="=+-@'ab \t").map(str.strip))
def test_what_is_made_neutral_can_be_told_from_what_was_typed(text):
    cell = texts_rows.neutral(text)
    assert not cell.startswith(texts_rows.FORMULA) and texts_rows.typed(cell) == text


def test_a_file_that_nobody_came_back_for_is_deleted(client, editor, tmp_path):
    old = tmp_path / "texts-old.csv"
    old.write_text("code\n")
    os.utime(old, (0, 0))
    give(client, as_csv([{"code": "27448", "name": "Thigh bone cut"}]))
    assert not old.exists() and len(list(tmp_path.glob("texts-*"))) == 1


def test_who_may_not_edit_gets_neither(client):
    client.force_login(member("Data manager"))
    assert client.get(EXPORT).status_code == client.get(IMPORT).status_code == 403


def test_a_forged_token_applies_nothing(client, editor):
    page = client.post(f"{IMPORT}apply/", {"token": "../../etc/passwd"}, follow=True)
    assert "That preview is gone" in page.content.decode()
