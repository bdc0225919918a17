from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.indicators import GLOBAL, PCTC, STATUS
from codes.narrative import Facts, narrate, no_rvu_reason

COLON = Facts(
    "45379", "CPT", "Surgery", "Priced by the contractor.", section="colon and rectum", status="A", has_values=True,
    is_paid=True, global_days="000", pctc="0", release="RVU26C",
)  # fmt: skip
DRUG = Facts(
    "J7527", "HCPCS Level II", "J Codes (Drugs)", "Paid from the ASP file.", section="drugs", wording="Oral everolimus",
    status="E", release="RVU26C",
)  # fmt: skip


def test_without_the_right_to_cms_wording_a_code_is_named_by_its_place():
    assert narrate(COLON).name == "Surgery: colon and rectum"


def test_a_level_ii_code_is_named_in_cms_words_and_never_called_cpt():
    text = narrate(DRUG)
    assert text.name == "Oral everolimus"
    assert "CPT" not in " ".join(vars(text).values())
    assert "HCPCS Level II code" in text.description


def test_an_oral_drug_is_not_said_to_be_injected():
    assert "inject" not in " ".join(vars(narrate(DRUG)).values()).lower()


def test_the_reason_for_no_rvus_names_status_and_category():
    reason = no_rvu_reason(DRUG)
    assert "J7527 has no work RVU in RVU26C" in reason
    assert "ASP" in reason


def test_a_code_that_ended_says_when():
    ended = Facts("J0000", "HCPCS Level II", "J Codes", "", terminated=date(2025, 12, 31), has_ended=True)
    assert "ended on December 31, 2025" in no_rvu_reason(ended)


def test_a_code_outside_the_file_says_so():
    assert "is not in the physician fee schedule file RVU26C" in no_rvu_reason(
        Facts("L1833", "HCPCS Level II", "L Codes", "Paid by DMEPOS.", release="RVU26C")
    )


@given(
    st.sampled_from([*STATUS, ""]), st.booleans(), st.sampled_from(["", "26"]), st.sampled_from([*GLOBAL, ""]),
    st.sampled_from([*PCTC, ""]), st.booleans(), st.booleans(), st.sampled_from("01239"), st.sampled_from("0129"),
    st.booleans(), st.sampled_from(["", "RVU25D"]),
)  # fmt: skip
def test_any_combination_of_facts_gives_whole_sentences(
    status, valued, part, days, pctc, nonfac_na, fac_na, sides, helper, ended, last
):
    facts = replace(
        COLON, status=status, has_values=valued, part=part if valued else "", part_status="A", global_days=days,
        pctc=pctc, nonfac_na=nonfac_na, fac_na=fac_na, bilat_surg=sides, asst_surg=helper, last_release=last,
        is_past=bool(last), terminated=date(2020, 12, 31) if ended else None, has_ended=ended,
    )  # fmt: skip
    text = narrate(facts)
    assert 0 < len(text.name) <= 82
    for part in (text.description, text.plain_language, text.clinical_context, text.billing, no_rvu_reason(facts)):
        assert not part or part.endswith((".", "?"))
        assert "None" not in part and "  " not in part and ".." not in part


@given(st.sampled_from([*STATUS]), st.booleans(), st.sampled_from([*GLOBAL]))
def test_a_code_that_is_gone_is_spoken_of_in_the_past(status, valued, days):
    text = narrate(
        replace(
            COLON,
            status=status,
            has_values=valued,
            global_days=days,
            release="RVU25D",
            last_release="RVU25D",
            is_past=True,
        )
    )
    said = " ".join(vars(text).values())
    assert "45379 was a CPT code" in said and "RVU25D is the last one loaded here that held it" in said
    assert "Its Medicare status is" not in said and "Medicare pays" not in said


def test_where_only_the_reading_has_rvus_the_text_says_so():
    facts = replace(COLON, status="C", part="26", part_status="A", pctc="1", global_days="XXX", is_paid=True)
    text = narrate(facts)
    assert "The whole service has Medicare status C, contractor-priced" in text.description
    assert "The professional component (modifier 26) has status A, active, and has RVUs of its own." in text.description
    assert "Medicare pays an amount by RVUs only for the professional component" in text.billing


@pytest.mark.parametrize("status", "BCIMN")
def test_the_reason_holds_no_rule_of_the_category_that_the_status_overrides(status):
    assert "Priced by the contractor" not in no_rvu_reason(replace(COLON, status=status, has_values=False))


def test_what_the_starter_does_not_hold_is_not_said_to_be_missing_in_the_release():
    facts = Facts("J1234", "HCPCS Level II", "J Codes", "", release="RVU26C", is_starter=True)
    assert "is not in the part loaded here of the physician fee schedule file RVU26C" in no_rvu_reason(facts)


def test_a_treatment_with_two_parts_is_not_called_a_test():
    text = narrate(replace(COLON, pctc="1", global_days="XXX")).plain_language
    assert "radiation" in text


def test_a_technical_part_claims_no_other_code_for_the_reading():
    assert "Another code holds the reading" not in " ".join(vars(narrate(replace(COLON, pctc="3"))).values())


def test_a_product_that_cms_marks_as_a_technical_part_is_not_called_a_test():
    graft = replace(DRUG, code="Q4241", section="skin substitutes", status="C", pctc="3")
    said = " ".join(vars(narrate(graft)).values())
    assert "A skin substitute, billed as a product." in said and "test" not in said


def test_a_drug_is_not_given_in_a_way_of_our_making():
    assert narrate(DRUG).plain_language == "A drug, billed by itself. The work of a physician is not in it."
