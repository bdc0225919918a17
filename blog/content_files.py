"""The files under content/: TOML front matter between two lines +++, then Markdown; the FAQ in one TOML file. No Django."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

CONTENT = Path(__file__).parent / "content"
KINDS = {"post": "posts", "guide": "guides", "page": "pages"}
STAGES = {"student", "resident", "attending"}
NEEDED = {
    "post": {"title", "description", "author", "published", "tags", "stages", "sources"},
    "guide": {"title", "description", "author", "published", "stages", "sources"},
    "page": {"title", "description"},
}
FENCE = "+++"


class ContentError(ValueError):
    """What is wrong with a file, its name first."""


@dataclass(frozen=True)
class TextFile:
    path: Path
    kind: str
    slug: str
    title: str
    description: str
    body: str
    first_line: int  # of the body, in the file
    author: str = ""
    published: datetime | None = None
    tags: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    sources: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class FaqFile:
    """One group of questions: (question, answer) in order."""

    slug: str
    name: str
    questions: list[tuple[str, str]]


def texts(folder: Path = CONTENT) -> Iterator[TextFile]:
    """Every text in its kind's folder. Raises ContentError at the first file that is not as it must be."""
    for kind, name in KINDS.items():
        for path in sorted((folder / name).glob("*.md")):
            yield read_text(path, kind)


def read_text(path: Path, kind: str) -> TextFile:
    opening, front, body = _parts(path)
    values = _toml(path, front)
    if opening or set(values) - NEEDED["post"] or NEEDED[kind] - set(values):
        raise ContentError(f"{path.name}: a {kind} has the keys {', '.join(sorted(NEEDED[kind]))}")
    if published := values.get("published"):
        if not isinstance(published, datetime):
            raise ContentError(f"{path.name}: published is a date with a time")
        values["published"] = published if published.tzinfo else published.replace(tzinfo=UTC)
    _check(path, values)
    return TextFile(path, kind, path.stem, body=body.strip("\n") + "\n", first_line=_first_line(front, body), **values)


def _first_line(front: str, body: str) -> int:
    """Line of the body's first line that is not empty, from 1."""
    blank = len(body) - len(body.lstrip("\n"))
    return front.count("\n") + 3 + blank  # the two fences and the line after them


def _parts(path: Path) -> tuple[str, str, str]:
    parts = path.read_text(encoding="utf-8").split(f"{FENCE}\n", 2)
    if len(parts) != 3:
        raise ContentError(f"{path.name}: the front matter stands between two lines {FENCE}")
    return parts[0].strip(), parts[1], parts[2]


def _toml(path: Path, text: str) -> dict:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: {error}") from error


def _check(path: Path, values: dict) -> None:
    sources = values.get("sources", [])
    wrong = {
        "description has 80 to 160 characters": not 80 <= len(values["description"]) <= 160,
        "a title or description has a figure tag": "{%" in values["title"] + values["description"],
        f"stages are {', '.join(sorted(STAGES))}": not set(values.get("stages", [])) <= STAGES,
        "a source is a title and an https address": not all(
            len(source) == 2 and source[1].startswith("https://") for source in sources
        ),
    }
    for what, is_wrong in wrong.items():
        if is_wrong:
            raise ContentError(f"{path.name}: {what}")


def faq(folder: Path = CONTENT) -> list[FaqFile]:
    """The groups of faq.toml in order; none where there is no such file. Raises ContentError."""
    path = folder / "faq.toml"
    if not path.exists():
        return []
    try:
        return [
            FaqFile(
                group["slug"], group["name"], [(q["question"], q["answer"].strip()) for q in group.get("question", [])]
            )
            for group in _toml(path, path.read_text(encoding="utf-8"))["group"]
        ]
    except KeyError as error:
        raise ContentError(f"{path.name}: {error} is missing") from error


def line_of(question: str, folder: Path = CONTENT) -> int:
    """Line in faq.toml on which the answer to a question begins, from 1."""
    before, _, after = (folder / "faq.toml").read_text(encoding="utf-8").partition(question)
    opening = after.split("\n", 2)[1]
    return before.count("\n") + (3 if opening.endswith('"""') else 2)
