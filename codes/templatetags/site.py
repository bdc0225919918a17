"""What stands on every page: {% load site %}."""

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@cache
def _once(name: str) -> str:
    return render_to_string(name)


@register.simple_tag(takes_context=True)
def same_everywhere(context, name: str) -> SafeString:
    """A template that is the same on every page, rendered once for each process; a link to this very page says so."""
    html = _once(name)
    if "request" in context:
        here = f'href="{context["request"].path}"'
        html = html.replace(f"{here}>", f'{here} aria-current="page">', 1)
    return mark_safe(html)  # noqa: S308


STAR = (
    '<a class="star" href="{0}" rel="nofollow" data-star="{1}"><svg viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="m12 3.5 2.6 5.6 6.1.7-4.5 4.1 1.2 6-5.4-3-5.4 3 1.2-6-4.5-4.1 6.1-.7z" /></svg>'
    '<span class="visually-hidden">Keep {1}</span></a>'
)
ANY_CODE = "99999"


@cache
def _star_of_any_code() -> str:
    return format_html(STAR, reverse("favorite-star", args=[ANY_CODE]), ANY_CODE)


@register.simple_tag
def star(code: str) -> SafeString:
    """The star of a code: a link that works without JavaScript, which site.js makes a button for the signed in.

    A list has many: working out each one's address takes longer than all the rest of it.
    """
    return mark_safe(_star_of_any_code().replace(ANY_CODE, escape(code)))  # noqa: S308
