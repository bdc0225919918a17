"""Not in forms.py, which allauth's own forms import."""

from allauth.account import forms
from allauth.mfa.webauthn.forms import AddWebAuthnForm

from accounts.adapters import shorten_for_staff


class LoginForm(forms.LoginForm):
    """The password form sets the length of a session after everything else."""

    def login(self, request, redirect_url=None):
        response = super().login(request, redirect_url)
        shorten_for_staff(request)
        return response


class AddPasskeyForm(AddWebAuthnForm):
    """A key signs in by itself unless someone wants it as a second factor only."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        passwordless = self.fields.get("passwordless")
        if passwordless:
            passwordless.initial = True
            passwordless.label = "Sign in with it alone, without a password"
            passwordless.help_text = "Without this it is a second factor beside the password."
