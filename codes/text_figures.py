"""Figure tags in the texts of codes: what they show on a page, as HTML and in words, and what is wrong with them."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.html import conditional_escape, strip_tags
from django.utils.safestring import mark_safe

from codes.figure_tags import FigureError, Tag, parse
from codes.figures import Figures, fetch
from codes.typed_figures import TAG


def figures_of(texts: Iterable[str]) -> Figures | None:
    """What the tags of these texts show, read at once; None, and nothing is asked, where there is none."""
    tags = [tag for text in texts for match in TAG.finditer(text) if (tag := _parsed(match[1]))]
    return fetch(tags) if tags else None


def html(text: str, figures: Figures | None) -> str:
    """The text with its figures, ready for a template; the same text where it has none."""
    if figures is None or not TAG.search(text):
        return text
    parts, end = [], 0
    for match in TAG.finditer(text):
        tag = _parsed(match[1])
        parts += [conditional_escape(text[end : match.start()]), figures.html(tag) if tag else ""]
        end = match.end()
    return mark_safe("".join([*parts, conditional_escape(text[end:])]))  # noqa: S308


def plain(text: str, figures: Figures | None) -> str:
    """The text with its figures in words, for what is no HTML."""
    if figures is None:
        return text
    return TAG.sub(lambda match: strip_tags(figures.html(tag)) if (tag := _parsed(match[1])) else "", text)


def troubles(sources: Collection[str]) -> Mapping[str, str]:
    """Tag as it is written -> why it can't be shown, of those that can't."""
    found, tags = {}, {}
    for source in sources:
        try:
            tags[source] = parse(TAG.fullmatch(source)[1])
        except FigureError as error:
            found[source] = str(error)
    figures = fetch(tags.values()) if tags else None
    for source, tag in tags.items():
        try:
            figures.figure(tag)
        except FigureError as error:
            found[source] = str(error)
    return found


def _parsed(source: str) -> Tag | None:
    try:
        return parse(source)
    except FigureError:
        return None
