"""The checks of a text, and that none of our own texts fails them."""

import pytest

from codes import text_checks
from codes.catalogue import texts
from codes.cms.archive import SourceFile
from codes.cms.bundle import read_bundle
from codes.known import known
from codes.models import Code
from codes.readability import grade, sentences, syllables
from codes.search.words import nicknames
from codes.text_checks import Known, advice, key, problems
from codes.wording import HELD, Official, Wordings, words
from tests.codes.test_content import is_not_ours

PRINTED, OTHERS = "Toe bx w/o dye lmtd xm", "Ear bx w/dye 1st xm"  # made up here, in CMS's manner
OFFICIAL = Official(
    "29880", PRINTED, Wordings.of([("29880", PRINTED), ("29881", OTHERS), ("29882", "Nose bx limited")])
)
KNOWN = Known(
    "29880", OFFICIAL, names={"knee scope": {"29870"}}, synonyms={"knee look": {"29870"}}, codes=frozenset({"29870"})
)
FIELDS = [*text_checks.PROSE, "synonyms", "faq"]


def in_field(field: str, text: str) -> dict:
    return {field: {"synonyms": [text], "faq": [("What is it?", text)]}.get(field, text)}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("printed, code", [(PRINTED, "29880"), (OTHERS, "29881")])
def test_a_descriptor_as_cms_prints_it_is_known_again_in_every_field(field, printed, code):
    (said,) = problems(in_field(field, printed), KNOWN)[field]
    assert f"official descriptor of {code} (“" in said


@pytest.mark.parametrize(
    "text",
    [
        PRINTED.upper(), "toe biopsy without dye limited examination", "The Toe Biopsy — without dye; LIMITED examination!",
        "It reports: toe bx\nw/o dye,\nlmtd xm. Keep a note.", "A toe biopsy w/o dye, lmtd examination, and more than that.",
        "Toe biopsies without dye limited examination", "We do the ear bx w/dye (1st examination) later.", "ear biopsy with contrast first examination",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["description", "faq"])
def test_it_is_known_again_in_capitals_spelled_out_half_spelled_and_inside_a_sentence(field, text):
    assert "official descriptor" in problems(in_field(field, text), KNOWN)[field][0]


@pytest.mark.parametrize(
    "text", ["A needle takes a bit of the toe.", "Toe biopsy", "Limited examination of the toe", "Toe biopsy without dye", "Nose bx limited", ""]
)  # fmt: skip
def test_own_words_and_two_or_three_in_common_are_let_through(text):
    for field in FIELDS[:-2]:
        assert problems({field: text}, KNOWN) == {}
    assert problems({"synonyms": ["toe biopsy no dye"], "name": "Toe biopsy"}, KNOWN) == {}


def test_a_code_whose_wording_is_free_may_say_it():
    assert problems({"description": "Powered wheelchair heavy duty"}, Known("K0001", Official("K0001"))) == {}


FIGURES = [
    "pays $92", "$37.15", "It costs 37 dollars.", "about 20 % more", "Medicare pays 80 percent.", "reduced by 50%",
    "work RVU 1.30", "1.3 wRVUs", "1.92 work RVUs", "0.97 wRVU", "a work RVU of 1.92", "an RVU of about 2", "RVUs: 3", "3 RVUs",
    "RVU (1.3)", "RVU = 1.3", "a 1.5-RVU visit", "two work RVUs", "one point nine two work RVUs", "half an RVU", "twenty-one RVUs",
    "a relative value of 2.1", "a conversion factor of 33", "The conversion factor is $33.40.", "an anesthesia factor of 20.32",
    "It is worth 0.97.", "a work of 0.97", "the payment is 37.15", "a GPCI of 1.03",
]  # fmt: skip
NO_FIGURES = [
    "99213 has an RVU", "The RVU of 99213", "99213 work RVU", "The RVUs of 2026", "in July 2024", "at least 30 minutes", "age 65",
    "lesions of 10 cm", "work on a 2.5 cm lesion", "a total of 2.5 cm", "a dose of 0.5 mg", "paid per 0.1 mg", "modifier 50",
    "paid 1.5 hours of it", "two codes have RVUs", "one RVU file", "no RVUs", "three wounds", "1.5 Tesla", "lidocaine 1%",
    "Bill it for burns of 10% of the body.", 'It has {% rvu "99213" "work" year=2026 %} work RVUs.', "pays {% payment '99213' %}",
]  # fmt: skip


@pytest.mark.parametrize("text", FIGURES)
def test_a_figure_typed_by_hand(text):
    for field in FIELDS:
        (said,) = problems(in_field(field, text), KNOWN)[field]
        assert said.startswith("A figure is typed by hand (")


@pytest.mark.parametrize("text", NO_FIGURES)
def test_dates_ages_sizes_times_counts_and_codes_are_no_figures(text):
    assert text_checks.figure(text, "29880") == ""


@pytest.mark.parametrize("text, tag", [
    ("It pays $37.15.", 'It pays {% payment "29880" %}.'), ("an RVU of 1.92", '{% rvu "29880" "work" %}'),
    ("a conversion factor of 33", "{% conversion_factor %}"),
])  # fmt: skip
def test_the_message_names_the_figure_and_the_tag_to_write(text, tag):
    said = text_checks.figure(text, "29880")
    assert tag.removeprefix("It pays ").removesuffix(".") in said and text.split()[-1].strip(".") in said


def test_a_tag_that_cant_be_shown_is_named_with_its_line():
    wrong = '{% rvu "29999" "work" %}'
    known = Known("29880", tags={wrong: "29999 is not in RVU26C"})
    said = problems(
        {"billing": f"One.\nTwo {wrong}.", "description": "{% rvu", "name": 'It has {% rvu "99213" "work" %}'}, known
    )
    assert said == {
        "billing": [f"Line 2: {wrong}: 29999 is not in RVU26C."],
        "description": ["Line 1: the tag is not closed by %} on its line."],
        "name": ['{% rvu "99213" "work" %}: no figure stands in a name.'],
    }


@pytest.mark.parametrize("text, is_html", [("<b>x</b>", True), ("a < b and c > d", False), ("<br/>", True), ("&amp;", True), ("R&D; more", False),
                                           ("<!-- x -->", True), ("pH <7", False)])  # fmt: skip
def test_html_is_told_from_signs(text, is_html):
    assert bool(text_checks.html(text)) is is_html


@pytest.mark.parametrize(
    "text", ["/cpt-codes/surgery/29870/", "See /29870.", "https://example.org/cpt-codes/surgery/29870", "[[29870]]"]
)
def test_a_link_leads_somewhere(text):
    assert problems({"billing": text}, KNOWN) == {}
    assert "which does not exist" in problems({"billing": text.replace("29870", "29871")}, KNOWN)["billing"][0]


def test_an_address_of_ours_leads_somewhere():
    values = {
        "billing": "All: /cpt-codes/all/ and https://example.org/cpt-codes/surgery/nothing/ and /cpt-codes/surgery/29870/"
    }
    assert text_checks.addresses(values) == {"/cpt-codes/all", "/cpt-codes/surgery/nothing"}
    known = Known("29880", codes=frozenset({"29870"}), dead=frozenset({"/cpt-codes/surgery/nothing"}))
    assert problems(values, known) == {"billing": ["A link leads to /cpt-codes/surgery/nothing, which does not exist."]}


@pytest.mark.parametrize("text, codes", [
    ("99202–99205", "99202 99205"), ("99202-99205", "99202 99205"), ("99213-25, j7521 and 0075t", "99213 J7521 0075T"),
    ("G0438/G0439", "G0438 G0439"), ("$99213 and 1,99213 or 99213.5 and A99213", ""),
])  # fmt: skip
def test_the_codes_that_a_text_mentions(text, codes):
    assert text_checks.mentioned_codes({"billing": text}) == set(codes.split())


def test_synonyms():
    typed = ["Meniscus", "Knee-Scope", "tear", "Tear!", "?", "", "x-ray of it", "X ray  of it", "a; b"]
    said = problems({"name": "Meniscus", "synonyms": typed}, KNOWN)["synonyms"]
    assert [sentence.split(".")[0] for sentence in said] == [
        "“Meniscus” stands there twice (it is the name)", "“Knee-Scope” is the name of 29870",
        "“Tear!” stands there twice (“tear”)", "A synonym is empty", "A synonym is empty",
        "“X ray  of it” stands there twice (“x-ray of it”)", "“a; b” holds a semicolon",
    ]  # fmt: skip


def test_a_name_is_no_other_codes_name_or_synonym():
    assert problems({"name": "Knee  scope"}, KNOWN)["name"] == [
        "This is the name of 29870 too. Say what tells them apart."
    ]
    assert "a synonym of 29870" in problems({"name": "knee look"}, KNOWN)["name"][0]
    assert problems({"name": "Knee scope"}, Known("29870", names=KNOWN.names)) == {}


def test_a_synonym_of_two_codes_is_said_and_allowed():
    assert problems({"synonyms": ["Knee look"]}, KNOWN) == {}
    assert advice({"synonyms": ["Knee look"]}, KNOWN) == [
        "“Knee look” is a synonym of 29870 too. A search for it finds both."
    ]


def test_the_grade_is_that_of_flesch_and_kincaid():
    # 0.39 * 8 / 1 + 11.8 * 9 / 8 - 15.59
    assert grade("The doctor looks at your knee and leg.") == pytest.approx(0.805)


@pytest.mark.parametrize("text, count", [
    ("Dr. Lee sees you, e.g. today vs. later. It takes 1.5 hours.", 2), ("The U.S. rule holds. Go", 2), ("", 0),
    ("You need:\n- one bandage\n- two sheets\n\nThat is all", 4), ("“Is it so?” (Yes.) It is!", 3),
])  # fmt: skip
def test_sentences_end_where_a_reader_stops(text, count):
    assert len(sentences(text)) == count


@pytest.mark.parametrize("word, count", [
    ("make", 1), ("makes", 1), ("looked", 1), ("treated", 2), ("table", 2), ("whole", 1), ("rules", 1), ("handled", 2),
    ("called", 1), ("inches", 2), ("knee", 1), ("MRI", 3), ("X", 1), ("doctor’s", 2),
])  # fmt: skip
def test_syllables_are_those_that_are_spoken(word, count):
    assert syllables(word.replace("’", "'")) == count


def test_a_handful_of_words_has_no_grade():
    assert grade("Postoperative rehabilitation.") == grade("") == 0


def test_a_list_is_as_easy_as_its_items():
    items = ["wash the skin", "numb the spot", "cut out the mole", "close the skin", "cover it up"]
    assert grade("The doctor will:\n" + "\n".join(f"- {item}" for item in items)) < grade(
        "The doctor will " + ", ".join(items)
    )


def test_advice_names_hard_texts_and_codes_that_are_not_loaded():
    hard = "Go home. Postoperative rehabilitation necessitates multidisciplinary interprofessional collaboration."
    known = Known("29880", codes=frozenset({"29870", "29869"}), ended={"29869": "last in RVU25D"})
    said = advice({"plain_language": hard, "billing": "Not with 29871, 29870 or 29869."}, known)
    assert "reads like grade 37.6; aim at 10" in said[0] and "has 6 words: “Postoperative" in said[0]
    assert "29871" in said[1] and "29870" not in said[1]
    assert said[2:] == ["29869 is no longer in use (last in RVU25D)."]


@pytest.fixture(scope="module")
def printed(cms) -> dict[str, str]:
    """Code -> the descriptor of CMS's file whose wording is not ours."""
    path = cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
    rows = read_bundle([SourceFile(path.name, path.read_bytes())]).rows
    return {row.code: row.descriptor if is_not_ours(row.code) else "" for row in rows if not row.modifier}


def test_no_text_of_the_starter_is_refused(printed):
    wordings = Wordings.of(printed.items())
    names = {key(entry["name"]): {code} for code, entry in texts().items()}
    synonyms = {key(phrase): {code} for code, entry in texts().items() for phrase in entry["synonyms"]}
    refused = {}
    for code, entry in texts().items():
        values = entry | {"faq": [(item["question"], item["answer"]) for item in entry["faq"]]}
        official = Official(code, printed.get(code, ""), wordings)
        if said := problems(values, Known(code, official, names, synonyms, frozenset(printed) | texts().keys())):
            refused[code] = said
    assert not refused


def test_no_nickname_of_the_search_is_refused_as_a_synonym(printed):
    wordings = Wordings.of(printed.items())
    assert not [
        (code, phrase)
        for code, phrases in nicknames().items()
        for phrase in phrases
        if Official(code, printed.get(code, ""), wordings).is_phrase(phrase)
    ]


@pytest.mark.django_db
def test_every_descriptor_of_the_catalogue_is_known_again_on_another_codes_page():
    """Printed, shouted inside a sentence: those of four words or more, which no ordinary phrase is."""
    code, entry = Code.objects.get(pk="99214"), {"name": "", "synonyms": []}
    held = known(code, entry)
    official = Code.objects.filter(code_set__startswith="cpt").exclude(pk="99214").values_list("code", "cms_descriptor")
    long = [(key, wording) for key, wording in official if len(words(wording).split()) >= HELD]
    missed = [
        key
        for key, said in long
        if "description" not in problems({"description": f"So: {said.upper()}, they say."}, held)
    ]
    assert len(long) > 5000 and not missed
