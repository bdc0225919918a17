"""Not in forms.py, which allauth's own forms import."""

from allauth.account import forms

from accounts.adapters import shorten_for_staff


class LoginForm(forms.LoginForm):
    """The password form sets the length of a session after everything else."""

    def login(self, request, redirect_url=None):
        response = super().login(request, redirect_url)
        shorten_for_staff(request)
        return response
