import re
from bisect import bisect_left
from functools import cache
from hashlib import sha1
from pathlib import Path

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FOLDER = Path(__file__).parent / "passwords"
READ = 72  # characters that zxcvbn weighs; a longer password is only better
SITE_WORDS = [
    "rvuedge", "wrvus", "wrvu", "rvus", "rvu", "edge", "medicare", "medicaid", "physician", "doctor", "hospital", "medical", "medicine",
    "student", "resident", "fellow", "attending", "password",
]  # fmt: skip
SEASONS = "spring|summer|autumn|fall|winter|january|february|march|april|may|june|july|august|september|october|november|december"
GUESSABLE = re.compile(rf"{'|'.join(SITE_WORDS)}|(?:{SEASONS})(?=\W*\d)|(?:19|20)\d\d")
LEFT = 8  # characters that a password has to have beside words that anybody would try here
LIKE_THE_ADDRESS = UserAttributeSimilarityValidator(user_attributes=["email"])
ENOUGH = 3  # of 4: safe against an offline attack on a slow hash
HASH = 8  # bytes of a password's SHA-1 in leaked.sha1


class GuessablePasswordValidator:
    """Refuses what is known from leaks, is made of words of the site or near the address, or follows a pattern."""

    def validate(self, password, user=None):
        LIKE_THE_ADDRESS.validate(password, user)
        if is_leaked(password):
            raise ValidationError(
                f"{_('This password is known from a leak.')} {self.get_help_text()}", code="password_leaked"
            )
        if why := weakness(password):
            raise ValidationError(f"{why} {self.get_help_text()}", code="password_guessable")

    def get_help_text(self):
        return _("Three or four unrelated words are good; a password known from a leak is refused.")


def weakness(password: str) -> str:
    """Why it is easy to guess, as a sentence; '' where it is not."""
    from zxcvbn import zxcvbn  # its lists take 5 MB, needed only where a password is set

    rest, found = GUESSABLE.subn("", password.lower())
    if found and len(re.sub(r"\W", "", rest)) < LEFT:
        return _("Words of this site, seasons and years are tried first.")
    weighed = zxcvbn(password[:READ], user_inputs=SITE_WORDS)
    return "" if weighed["score"] >= ENOUGH else weighed["feedback"]["warning"] or _("It is easy to guess.")


def is_leaked(password: str) -> bool:
    """Whether it is among the leaked passwords of twelve and more characters, or a phrase that everybody knows.

    leaked.sha1 holds, in order and without case, the first eight bytes of the SHA-1 of the 43,940 such passwords among the
    million most frequent of Mark Burnett's ten million (2015, public domain; SecLists has them).
    """
    if re.sub(r"[\W_]", "", password.lower()) in _famous():
        return True
    hashes = _leaked()
    wanted = sha1(password.lower().encode(), usedforsecurity=False).digest()[:HASH]
    place = bisect_left(range(len(hashes) // HASH), wanted, key=lambda i: hashes[i * HASH : (i + 1) * HASH])
    return hashes[place * HASH : (place + 1) * HASH] == wanted


@cache
def _leaked() -> bytes:
    return (FOLDER / "leaked.sha1").read_bytes()


@cache
def _famous() -> frozenset[str]:
    return frozenset((FOLDER / "famous.txt").read_text().split("\n"))
