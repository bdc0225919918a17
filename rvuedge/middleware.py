from django.core.exceptions import BadRequest
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import has_vary_header

NUL = "\0"  # PostgreSQL keeps no text that holds one


class RefuseNulMiddleware:
    """400 for an address, a form or a cookie with a NUL byte, before anything asks the database for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        cookies = (text for item in request.COOKIES.items() for text in item)
        if NUL in request.path or _holds_nul(request.GET) or any(NUL in text for text in cookies):
            raise BadRequest("NUL byte")
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Of a form here: CSRF has been looked at, and what is refused for it is not read."""
        if request.method == "POST":
            names = (file.name or "" for files in request.FILES.lists() for file in files[1])
            if _holds_nul(request.POST) or any(NUL in name for name in names):
                raise BadRequest("NUL byte")


def _holds_nul(query) -> bool:
    return any(NUL in text for name, values in query.lists() for text in (name, *values))


class CompressMiddleware(GZipMiddleware):
    """gzip; a public page comes out as the same bytes each time, a personal one padded against BREACH."""

    def process_response(self, request, response):
        self.max_random_bytes = 100 if has_vary_header(response, "Cookie") else 0
        return super().process_response(request, response)
