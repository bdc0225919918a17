"""Markdown -> HTML: figures by tags, codes as links, headings with anchors, sanitised.

A `Document` is parsed once. What it needs of the catalogue is read for all documents of a page at once (`figures_of`),
and then it is rendered, or looked through for what is wrong with it (blog/checks.py).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from codes.figure_tags import FigureError, Tag, parse
from codes.figures import Figures, fetch

TAG = re.compile(r"\{%[ \t]*(.*?)[ \t]*%\}")
# CPT (99214, 0075T, 0001F) and HCPCS Level II or CDT (J7521): never a part of a longer number, of an amount or of an
# address (ZIP 10021). Modifiers may follow (99214-25), and a slash may part it from a code before it (99215/99214).
CODE = re.compile(
    r"(?<![\w$€#.-])(?:(?<!/)|(?<=[0-9A-Z]{5}/)|(?<=-[0-9A-Z]{2}/))(?<!(?i:zip)[ :])(?<!(?i:zip code) )"
    r"(?:\d{4}[0-9A-Z]|[A-Z]\d{4})(?=(?:-[0-9A-Z]{2})*(?![\w-]|[.,]\d))"
)
# Dollars and cents, or two decimals as RVUs have them: what a tag should show instead.
TYPED = re.compile(r"\$\s?\d[\d,]*\.\d\d|(?<![\d.,$])\d{1,2}\.\d\d(?![\d.]|\s*(?:%|percent))")
RESERVED = frozenset(["main", "header-search", "header-search-list", "contents", "sources", "related", "corrections"])
ALLOWED = {
    "a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p",
    "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"}, "span": {"title"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "ol": {"start"}, "th": {"scope"},
    "div": {"tabindex", "role", "aria-label"},
}  # fmt: skip
CLASSES = {"span": {"figure", "figure-missing", "code"}, "div": {"table-scroll"}, "td": {"num"}, "th": {"num"}}


@dataclass(frozen=True)
class Heading:
    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Used:
    """A tag as it stands in a text: its source, its line there (from 1), its block (which paragraph, list or table of the
    text it stands in), and the tag or what is wrong with it."""

    source: str
    line: int
    block: int
    tag: Tag | None = None
    trouble: str = ""


@dataclass
class Document:
    """One parsed text. `label` names its tables to who can't see them."""

    text: str
    label: str = "Table"
    headings: list[Heading] = field(init=False, default_factory=list)
    used: list[Used] = field(init=False, default_factory=list)
    codes: set[str] = field(init=False, default_factory=set)
    links: list[tuple[int, str]] = field(init=False, default_factory=list)
    typed: list[tuple[int, str]] = field(init=False, default_factory=list)
    inlines: list[tuple[int, Token]] = field(init=False, default_factory=list)

    def __post_init__(self):
        self.tokens = _markdown.parse(self.text, {"document": self})

    @property
    def tags(self) -> list[Tag]:
        return [used.tag for used in self.used if used.tag]

    @property
    def contents(self) -> list[Heading]:
        """The table of contents: empty where there is too little to jump to."""
        headings = [heading for heading in self.headings if heading.level <= 3]
        return headings if len(headings) >= 3 else []

    def html(self, figures: Figures) -> SafeString:
        html = _markdown.renderer.render(self.tokens, _markdown.options, {"figures": figures, "label": self.label})
        clean = nh3.clean(
            html, tags=ALLOWED, attributes=ATTRIBUTES, allowed_classes=CLASSES, link_rel=None,
            url_schemes={"https", "http", "mailto"},
        )  # fmt: skip
        return mark_safe(clean)  # noqa: S308

    def lines(self, figures: Figures) -> Iterator[tuple[int, str]]:
        """(line it begins in, plain text) of each paragraph, cell, item and heading, with its figures."""
        for line, inline in self.inlines:
            html = _markdown.renderer.renderInline(inline.children, _markdown.options, {"figures": figures})
            yield line, unescape(strip_tags(html))


def figures_of(documents: Iterable[Document]) -> Figures:
    """What these documents show of the catalogue, read at once."""
    documents = list(documents)
    tags = [tag for document in documents for tag in document.tags]
    return fetch(tags, {code for document in documents for code in document.codes})


def render(text: str) -> SafeString:
    document = Document(text)
    return document.html(figures_of([document]))


def _figure_rule(state: StateInline, silent: bool) -> bool:
    """{% … %} in running text; in code it stays as typed."""
    if not state.src.startswith("{%", state.pos):
        return False
    match = TAG.match(state.src, state.pos)
    if not silent:
        token = state.push("figure", "", 0)
        token.content = match[0] if match else "{%"
        token.meta["line"] = state.src.count("\n", 0, state.pos)
    state.pos += len(match[0]) if match else 2
    return True


def _collect_rule(state: StateCore) -> None:
    """Figures, codes, links and headings of the parsed text into its document."""
    document = state.env["document"]
    line, block, heading = 1, 0, None
    for token in state.tokens:
        line = token.map[0] + 1 if token.map else line
        block += token.level == 0 and token.nesting >= 0
        if token.type == "heading_open":
            heading = token
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"
        elif token.type == "heading_close":
            token.tag, heading = heading.tag, None
        elif token.type == "inline":
            document.inlines.append((line, token))
            _collect_inline(document, token, line, block, linked=heading is None)
            if heading:
                _add_heading(document, heading, token)


def _collect_inline(document: Document, inline: Token, line: int, block: int, linked: bool) -> None:
    children, in_link, breaks = [], 0, 0
    for token in inline.children or []:
        in_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "link_open":
            document.links.append((line, str(token.attrs["href"])))
        elif token.type == "figure":
            token.meta["tag"] = _used(document, token.content, line + token.meta["line"], block)
        elif token.type == "text":
            document.typed += [(line + breaks, match[0]) for match in TYPED.finditer(token.content)]
        breaks += token.type in ("softbreak", "hardbreak")
        if token.type == "text" and linked and not in_link:
            children += _with_codes(document, token.content)
        else:
            children.append(token)
    inline.children = children


def _used(document: Document, source: str, line: int, block: int) -> Tag | None:
    try:
        match = TAG.fullmatch(source)
        if not match:
            raise FigureError("the tag is not closed by %} on its line")
        used = Used(source, line, block, parse(match[1]))
    except FigureError as error:
        used = Used(source, line, block, trouble=str(error))
    document.used.append(used)
    return used.tag


def _with_codes(document: Document, text: str) -> list[Token]:
    """The text in parts, those that look like a code as tokens of their own."""
    tokens, end = [], 0
    for match in CODE.finditer(text):
        document.codes.add(match[0])
        tokens += [_text(text[end : match.start()]), Token("code_link", "", 0, content=match[0])]
        end = match.end()
    return [*tokens, _text(text[end:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _add_heading(document: Document, token: Token, inline: Token) -> None:
    text = "".join(child.content for child in inline.children if child.type in ("text", "code_inline"))
    wanted = slugify(text) or "part"
    taken = RESERVED | {heading.id for heading in document.headings}
    anchor = next(name for n in range(1, 999) if (name := wanted if n == 1 else f"{wanted}-{n}") not in taken)
    token.attrSet("id", anchor)
    document.headings.append(Heading(int(token.tag[1]), anchor, text.strip()))


def _render_figure(self, tokens, i, options, env) -> str:
    tag = tokens[i].meta["tag"]
    return env["figures"].html(tag) if tag else ""


def _render_code(self, tokens, i, options, env) -> str:
    return env["figures"].link(tokens[i].content)


def _open_table(self, tokens, i, options, env) -> str:
    env["tables"] = env.get("tables", 0) + 1
    label = nh3.clean_text(f"{env['label']} {env['tables']}")
    return f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}"><table>'


def _close_table(self, tokens, i, options, env) -> str:
    return "</table></div>"


def _open_cell(self, tokens, i, options, env) -> str:
    """Alignment as a class: the security policy lets no style attribute through."""
    token = tokens[i]
    scope = ' scope="col"' if token.tag == "th" else ""
    number = ' class="num"' if "right" in str(token.attrs.get("style", "")) else ""
    return f"<{token.tag}{scope}{number}>"


def _build() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.inline.ruler.before("escape", "figure", _figure_rule)
    markdown.core.ruler.push("collect", _collect_rule)
    rules = {
        "figure": _render_figure, "code_link": _render_code, "table_open": _open_table, "table_close": _close_table,
        "th_open": _open_cell, "td_open": _open_cell,
    }  # fmt: skip
    for name, rule in rules.items():
        markdown.add_render_rule(name, rule)
    return markdown


_markdown = _build()
