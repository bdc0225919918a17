"""Where allauth asks us: mail in two parts, a star that waited for the sign-in, secrets at rest."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.template.loader import render_to_string

from accounts import stars


class AccountAdapter(DefaultAccountAdapter):
    def render_mail(self, template_prefix, email, context, headers=None):
        """The text, and the same words as html."""
        message = super().render_mail(template_prefix, email, context, headers)
        html = render_to_string("account/email/message.html", {"subject": message.subject, "text": message.body})
        message.attach_alternative(html, "text/html")
        return message

    def post_login(self, request, user, **details):
        response = super().post_login(request, user, **details)
        shorten_for_staff(request)
        stars.set_waiting(request, user)
        return response


def shorten_for_staff(request) -> None:
    """Staff sign in anew each day."""
    if request.user.is_authenticated and request.user.is_staff:
        request.session.set_expiry(settings.STAFF_SESSION_AGE)


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted in the database, by a key made from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factors" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
