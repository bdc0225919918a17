"""Where a code stands, by ranges that the code sets publish."""

import pytest

from codes.cms.archive import SourceFile
from codes.cms.pprrvu import read_pprrvu
from codes.sections import category_of, code_set_of, is_valid, section_of


@pytest.mark.parametrize(
    "code, category, section",
    [
        ("98000", "evaluation-management", "telemedicine visits"),
        ("98016", "evaluation-management", "telemedicine visits"),
        ("98925", "medicine", "osteopathic treatment"),
        ("97814", "medicine", "acupuncture"),
        ("99091", "evaluation-management", "remote monitoring"),
        ("99100", "medicine", "circumstances of anesthesia"),
        ("99445", "evaluation-management", "remote monitoring"),
        ("99457", "evaluation-management", "remote monitoring"),
        ("99470", "evaluation-management", "remote monitoring"),
        ("99474", "evaluation-management", "remote monitoring"),
        ("99475", "evaluation-management", "critical and intensive care of newborns and children"),
        ("99452", "evaluation-management", "talks between professionals"),
        ("99417", "evaluation-management", "prolonged services"),
        ("99439", "evaluation-management", "care management"),
        ("99499", "evaluation-management", "other visits"),
        ("99607", "medicine", "medication therapy management"),
        ("97605", "medicine", "wound care"),
        ("55250", "surgery", "testis, scrotum and vas deferens"),
        ("0001U", "pathology-laboratory", "proprietary laboratory analyses"),
        ("0002M", "pathology-laboratory", "multianalyte algorithms"),
        ("0001A", "medicine", "giving vaccines"),
        ("1000F", "category-ii", "history of the patient"),
        ("0075T", "category-iii", ""),
        ("A4100", "a-codes", "skin substitutes"),
        ("A6441", "a-codes", "medical and surgical supplies"),
        ("A9800", "a-codes", "radiopharmaceuticals"),
        ("A9999", "a-codes", "miscellaneous supplies"),
        ("D2740", "d-codes", "fillings and crowns"),
        ("G0439", "g-codes", "procedures and professional services of CMS"),
        ("G9456", "g-codes", "quality measures and demonstrations"),
        ("J7613", "j-codes", "inhaled drugs"),
        ("J8999", "j-codes", "drugs taken by mouth and rectal drugs"),
        ("J9271", "j-codes", "chemotherapy"),
        ("M0235", "m-codes", "medical services"),
        ("M1003", "m-codes", "quality measures"),
        ("Q0138", "q-codes", "drugs"),
        ("Q4186", "q-codes", "skin substitutes"),
        ("Q5009", "q-codes", "places of hospice care"),
        ("Q5101", "q-codes", "biosimilar drugs"),
        ("T1015", "t-codes", "state Medicaid agencies"),
    ],
)
def test_a_code_stands_in_its_category_and_section(code, category, section):
    assert (category_of(code), section_of(code)) == (category, section)


def test_every_code_of_the_file_stands_in_a_category_of_its_code_set(cms):
    path = cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
    codes = {row.code for row in read_pprrvu(SourceFile(path.name, path.read_bytes())) if is_valid(row.code)}
    for code in codes:
        expected = f"{code[0].lower()}-codes" if code[0].isalpha() else category_of(code)
        assert category_of(code) == expected
        assert code_set_of(code).startswith("cpt") == code[0].isdigit()
        assert section_of(code) or code[4] == "T", code
