"""How often one address may do something, counted in Django's cache."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def is_too_often(request: HttpRequest, what: str, most: int, seconds: int) -> bool:
    """Counts this request, and says whether the address has had more than `most` within the time."""
    key = f"rate:{what}:{salted_hmac('rate', _address(request)).hexdigest()[:32]}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it ran out between the two calls
        return False


def _address(request: HttpRequest) -> str:
    """The visitor's; behind a proxy, what the proxy itself wrote last into its header."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
