from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from codes.indicators import GLOBAL, PCTC, STATUS
from codes.narrative import Facts, narrate, no_rvu_reason

COLON = Facts(
    "45379", "CPT", "Surgery", "Priced by the contractor.", section="colon and rectum", status="A", has_values=True,
    global_days="000", pctc="0", release="RVU26C",
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
    ended = Facts("J0000", "HCPCS Level II", "J Codes", "", terminated=date(2025, 12, 31))
    assert "ended on December 31, 2025" in no_rvu_reason(ended)


def test_a_code_outside_the_file_says_so():
    assert "is not in the physician fee schedule file RVU26C" in no_rvu_reason(
        Facts("L1833", "HCPCS Level II", "L Codes", "Paid by DMEPOS.", release="RVU26C")
    )


@given(
    st.sampled_from([*STATUS, ""]), st.booleans(), st.sampled_from([*GLOBAL, ""]), st.sampled_from([*PCTC, ""]),
    st.booleans(), st.booleans(), st.sampled_from("01239"), st.sampled_from("0129"),
)  # fmt: skip
def test_any_combination_of_facts_gives_whole_sentences(status, valued, days, pctc, nonfac_na, fac_na, sides, helper):
    facts = Facts(
        "12345", "CPT", "Surgery", "Paid elsewhere.", "skin", "", status, valued, False, days, pctc, nonfac_na, fac_na,
        sides, helper, "RVU26C",
    )  # fmt: skip
    text = narrate(facts)
    assert 0 < len(text.name) <= 82
    for part in (text.description, text.plain_language, text.clinical_context, text.billing):
        assert not part or part.endswith((".", "?"))
        assert "None" not in part
        assert "  " not in part
