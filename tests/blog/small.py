"""Texts of our own for tests, and what a test asks of a page."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from blog.models import Tag, Text

DESCRIPTION = "A description that is long enough to be one: it has more than eighty characters and says nothing."
LONG_AGO = datetime(2026, 1, 2, 12, tzinfo=UTC)


def post(slug: str = "quokka", *, body: str = "Words.", tags: tuple[str, ...] = (), **values: object) -> Text:
    values = {
        "kind": "post", "title": slug.replace("-", " ").capitalize(), "description": DESCRIPTION, "author": "Ada Marsh",
        "status": "published", "published": LONG_AGO,
    } | values  # fmt: skip
    text = Text.objects.create(slug=slug, body=body, **values)
    text.tags.set([Tag.objects.get_or_create(slug=tag, defaults={"name": tag})[0] for tag in tags])
    return text


def ahead(**delta: float) -> datetime:
    return timezone.now() + timedelta(**delta)


def get(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()
