"""A page as a person reads it."""

from html import unescape

from django.utils.html import strip_tags


def text(html: str) -> str:
    """The words of a page, those of neighboring cells apart."""
    return unescape(" ".join(strip_tags(html.replace("<", " <")).split()))


def page(client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()
