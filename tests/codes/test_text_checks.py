"""The checks of a text, and that none of our own texts fails them."""

import pytest

from codes import text_checks
from codes.catalogue import texts
from codes.cms.archive import SourceFile
from codes.cms.bundle import read_bundle
from codes.search.words import spell_out
from codes.text_checks import Known, advice, grade, problems

WORDING = "arthroscopy of the left knee with repair"  # made up here
KNOWN = Known("29880", descriptor=WORDING, names={"knee scope": "29870"}, codes=frozenset({"29870"}))


@pytest.mark.parametrize(
    "text", [WORDING.title(), f"This is {WORDING}, they say.", WORDING.replace("repair", "repairs")]
)
def test_official_wording_is_known_again(text):
    assert "official descriptor" in problems({"description": text}, KNOWN)["description"][0]


@pytest.mark.parametrize(
    "text", ["A camera looks into the knee and the surgeon mends the cartilage.", "Knee repair", ""]
)
def test_own_words_are_let_through(text):
    assert problems({"description": text}, KNOWN) == {}


@pytest.mark.parametrize("text, is_figure", [("pays $92", True), ("about 20 % more", True), ("work RVU 1.30", True), ("1.3 wRVUs", True),
                                             ("99213 has an RVU", False), ("at least 30 minutes", False)])  # fmt: skip
def test_a_figure_typed_by_hand(text, is_figure):
    assert bool(text_checks.figure(text)) is is_figure


@pytest.mark.parametrize("text, is_html", [("<b>x</b>", True), ("a < b and c > d", False), ("<br/>", True), ("&amp;", True), ("R&D; more", False),
                                           ("<!-- x -->", True), ("pH <7", False)])  # fmt: skip
def test_html_is_told_from_signs(text, is_html):
    assert bool(text_checks.html(text)) is is_html


@pytest.mark.parametrize("text", ["/cpt-codes/surgery/29870/", "See /29870."])
def test_a_link_leads_somewhere(text):
    assert problems({"billing": text}, KNOWN) == {}
    assert "which does not exist" in problems({"billing": text.replace("29870", "29871")}, KNOWN)["billing"][0]


def test_synonyms():
    said = problems({"name": "Meniscus", "synonyms": ["Meniscus", "knee scope", "tear", "Tear!", "?"]}, KNOWN)[
        "synonyms"
    ]
    assert [sentence.split(".")[0] for sentence in said] == [
        "“Meniscus” stands there twice (it is the name)", "“knee scope” is the name of 29870",
        "“Tear!” stands there twice", "A synonym is empty",
    ]  # fmt: skip


def test_the_grade_is_that_of_flesch_and_kincaid():
    # 0.39 * 6 / 1 + 11.8 * 7 / 6 - 15.59
    assert grade("The doctor looks at your knee.") == pytest.approx(0.52, abs=0.01)
    assert grade("") == 0 and grade("Go. Sit. Eat.") < 0


def test_advice_names_hard_texts_and_codes_that_are_not_loaded():
    hard = "Postoperative rehabilitation necessitates multidisciplinary interprofessional collaboration."
    said = advice({"plain_language": hard, "billing": "Not with 29871 or 29870."}, KNOWN)
    assert "reads like grade" in said[0] and "29871" in said[1] and "29870" not in said[1]


def test_no_text_of_the_starter_is_refused(cms):
    path = cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
    rows = read_bundle([SourceFile(path.name, path.read_bytes())]).rows
    wordings = {row.code: spell_out(row.descriptor) for row in rows if not row.modifier}
    names = {entry["name"].lower(): code for code, entry in texts().items()}
    refused = {}
    for code, entry in texts().items():
        values = entry | {"faq": [(item["question"], item["answer"]) for item in entry["faq"]]}
        wording = "" if code[0].isalpha() and code[0] != "D" else wordings.get(code, "")
        if said := problems(values, Known(code, wording, names, frozenset(wordings) | texts().keys())):
            refused[code] = said
    assert not refused
