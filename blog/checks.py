"""What is wrong with a text: figures that can't be shown or are not true beside each other, links that lead nowhere.

For the admin, the command and CI.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template import engines
from django.urls import Resolver404, resolve

from blog import content_files
from blog.equations import equations
from blog.markdown import RESERVED, Document, figures_of
from blog.models import Correction, FaqGroup, Question, Tag, Text
from codes.figure_tags import FigureError
from codes.figures import Figures, fetch
from codes.models import Code
from codes.templatetags.figures import nodes_of


@dataclass(frozen=True)
class Problem:
    where: str
    line: int
    reason: str

    def __str__(self):
        return f"{self.where}, line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Source:
    """A text to look through, and what to call it. `first_line` is where the text begins in its file."""

    where: str
    text: str
    path: str = ""
    first_line: int = 1


def figure_problems(document: Document, figures: Figures) -> Iterator[tuple[int, str]]:
    """(line, reason) for each tag that would not show a figure."""
    for used in document.used:
        try:
            if used.tag is None:
                raise FigureError(used.trouble)
            figures.figure(used.tag)
        except FigureError as error:
            yield used.line, f"{used.source}: {error}"


def mixed_problems(document: Document, figures: Figures) -> Iterator[tuple[int, str]]:
    """(line, reason) for each figure of another year than the current one's beside figures that follow the current release.

    Beside each other is: in one paragraph, list or table.
    """
    year = next((release.effective_from.year for release in figures.releases if release.is_current), None)
    follows = {used.block for used in document.used if used.tag and used.tag.is_value_of_current}
    for used in document.used:
        if used.tag and used.block in follows and used.tag.year not in (None, year):
            yield (
                used.line,
                f"{used.source}: it is of {used.tag.year} and stands beside figures of {year}; give all a year, or none",
            )


def equation_problems(document: Document, figures: Figures) -> Iterator[tuple[int, str]]:
    """(line, reason) for each sum of the text that does not come out."""
    for line, text in document.lines(figures):
        yield from ((line, f"{equation} is not true") for equation, is_right in equations(text) if not is_right)


def problems(document: Document, figures: Figures) -> list[tuple[int, str]]:
    """(line, reason) for all that is wrong with the figures of a text."""
    return [part for check in (figure_problems, mixed_problems, equation_problems) for part in check(document, figures)]


def typed_problems(document: Document) -> Iterator[tuple[int, str]]:
    """(line, reason) for each number that looks like a figure of CMS and stands in the text itself."""
    for line, number in document.typed:
        yield line, f"{number} is typed by hand: use a tag, or write it as code (`{number}`) if it is no figure of CMS"


def problems_of(text: str) -> list[str]:
    """For a form: what is wrong with the figures of this text, tag and line named."""
    document = Document(text)
    return [f"Line {line}: {reason}." for line, reason in problems(document, figures_of([document]))]


def doubts_about(text: str) -> list[str]:
    """What an editor should look at again; no reason to refuse the text."""
    return [f"Line {line}: {reason}." for line, reason in typed_problems(Document(text))]


def check_all() -> list[Problem]:
    """Every text of the database, every file under content/ and every template."""
    sources = [*_of_database(), *_of_files()]
    documents = [Document(source.text) for source in sources]
    figures = figures_of(documents)
    targets = Targets(sources, documents)
    found = [
        Problem(source.where, source.first_line + line - 1, reason)
        for source, document in zip(sources, documents, strict=True)
        for line, reason in [*problems(document, figures), *typed_problems(document), *targets.broken(document)]
    ]
    corrections = [
        Problem(f"correction {correction}", 1, reason)
        for correction in Correction.objects.all()
        if (reason := targets.trouble(correction.page, None))
    ]
    return [*found, *corrections, *_of_templates()]


def _of_database() -> Iterator[Source]:
    for text in Text.objects.all():
        yield Source(f"{text.kind} {text.slug}", text.body, text.get_absolute_url())
    for question in Question.objects.select_related("group"):
        yield Source(f"question “{question.question}”", question.answer)


def _of_files() -> Iterator[Source]:
    for file in content_files.texts():
        yield Source(file.path.name, file.body, first_line=file.first_line)
    for group in content_files.faq():
        for question, answer in group.questions:
            yield Source(f"faq.toml “{question}”", answer, first_line=content_files.line_of(question))


def _of_templates() -> Iterator[Problem]:
    """Figures in templates, whose values are written in them."""
    engine = engines["django"].engine
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in sorted(folder.rglob("*.html")):
            nodes = nodes_of(engine.get_template(str(path.relative_to(folder))))
            tags = {node: node.tag(None) for node in nodes}
            figures = fetch(tags.values()) if tags else None
            for node, tag in tags.items():
                try:
                    figures.figure(tag)
                except FigureError as error:
                    yield Problem(path.name, node.token.lineno, f"{node.token.contents}: {error}")


class Targets:
    """The pages and anchors that an internal link may lead to."""

    def __init__(self, sources: Iterable[Source], documents: Iterable[Document]):
        linked = [urlsplit(address).path for document in documents for _, address in document.links]
        typed = {path.rstrip("/").rsplit("/", 1)[-1].upper() for path in linked}
        self.codes = dict(Code.objects.listed().filter(code__in=typed).values_list("code", "category_id"))
        self.texts = {text.get_absolute_url() for text in Text.objects.public()}
        self.tags = {tag.get_absolute_url() for tag in Tag.objects.all()}
        self.anchors = {
            source.path: {heading.id for heading in document.headings}
            for source, document in zip(sources, documents, strict=True)
            if source.path
        }
        self.groups = set(FaqGroup.objects.values_list("slug", flat=True))

    def broken(self, document: Document) -> Iterator[tuple[int, str]]:
        for line, address in document.links:
            if reason := self.trouble(address, document):
                yield line, f"link to {address}: {reason}"

    def trouble(self, address: str, document: Document | None) -> str:
        """Why this link is no good; '' where it is. Addresses of other sites are not asked."""
        parts = urlsplit(address)
        if parts.scheme in ("https", "mailto"):
            return ""
        if parts.scheme or parts.netloc:
            return "only https, mailto and paths on this site"
        if not parts.path:
            known = {heading.id for heading in document.headings} if document else set()
            return "" if parts.fragment in known else "there is no such heading in this text"
        return self._trouble_of_path(unquote(parts.path), parts.fragment)

    def _trouble_of_path(self, path: str, fragment: str) -> str:
        try:
            match = resolve(path)
        except Resolver404:
            return "there is no such page"
        name, values = match.url_name, match.kwargs
        if name in ("code-page", "code-short"):
            category = self.codes.get(values["code"].upper())
            exists = category and values.get("category", category) == category
        elif name in ("blog-post", "guide", "blog-tag") or path in self.anchors:
            exists = path in self.texts | self.tags
        else:
            exists = True
        if not exists:
            return "there is no such page"
        anchors = self.anchors.get(path, self.groups if name == "support" else None)
        is_ours = re.fullmatch(r"[a-z0-9-]+", fragment) and anchors is not None
        return "there is no such heading on that page" if is_ours and fragment not in anchors | RESERVED else ""
