from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse


class SignedInMiddleware:
    """Keeps a cookie that scripts can read beside the session's. Pages that do not ask who it is never get it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.session.accessed:
            here, marked = request.user.is_authenticated, settings.SIGNED_IN_COOKIE in request.COOKIES
            if here and not marked:
                response.set_cookie(
                    settings.SIGNED_IN_COOKIE,
                    "1",
                    max_age=settings.SESSION_COOKIE_AGE,
                    secure=settings.SESSION_COOKIE_SECURE,
                    samesite="Lax",
                )
            elif marked and not here:
                response.set_cookie(
                    settings.SIGNED_IN_COOKIE, max_age=0, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
                )
        return response


class StaffSecondFactorMiddleware:
    """Lets staff into the admin only with a second factor set up, where STAFF_MFA=required."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.admin = reverse("admin:index")

    def __call__(self, request):
        if request.path.startswith(self.admin) and self._lacks_factor(request):
            messages.info(
                request, "The staff desk asks for a second factor. Set up a passkey or an authenticator app first."
            )
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('mfa_index')}?{query}")
        return self.get_response(request)

    def _lacks_factor(self, request) -> bool:
        return settings.STAFF_MFA == "required" and request.user.is_staff and not is_mfa_enabled(request.user)
