"""Patient information is recognised by its shape, and what people write about codes is not mistaken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.patient_information import refusal, sign_of_a_patient


@pytest.mark.parametrize(
    "text, what",
    [
        ("SSN 123-45-6789", "a social security number"),
        ("MRN 0012345", "a record number"),
        ("chart #: 88123", "a record number"),
        ("case no. 44121", "a record number"),
        ("DOB 3/4/61", "a date of birth"),
        ("born on 4 March 1961", "a date of birth"),
        ("call 907-555-0142", "a telephone number"),
        ("(907) 555-0142", "a telephone number"),
        ("jane.doe@example.com", "an e-mail address"),
        ("seen on 3/14/2026", "a full date"),
        ("seen March 14, 2026", "a full date"),
        ("2026-03-14 OR 2", "a full date"),
        ("number 4471920183", "a long number"),
        ("64 yo male with stones", "a patient's age and sex"),
        ("64-year-old woman", "a patient's age and sex"),
        ("64F with cholecystitis", "a patient's age and sex"),
        ("Patient Jane Doe", "a patient's name"),
        ("Mrs. Doe, left knee", "a patient's name"),
    ],
)
def test_what_tells_of_a_patient_is_named(text, what):
    assert sign_of_a_patient(text) == what
    assert what in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "99214-25 with 20610, both knees",
        "Use modifier 59 when a second site. Dr. Patel's tip: document 30 minutes.",
        "wRVU 19.11 since 2026, was 19.60 in RVU25D",
        "Pays $1,159.35 nationally; 0210201 is Alaska".replace("0210201", "AK"),
        "Patient education counts in 99214",
        "patient was counselled: say for how long",
        "Global 090. Under 18 years use the other code.",
        "Women 40 and older; 2 views",
        "27447 right, then left in 6-8 weeks",
        "Ask Maria in coding",
    ],
)
def test_notes_about_codes_are_let_through(text):
    assert refusal(text) == ""


@given(st.lists(st.from_regex(r"[A-V]?\d{4,5}", fullmatch=True), max_size=8))
def test_any_list_of_codes_is_let_through(codes):
    assert refusal(", ".join(codes)) == ""


@given(st.text(max_size=200), st.from_regex(r"[0-8]\d\d-\d\d-\d{4}", fullmatch=True))
def test_a_number_is_found_in_any_text(text, number):
    assert sign_of_a_patient(f"{text} {number} {text}")
