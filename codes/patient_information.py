"""Whether a text looks as if it told of a patient. No Django.

Free text on this site is for notes about codes. What HIPAA names as identifiers (45 CFR 164.514(b)(2)) and
can be told by its shape is refused: record, account and social security numbers, dates of birth, other full
dates, telephone numbers, e-mail addresses, ages with a sex, and a name behind "patient" or "Mr".
A code (99214), an amount, a year and a month are no identifiers.
"""

import re

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_SHAPES = [
    ("a social security number", r"\b\d{3}-\d{2}-\d{4}\b"),
    ("a record number", r"\b(?:mrn|med(?:ical)?\s*rec(?:ord)?|record|chart|account|acct|case|csn|encounter|visit)\s*(?:no\.?|num(?:ber)?|id|#|:)+\s*:?\s*[a-z]{0,3}-?\d{3,}"),
    ("a record number", r"\bmrn\b"),
    ("a date of birth", r"\b(?:dob|d\.o\.b\.?|date of birth|born(?: on)?)\b"),
    ("a telephone number", r"(?<![\d.])(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b"),
    ("an e-mail address", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    ("a full date", r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b"),
    ("a full date", rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{{2}}\b|\b\d{{1,2}}\s+{_MONTH}\s+(?:19|20)\d{{2}}\b"),
    ("a long number", r"(?<![\d.$,])\d{7,}(?![\d.]*\d)"),
    ("a patient's age and sex", r"\b\d{1,3}\s*(?:-?\s*(?:years?|yrs?|y)\.?(?:[\s/-]*o(?:ld)?)?\.?|yo)\s*-?\s*(?:old\s+)?(?:white |black |asian |hispanic )?(?:m|f|male|female|man|woman|boy|girl)\b"),
    ("a patient's age and sex", r"\b\d{1,3}\s?[mf]\b(?=\s+(?:with|w/|s/p|who|presents?|c/o|for)\b)"),
]  # fmt: skip
_PATTERNS = [(what, re.compile(shape, re.IGNORECASE)) for what, shape in _SHAPES]
_NAME = re.compile(
    r"\b(?:[Pp]atient|[Pp]t\.?|PATIENT|PT|Mr\.?|Mrs\.?|Ms\.?|Miss)\s*:?\s+([A-Z][a-z'’-]+)(?:\s+[A-Z][a-z'’-]+)?"
)
# Words that stand behind "patient" at the start of a heading or a sentence and are no names.
_NO_NAMES = frozenset(
    ["Was", "Is", "Has", "Had", "Education", "Instructions", "Visit", "Care", "Portal", "Status", "Type", "Transfer", "Safety"]
)  # fmt: skip


def sign_of_a_patient(text: str) -> str:
    """What in this text looks like patient information ('a date of birth'); '' where nothing does."""
    for what, pattern in _PATTERNS:
        if pattern.search(text):
            return what
    return "a patient's name" if any(match[1] not in _NO_NAMES for match in _NAME.finditer(text)) else ""


def refusal(text: str) -> str:
    """A sentence for whoever typed it; '' where the text may be kept."""
    what = sign_of_a_patient(text)
    return (
        f"This looks like {what}. Patient information does not belong here: take it out and save again." if what else ""
    )
