"""Our own texts under codes/content, and that no wording of the AMA or the ADA is in the repository."""

import csv
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from codes import sections
from codes.catalogue import CONTENT, texts
from codes.cms.archive import SourceFile
from codes.cms.hcpcs import read_hcpcs
from codes.cms.localities import read_gpci
from codes.cms.pprrvu import PprrvuRow, read_pprrvu
from codes.search.words import spell_out

ROOT = CONTENT.parent.parent
PROSE = ("name", "description", "plain_language", "clinical_context", "billing")
FIELDS = {*PROSE, "synonyms", "specialties", "related", "faq"}
NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__", ".hypothesis", ".ruff_cache", ".pytest_cache"}


def toml(name: str) -> dict:
    return tomllib.loads((CONTENT / name).read_text())


def read(reader, path: Path) -> list:
    return reader(SourceFile(path.name, path.read_bytes()))


@cache
def rows_of_26c(cms: Path) -> list[PprrvuRow]:
    return read(read_pprrvu, cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv")


@cache
def known_codes(cms: Path) -> set[str]:
    """Every code of the 26C file and of the HCPCS Level II lists of 2020 and 2024."""
    with (cms / "hcpcs" / "hcpcs_lvl2_2024_jul_descriptions.csv").open(newline="", errors="replace") as lines:
        of_2024 = {row[0] for row in csv.reader(lines)}
    of_2020 = {entry.code for entry in read(read_hcpcs, cms / "hcpcs" / "HCPC2020_OCT_ANWEB.xlsx")}
    return of_2020 | of_2024 | {row.code for row in rows_of_26c(cms)}


def is_not_ours(code: str) -> bool:
    """Whether CMS's wording of this code belongs to the AMA (CPT) or the ADA (D codes)."""
    return not sections.code_set_of(code).startswith("hcpcs")


def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", text.lower()))


def runs(of: tuple[str, ...], length: int) -> set[tuple[str, ...]]:
    """Every run of so many words."""
    return {of[i : i + length] for i in range(len(of) - length + 1)}


def everything_said(entry: dict) -> list[str]:
    faq = [text for item in entry["faq"] for text in item.values()]
    return [*(entry[name] for name in PROSE), *entry["synonyms"], *faq]


def offenders(rule) -> dict[str, object]:
    return {code: found for code, entry in texts().items() if (found := rule(code, entry))}


def test_every_code_has_every_text():
    def lacks(code, entry):
        faq = all(set(item) == {"question", "answer"} and item["question"].endswith("?") for item in entry["faq"])
        return entry.keys() ^ FIELDS or [name for name in FIELDS if not entry[name]] or (not faq and "faq")

    assert not offenders(lacks)


def test_specialties_and_related_codes_are_ones_we_know(cms):
    specialties, codes = set(toml("specialties.toml")), known_codes(cms)
    assert not offenders(lambda code, entry: set(entry["specialties"]) - specialties)
    assert not offenders(lambda code, entry: set(entry["related"]) - codes or code in entry["related"])


def test_every_code_stands_in_the_file_of_its_category():
    starts = {"surgery": "surgery-"} | {slug: f"{slug}.toml" for slug in toml("categories.toml") if slug != "surgery"}
    for path in (CONTENT / "codes").glob("*.toml"):
        for code in tomllib.loads(path.read_text()):
            assert path.name.startswith(starts[sections.category_of(code)]), code


def test_every_described_code_exists(cms):
    assert not texts().keys() - known_codes(cms)


def test_no_figure_is_typed_into_a_text():
    figure = re.compile(r"\$|%|\bw?RVUs?\W{0,3}\d|\d\s*(work )?w?RVU", re.IGNORECASE)
    assert not offenders(lambda code, entry: [text for text in everything_said(entry) if figure.search(text)])


@pytest.mark.parametrize("text, is_figure", [("pays $92", True), ("about 20% more", True), ("work RVU 1.30", True), ("1.3 wRVUs", True), ("99213 has an RVU", False)])  # fmt: skip
def test_the_rule_above_knows_a_figure(text, is_figure, monkeypatch):
    monkeypatch.setitem(texts()["99213"], "billing", text)
    try:
        test_no_figure_is_typed_into_a_text()
    except AssertionError:
        assert is_figure
    else:
        assert not is_figure


def test_no_code_is_called_by_the_name_of_another_code_set():
    def misnamed(code, entry):
        said = " ".join(everything_said(entry))
        return (not code[0].isdigit() and "CPT" in said) or re.findall(r"\bCPT (?:code )?[A-V]\d{4}\b", said)

    assert not offenders(misnamed)


def test_synonyms_are_unique_and_none_is_the_name():
    def repeated(code, entry):
        counts = Counter(words(text) for text in [entry["name"], *entry["synonyms"]])
        return [phrase for phrase, count in counts.items() if count > 1]

    assert not offenders(repeated)


def test_no_text_is_or_quotes_the_cms_descriptor_of_its_code(cms):
    descriptors = {row.code: row.descriptor for row in rows_of_26c(cms) if is_not_ours(row.code) and not row.modifier}

    def quotes(code, entry):
        descriptor = descriptors.get(code, "")
        exact = {words(descriptor), words(spell_out(descriptor))} - {()}
        names = {words(text) for text in [entry["name"], entry["description"], *entry["synonyms"]]}
        quoted = runs(words(descriptor), 4)
        return names & exact or [text for text in everything_said(entry) if runs(words(text), 4) & quoted]

    assert not offenders(quotes)


def test_no_nickname_is_the_cms_descriptor_of_its_code(cms):
    def bare(text):
        joined = " ".join(word for word in words(text) if word not in ("of", "for", "and"))
        return re.sub(r"ies\b", "y", joined).replace("s ", " ").rstrip("s")

    descriptors = {row.code: row.descriptor for row in rows_of_26c(cms) if is_not_ours(row.code) and not row.modifier}
    equal = [
        (code, name)
        for code, names in toml("search/nicknames.toml").items()
        for name in names
        if bare(name) in {bare(text) for text in (descriptors.get(code, ""), spell_out(descriptors.get(code, "")))}
    ]
    assert not equal


def text_files() -> list[Path]:
    found = (path for path in ROOT.rglob("*") if path.is_file() and not NOT_OURS & set(path.relative_to(ROOT).parts))
    return [path for path in found if b"\0" not in path.read_bytes()[:8000]]


def test_no_descriptor_of_four_words_stands_anywhere_in_the_repository(cms):
    descriptors = {words(row.descriptor) for row in rows_of_26c(cms) if is_not_ours(row.code)}
    by_length = {n: {d for d in descriptors if len(d) == n} for n in range(4, max(map(len, descriptors)) + 1)}
    found = [
        (path.name, phrase)
        for path in text_files()
        for phrase in re.split(r'["|\n]', path.read_text(errors="replace"))
        if len(spoken := words(phrase)) >= 4
        for length, known in by_length.items()
        if runs(spoken, length) & known
    ]
    assert len(descriptors) > 10_000 and not found


def test_the_search_above_reads_the_content_and_the_tests():
    names = {path.name for path in text_files()}
    assert {"radiology.toml", "nicknames.toml", "pprrvu_rvu26c.csv", "test_content.py", "manage.py"} <= names


@pytest.mark.parametrize("name", ["abbreviations", "thesaurus", "nicknames"])
def test_search_words_are_lower_case_ascii(name):
    text = (CONTENT / "search" / f"{name}.toml").read_text()
    said = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    if name == "nicknames":
        said = re.sub(r"(?m)^\w{5} =", "", said)
    assert said.isascii() and said == said.lower()


def test_nicknames_belong_to_codes_that_exist(cms):
    nicknames = toml("search/nicknames.toml")
    assert not nicknames.keys() - known_codes(cms)
    assert not [code for code, names in nicknames.items() if not names or len(set(names)) < len(names)]


def test_bundled_figures_are_the_rows_of_cms_without_its_wording(cms):
    whole = {(row.code, row.modifier): row for row in rows_of_26c(cms)}
    bundled = read(read_pprrvu, CONTENT / "figures" / "pprrvu_rvu26c.csv")
    names = [name for name in PprrvuRow.__slots__ if name not in ("line", "descriptor", "extra")]
    for row in bundled:
        assert row.descriptor == "" and not row.extra
        assert all(getattr(row, name) == getattr(whole[row.code, row.modifier], name) for name in names), row


def test_bundled_figures_are_there_for_every_described_code_and_part(cms):
    bundled = {(row.code, row.modifier) for row in read(read_pprrvu, CONTENT / "figures" / "pprrvu_rvu26c.csv")}
    assert bundled == {(row.code, row.modifier) for row in rows_of_26c(cms) if row.code in texts()}


def test_bundled_localities_are_those_of_cms(cms):
    ours, theirs = (
        read(read_gpci, CONTENT / "figures" / "gpci_2026.csv"),
        read(read_gpci, cms / "rvu26c" / "GPCI2026.csv"),
    )
    assert ours == theirs


def test_the_source_of_the_bundled_figures_names_the_file_of_cms(cms):
    for said in toml("figures/source.toml")["files"].values():
        name, start = re.fullmatch(r"(\S+), sha256 starting (\w{16})", said).groups()
        path = cms / "rvu26c" / name
        assert SourceFile(name, path.read_bytes()).sha256.startswith(start)
