"""Benchmarks, case minimums and modifiers: from their files into the database, and what staff write stays."""

import csv
import tomllib

import pytest
from django.core.management import CommandError

from codes import modifiers
from codes.facts import CONTENT, load_facts
from codes.models import Benchmark, CaseMinimum, CatalogueState, Modifier
from tests.codes.small import run

FILES = {Benchmark: "benchmarks.csv", CaseMinimum: "acgme_minimums.csv"}


def lines(name):
    with (CONTENT / "facts" / name).open(newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.django_db
@pytest.mark.parametrize("model", FILES)
def test_every_line_of_the_file_is_loaded(model):
    assert model.objects.count() == len(lines(FILES[model])) > 40


@pytest.mark.django_db
def test_a_second_time_nothing_is_written():
    before = CatalogueState.current_revision()
    assert load_facts() == 0
    assert "modifiers: 0 written" in run("load_catalogue") and CatalogueState.current_revision() == before


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"value": 1}, {"note": "ours"}, {"is_shown": False}])
def test_what_staff_edited_or_hid_stays(change):
    row = Benchmark.objects.first()
    Benchmark.objects.filter(pk=row.pk).update(**change)
    load_facts()
    assert Benchmark.objects.filter(pk=row.pk, **change).exists()


@pytest.mark.django_db
def test_a_row_that_nobody_edited_follows_its_file(monkeypatch):
    from codes import facts

    def read(model, name):
        entries = original(model, name)
        return [{**entry, "note": "New in the file."} for entry in entries] if model is CaseMinimum else entries

    original = facts._read
    monkeypatch.setattr(facts, "_read", read)
    CaseMinimum.objects.filter(specialty="Urology").update(note="Staff wrote this.")
    load_facts()
    notes = dict(CaseMinimum.objects.values_list("specialty", "note"))
    assert notes["Urology"] == "Staff wrote this." and notes["General surgery"] == "New in the file."


@pytest.mark.django_db
def test_a_modifier_that_came_with_a_cms_file_first_is_given_its_texts():
    Modifier.objects.filter(code="XE").delete()
    Modifier.objects.create(code="XE", cms_description="As CMS words it")
    assert load_facts() == 1
    modifier = Modifier.objects.get(code="XE")
    assert modifier.name == "Separate encounter" and modifier.cms_description == "As CMS words it"


def test_shares_in_the_texts_are_those_of_the_calculator():
    texts = tomllib.loads((CONTENT / "modifiers.toml").read_text())
    shares = {"62": modifiers.CO_SURGEON, "80": modifiers.ASSISTANT, "81": modifiers.ASSISTANT, "82": modifiers.ASSISTANT, "AS": modifiers.ASSISTANT_NO_PHYSICIAN, "CQ": modifiers.THERAPY_ASSISTANT, "CO": modifiers.THERAPY_ASSISTANT}  # fmt: skip
    for code, share in shares.items():
        assert texts[code]["payment"].startswith(f"{(share * 100).normalize():f} percent"), code
    assert f"{modifiers.BOTH_SIDES * 100:.0f} percent" in texts["50"]["payment"]
    for code, (share, _) in modifiers.EQUIPMENT.items():
        assert texts[code]["payment"].startswith(f"The technical part at {share * 100:.0f} percent"), code
    assert all(texts[code]["payment"].startswith("Medicare pays nothing") for code in modifiers.DENIED)


def test_every_modifier_has_its_group_and_both_effects():
    groups = set(Modifier.Group.values)
    for code, entry in tomllib.loads((CONTENT / "modifiers.toml").read_text()).items():
        assert entry["group"] in groups and entry["payment"] and entry["credit"], code


def test_the_texts_hold_the_modifiers_the_calculator_knows_and_no_other():
    assert set(tomllib.loads((CONTENT / "modifiers.toml").read_text())) == modifiers.KNOWN


def test_every_modifier_is_handled_in_one_way():
    kinds = [set(modifiers.KINDS), modifiers.NO_EFFECT, set(modifiers.NOT_WORKED_OUT)]
    assert sum(map(len, kinds)) == len(modifiers.KNOWN)
    assert set(modifiers.KINDS.values()) == set(modifiers.RULES)
    assert modifiers.handling("ZZ") is modifiers.Handling.UNKNOWN


@pytest.mark.parametrize("name", FILES.values())
def test_every_figure_names_a_source_that_can_be_looked_up(name):
    for row in lines(name):
        assert row["source"].startswith("https://") or "forum" in row["source"], row
        assert "forum" not in row["source"] or row["confidence"] == "approximate"
        assert not row["note"] or row["note"].endswith(".")


HEADER = ",".join(Benchmark.COLUMNS)
GOOD = "Urology,all,annual_wrvu,p75,9000.5,wRVU,Our survey,2026,2025,Licensed table,official,"


def csv_file(tmp_path, *rows):
    path = tmp_path / "benchmarks.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


@pytest.mark.django_db
def test_who_holds_a_licence_loads_figures_of_their_own(tmp_path):
    before = CatalogueState.current_revision()
    assert "1 new, 0 replaced" in run("import_benchmarks", csv_file(tmp_path, GOOD))
    assert "0 new, 1 replaced" in run("import_benchmarks", csv_file(tmp_path, GOOD.replace("9000.5", "9100")))
    load_facts()
    assert Benchmark.objects.get(survey="Our survey").value == 9100
    assert CatalogueState.current_revision() > before


@pytest.mark.django_db
@pytest.mark.parametrize("row, said", [
    (GOOD.replace("9000.5", "many"), "Line 3: value: “many” value must be a decimal number"), (GOOD.replace("p75", "p76"), "Line 3: percentile: Value 'p76' is not a valid choice"),
    (GOOD.replace("Urology", ""), "Line 3: specialty: This field cannot be blank"), (GOOD.replace("2026", "next"), "Line 3: survey_year"), (GOOD, "Line 3: the same figure stands in line 2"),
    ("Urology,all", "Line 3"),
])  # fmt: skip
def test_a_wrong_line_is_named_and_nothing_is_loaded(tmp_path, row, said):
    with pytest.raises(CommandError) as error:
        run("import_benchmarks", csv_file(tmp_path, GOOD, row))
    assert said in str(error.value)
    assert not Benchmark.objects.filter(survey="Our survey").exists()


@pytest.mark.django_db
def test_a_file_without_the_columns_or_without_text_is_refused(tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text("specialty,value\nUrology,1\n")
    with pytest.raises(CommandError, match="The header lacks setting, metric"):
        run("import_benchmarks", path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="not text in UTF-8"):
        run("import_benchmarks", path)
    with pytest.raises(CommandError, match="can't be read"):
        run("import_benchmarks", tmp_path / "missing.csv")


@pytest.mark.django_db
def test_staff_see_and_hide_a_figure_in_the_admin(client, django_user_model):
    staff = django_user_model.objects.create_superuser("staff@example.org", "a long pass phrase")
    client.force_login(staff)
    for name in ("benchmark", "caseminimum"):
        assert client.get(f"/admin/codes/{name}/").status_code == 200
    row = Benchmark.objects.first()
    html = client.get(f"/admin/codes/benchmark/{row.pk}/change/").content.decode()
    assert 'name="value"' in html and 'name="specialty"' not in html and "deletelink" not in html
