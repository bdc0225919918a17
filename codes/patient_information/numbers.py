"""Numbers that stand for a person: by their shape alone, or by the word before them. No Django."""

import re

from codes.patient_information.reading import Sign, any_of, before

# Medicare's number of a beneficiary: https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi
# Eleven characters, kinds fixed by position, letters without S, L, O, I, B and Z; dashes are for reading only.
_L, _LD = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
_MBI = rf"\b[1-9]{_L}{_LD}\d[- ]?{_L}{_LD}\d[- ]?{_L}{_L}\d\d\b"

_RECORD = any_of(
    "chart, account, acct, case, claim, encounter, visit, record, rec, file, referral, authori[sz]ation, auth",
    "policy, group, plan, insurance, medicaid, medi-?cal, medicare, beneficiary, member, subscriber",
    "patient, pt, client, health, hospital, admission, specimen, accession, prescription, rx, serial, device",
    "licen[cs]e, passport",
)
_NUMBER = r"(?:\s*(?:no\b\.?|num\b\.?|number|nr\b\.?|id\b|ident\w{0,12}|#))"
# Between a word and its number: "MRN is: 44121", "SSN ends in 6789".
_SMALL = any_of(
    "is, was, no, num, number, nr, id, ends?, ending, in, of, with, for, his, her, their, the, last, four, 4, digits"
)
_LINK = rf"(?:[\s:#=.(]|\b{_SMALL}\b){{0,12}}"
# At least three digits, and neither a year nor "2nd".
_NO_YEAR = r"(?!(?:19|20)\d\d(?![\w-])|\d+(?:st|nd|rd|th)\b)"
_VALUE = rf"(?<!\w){_NO_YEAR}(?=(?:[A-Z.-]{{0,5}}\d\s?){{3}})[A-Z]{{0,4}}-?\d(?:[-.]?[\dA-Z]|\s\d){{2,24}}"
_CALLED_AT = rf"\b{any_of('call(?:ed|back)?, phone, telephone, tel, cell, mobile, reach(?:ed)?, fax, contact, ph')}\b\.?(?:[^\d\n.!?]|\bno\.){{0,25}}"

_SHAPES = {
    "a social security number": [r"(?<![\d.-])\d{3}([- .])\d{2}\1\d{4}(?![\d-])"],
    "a Medicare number": [_MBI],
    "a telephone number": [
        r"(?<![\d.$-])(?:\+?1[-. ]?)?(?:\(\d{3}\)[-. ]?|\d{3}[-./])\d{3}[-. ]\d{4}(?![\d-])",
        r"(?<![\d.$-])(?:\+?1 )?[2-9]\d\d [2-9]\d\d[- ]\d{4}(?![\d-])",
        r"\+\d{1,3}[-. ]?(?:\(?\d{1,4}\)?[-. ]?){2,4}\d{2,4}(?!\d)",
        rf"{_CALLED_AT}(?<!\d)(?:\d{{3}}[-. ])?\d{{3}}[-. ]\d{{4}}(?![\d-])",
    ],
    "an e-mail address": [r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"],
    "a record number": [
        rf"\b(?:mrn|m\.r\.n|csn|hicn?|ssn|mbi|social security|soc(?:ial)? sec|social(?=\s*#))\b\.?{_LINK}{_VALUE}",
        rf"\b(?:(?:med(?:ical)?|health|hospital|patient)\.?\s+rec(?:ord)?|mr){_NUMBER}{_LINK}{_VALUE}",
        r"\bmrn[\s:#=]{0,3}\d",
    ],
}
_PATTERNS = [(what, re.compile(shape, re.IGNORECASE)) for what, shapes in _SHAPES.items() for shape in shapes]
_NUMBERED = re.compile(rf"\b(?P<of>{_RECORD})s?(?:{_NUMBER}|\s+card){_LINK}(?P<number>{_VALUE})", re.IGNORECASE)
_BARE = re.compile(
    rf"\b(?:{_RECORD}|id)[\s:#=]{{1,3}}(?P<number>(?<!\w)[A-Z]{{0,4}}-?\d[\dA-Z.-]{{4,24}})", re.IGNORECASE
)
_LONG = re.compile(r"(?<![\w.$,/-])(?:[A-Z]{1,3}-?)?\d{7,18}(?![\w-]|[.,]\d)", re.IGNORECASE)

_CODES = re.compile(r"(?:\d{5}|\d{4}[A-Z]|[A-Z]\d{4})(?:-(?:\d{5}|[A-Z]?\d{4}[A-Z]?|[A-Z\d]{2}))*", re.IGNORECASE)
_VISIT_CODE = re.compile(r"9\d{4}|G\d{4}", re.IGNORECASE)
_LOCALITY = re.compile(r"(?:0\d|1[0-5])[1-6][01289]2\d\d")  # the contractor's five digits, then the locality's two
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_OF_OURS = any_of(
    "npis?, ndcs?, pmid, pmcid, doi, ccn, ptan, upin, clia, dea, tin, ein, nct, pcs, transmittal, docket",
    "isbn, issn, ticket, contractor, carrier, mac, zip",
)
_NAMED_OURS = re.compile(rf"\b{_OF_OURS}(?:[\s:#=.,]|and|or|is|number|no|\d{{4,}}){{0,20}}\Z", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:services|beneficiaries|volume|count)\b[^.]{0,30}\Z", re.IGNORECASE)
_THINGS = any_of("services, claims, beneficiaries, rows, lines, records, dollars, units, times, people, w?rvus, bytes")
_OF_THINGS = re.compile(rf"\s*{_THINGS}\b", re.IGNORECASE)


def sign(text: str) -> Sign | None:
    """The first number that stands for a person."""
    for what, pattern in _PATTERNS:
        if match := pattern.search(text):
            return Sign(what, match[0])
    return _record(text) or _long(text)


def is_long(text: str) -> bool:
    """Whether six digits or more stand together, however they are parted: too much for a code."""
    return bool(re.search(r"\d(?:[-./]?\d){5}", text))


def _record(text: str) -> Sign | None:
    for match in _NUMBERED.finditer(text):
        is_a_code = _VISIT_CODE.fullmatch(match["number"]) and match["of"].lower() in ("visit", "encounter")
        if not is_a_code:
            return Sign("a record number", match[0])
    for match in _BARE.finditer(text):
        number = match["number"].rstrip(".-")
        if sum(map(str.isdigit, number)) >= 5 and not _CODES.fullmatch(number) and not _is_ours(number):
            return Sign("a record number", match[0])
    return None


def _long(text: str) -> Sign | None:
    for match in _LONG.finditer(text):
        if not _is_ours(match[0]) and not _is_named(text, match):
            return Sign("a long number", match[0])
    return None


def _is_named(text: str, match: re.Match) -> bool:
    """Whether the words beside it say what it is: an NPI, an NDC, a count of services."""
    ahead = before(text, match.start(), 80)
    return bool(_NAMED_OURS.search(ahead) or _COUNTED.search(ahead) or _OF_THINGS.match(text, match.end()))


def _is_ours(number: str) -> bool:
    """A locality, the day in a file's name, a trial's number, a clinician's number."""
    return bool(_LOCALITY.fullmatch(number) or _DAY.fullmatch(number) or number[:3].upper() == "NCT" or _is_npi(number))


def _is_npi(number: str) -> bool:
    """Whether the last digit is the check digit of a National Provider Identifier (45 CFR 162.406: Luhn with 80840)."""
    if not re.fullmatch(r"[12]\d{9}", number):
        return False
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2]]
    return (24 + sum(doubled) + sum(int(digit) for digit in number[-1::-2])) % 10 == 0
