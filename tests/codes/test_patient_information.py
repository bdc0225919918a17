"""Patient information is recognized, and what people write about codes is not mistaken for it.

The specification is two lists of texts, tests/codes/patient_texts/harmless.txt and refused.txt.
"""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.patient_information import could_be_personal, first_sign, refusal, sign_of_a_patient


def read(name: str) -> list[tuple[str, str]]:
    """(heading, text) of each line of a list."""
    heading, texts = "", []
    for line in (Path(__file__).parent / "patient_texts" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            heading = line[1:-1]
        elif line and not line.startswith("# "):
            texts.append((heading, line))
    return texts


HARMLESS, REFUSED = [text for _, text in read("harmless.txt")], read("refused.txt")
SPELLINGS = (str, str.upper, str.lower)
harmless = st.sampled_from(HARMLESS)


def test_a_date_of_care_is_refused_and_one_of_a_rule_is_not():
    assert sign_of_a_patient("99214, seen on 3/14/2026") == "a date of care"
    assert sign_of_a_patient("99214, effective 3/14/2026") == ""


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_about_codes_is_let_through(text):
    assert [first_sign(spelled(text)) for spelled in SPELLINGS] == [None] * 3


@pytest.mark.parametrize("what, text", REFUSED)
def test_what_tells_of_a_patient_is_refused(what, text):
    found = [sign_of_a_patient(spelled(text)) for spelled in SPELLINGS[: 1 if "as written" in what else 3]]
    assert all(found) if what.startswith("any") else found == [what] * 3


def test_the_refusal_quotes_what_it_found_and_says_how_to_go_on():
    assert refusal("Which code for MRN 1234567 please?") == (
        "This looks like a record number: “MRN 1234567”. Patient information does not belong here: "
        "take it out and save again. A code is understood without a word such as “chart” or “number” before it."
    )
    assert "take it out and send again" in refusal("MRN 1234567", again="send")


def test_a_long_piece_is_quoted_in_short():
    said = refusal("jane" * 15 + "@example.com")
    assert "“" + "jane" * 9 + "jan…”" in said and "example.com" not in said


@pytest.mark.parametrize("typed", ["john smith", "maria", "445566", "44-55-66", "3/14/2026", "Mr. Zzqqson"])
def test_what_is_counted_holds_not_even_what_could_be_personal(typed):
    assert could_be_personal(typed)


@pytest.mark.parametrize("typed", ["knee replacement", "99214", "27447 27130", "iris repair", "patient education"])
def test_words_of_the_field_may_be_counted(typed):
    assert not could_be_personal(typed)


LETTER = "[AC-HJKMNP-RT-Y]"
IDENTIFIERS = st.one_of(
    *(
        st.from_regex(shape, fullmatch=True)
        for shape in (
            r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
            r"[2-9][0-9]{2}-[0-9]{3}-[0-9]{4}",
            r"\([2-9][0-9]{2}\) [0-9]{3}-[0-9]{4}",
            r"MRN:? ?[0-9]{4,9}",
            rf"[1-9]{LETTER}({LETTER}|[0-9])[0-9]-?{LETTER}({LETTER}|[0-9])[0-9]-?{LETTER}{{2}}[0-9]{{2}}",
        )
    )
)


@given(harmless, IDENTIFIERS, st.floats(0, 1), st.sampled_from(SPELLINGS))
def test_an_identifier_is_found_at_any_place_of_any_text(text, identifier, where, spelled):
    at = round(len(text) * where)
    assert first_sign(spelled(f"{text[:at]} {identifier} {text[at:]}"))


@given(harmless, harmless)
def test_two_harmless_paragraphs_are_harmless(one, two):
    assert refusal(f"{one}\n\n{two}") == refusal(f"{one}\n{two}") == ""


@given(st.lists(st.from_regex(r"[A-V]?\d{4,5}", fullmatch=True), max_size=8))
def test_any_list_of_codes_is_let_through(codes):
    assert refusal(", ".join(codes)) == ""


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text):
    assert bool(refusal(text)) == bool(sign_of_a_patient(text))


HARD = [
    "a", "1", " ", "-", "a-", "a.", "a@a.", "1/", "/a", "/a/b?c ", "http://", "1 ", "mrn no id is ", "call ", "3/14 ", "july 1 ",
    "06/30/2026 ", "born ", "patient ", "mr ", "John Smith ", "54 m ", "12 Elm Elm ", "room 1 ", "npi 1,", "+1 2 3 ", ". ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HARD)
def test_long_texts_are_read_in_time(piece):
    """The bound is loose: a pattern that tries everything again from each place would take minutes."""
    began = time.process_time()
    first_sign((piece * 20_000)[:20_000])
    assert time.process_time() - began < 2
