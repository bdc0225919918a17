from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from codes import dashboard
from codes.differing import Line

register = template.Library()
PARTS = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}
# In front of a whole line: a sign to see and a word to hear, so that the colour says nothing alone.
SIGNS = {
    kind: mark_safe(f'<span aria-hidden="true">{sign}</span> <span class="visually-hidden">{word}: </span>')  # noqa: S308
    for kind, sign, word in (("gone", "−", "Taken out"), ("new", "+", "Added"), ("changed", "±", "Changed"))
}


@register.inclusion_tag("admin/desk/_dashboard.html", takes_context=True)
def desk_dashboard(context):
    """What there is to do, for those who may read the entries."""
    user = context["request"].user
    if not user.has_perm("codes.view_code"):
        return {}
    return dashboard.figures() | {"may_import": user.has_perm("codes.import_release")}


@register.simple_tag
def marked(lines: Iterable[Line]) -> SafeString:
    """Lines of a difference, what is gone struck out and what is new underlined."""
    return format_html_join(
        "", '<div class="{}">{}{}</div>', ((line.kind, SIGNS.get(line.kind, ""), _parts(line)) for line in lines)
    )


def _parts(line: Line) -> SafeString:
    return mark_safe("".join(format_html(PARTS[kind], words) for kind, words in line.parts))  # noqa: S308
