"""Whether a text looks as if it told of a patient. No Django.

Free text on this site is for notes about codes. What HIPAA names as identifiers (45 CFR 164.514(b)(2)) is refused
where its shape alone tells it (a social security number, a Medicare number, a telephone number, an e-mail address)
or the words around it do: "seen on 3/14/2026" is a date of care, "effective 1/1/2026" is one of a rule.
A code, an amount, a release, a locality, an NPI and the address of a page are no identifiers of a patient.

It finds many such texts, not all: a name that is in no list and behind no word that tells it is let through.
"""

from codes.patient_information import dates, names, numbers, people
from codes.patient_information.reading import Sign, plain

ADVICE = {
    "a date of care": "The date of a release or a rule is understood with its word: “release of June 30”, “effective 1/1/2026”.",
    "a date of birth": "Write the age group of the rule instead, such as “under 5 years”.",
    "a record number": "A code is understood without a word such as “chart” or “number” before it.",
    "a long number": "A locality is seven digits; for another number say first what it is, such as “NPI” or “NDC”.",
    "a patient's name": "Clinicians and colleagues may be named: “Dr. Smith”, “ask Maria”.",
    "a patient's age and sex": "The ages of a rule are understood: “under 18 years”, “women 40 and older”.",
}  # fmt: skip
_LONGEST_PIECE = 40  # characters of what was found that the refusal repeats


def first_sign(text: str) -> Sign | None:
    """What in this text looks like patient information, and the piece that does; None where nothing does."""
    readable = plain(text)
    looks = (numbers.sign, dates.sign, people.sign, names.sign)
    return next((found for look in looks if (found := look(readable))), None)


def sign_of_a_patient(text: str) -> str:
    """What in this text looks like patient information ('a date of birth'); '' where nothing does."""
    found = first_sign(text)
    return found.what if found else ""


def could_be_personal(text: str) -> bool:
    """The strict question, for words that nobody needs to keep: a given name or a longer number is enough."""
    readable = plain(text)
    return bool(
        first_sign(text) or names.has_a_given_name(readable) or numbers.is_long(readable) or dates.any_in(readable)
    )


def refusal(text: str, *, again: str = "save") -> str:
    """Sentences for whoever typed it, ending in how to do it `again`; '' where the text may be kept."""
    if not (found := first_sign(text)):
        return ""
    parts = [
        f"This looks like {found.what}: “{_short(found.piece)}”.",
        f"Patient information does not belong here: take it out and {again} again.",
        ADVICE.get(found.what, ""),
    ]
    return " ".join(part for part in parts if part)


def _short(piece: str) -> str:
    words = " ".join(piece.split())
    return words if len(words) <= _LONGEST_PIECE else f"{words[: _LONGEST_PIECE - 1].rstrip()}…"
