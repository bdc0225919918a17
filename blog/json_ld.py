"""Structured data of posts and questions (schema.org)."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from blog.models import Tag, Text
from codes.code_page import script_json

PUBLISHER = {"@type": "Organization", "name": "RVU Edge"}


def article(request: HttpRequest, text: Text, tags: list[Tag]) -> SafeString:
    address = request.build_absolute_uri(text.get_absolute_url())
    data = {
        "@context": "https://schema.org", "@type": "Article", "headline": text.title, "description": text.description,
        "author": {"@type": "Organization" if "RVU Edge" in text.author else "Person", "name": text.author or "RVU Edge"},
        "publisher": PUBLISHER | {"url": request.build_absolute_uri(reverse("home"))},
        "mainEntityOfPage": address, "url": address, "dateModified": max(text.updated_at, text.published or text.updated_at).isoformat(),
        "isAccessibleForFree": True, "inLanguage": "en",
    }  # fmt: skip
    if text.published:
        data["datePublished"] = text.published.isoformat()
    if tags:
        data["keywords"] = ", ".join(tag.name for tag in tags)
    return script_json(data)


def questions_and_answers(items: list[tuple[str, str]]) -> SafeString:
    entities = [
        {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer.strip()}}
        for question, answer in items
    ]
    return script_json({"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": entities})
