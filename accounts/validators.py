from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

READ = 72  # characters that zxcvbn weighs; a longer password is only better
SITE_WORDS = ["rvuedge", "rvu", "edge", "wrvu", "medicare", "physician", "doctor", "hospital"]
LIKE_THE_ADDRESS = UserAttributeSimilarityValidator(user_attributes=["email"])
ENOUGH = 3  # of 4: safe against an offline attack on a slow hash


class GuessablePasswordValidator:
    """Refuses what stands in lists of leaked passwords, names and words, is near the address, or follows a pattern."""

    def validate(self, password, user=None):
        from zxcvbn import zxcvbn  # its lists take 5 MB, needed only where a password is set

        LIKE_THE_ADDRESS.validate(password, user)
        found = zxcvbn(password[:READ], user_inputs=SITE_WORDS)
        if found["score"] < ENOUGH:
            why = found["feedback"]["warning"] or _("It is easy to guess.")
            raise ValidationError(f"{why} {self.get_help_text()}", code="password_guessable")

    def get_help_text(self):
        return _("Three or four unrelated words are good; a password known from a leak is refused.")
