from django.middleware.gzip import GZipMiddleware
from django.utils.cache import has_vary_header


class CompressMiddleware(GZipMiddleware):
    """gzip; a public page comes out as the same bytes each time, a personal one padded against BREACH."""

    def process_response(self, request, response):
        self.max_random_bytes = 100 if has_vary_header(response, "Cookie") else 0
        return super().process_response(request, response)
