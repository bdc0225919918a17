"""What differs between two values of a field: line by line, item by item, and word by word within them. No Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

ALIKE = 0.4  # share of words in common from which a line counts as changed rather than as another one
AROUND = 1  # unchanged lines shown before and after what differs


@dataclass(frozen=True)
class Line:
    """`kind` is same, gone, new, changed or left-out; `parts` are (same, gone or new; words)."""

    kind: str
    parts: tuple[tuple[str, str], ...]


def lines(before: object, after: object) -> list[Line]:
    """Texts by line, lists by item; a pair, such as a question with its answer, is one item. Unknown is empty."""
    old, new = _items(before), _items(after)
    result: list[Line] = []
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (step, i, k, m, n) in enumerate(steps):
        if step == "equal":
            result += _unchanged(old[i:k], number == 0, number == len(steps) - 1)
        else:
            result += _replaced(old[i:k], new[m:n])
    return result


def _items(value: object) -> list[str]:
    if value in (None, "", []):
        return []
    if isinstance(value, list):
        return [" — ".join(map(str, item)) if isinstance(item, list) else str(item) for item in value]
    return str(value).splitlines()


def _unchanged(items: list[str], is_first: bool, is_last: bool) -> Iterator[Line]:
    head, tail = 0 if is_first else AROUND, 0 if is_last else AROUND
    hidden = len(items) - head - tail
    if hidden <= 1:
        head, hidden, tail = len(items), 0, 0
    yield from (_whole("same", item) for item in items[:head])
    if hidden:
        yield _whole("left-out", f"{hidden} unchanged")
    yield from (_whole("same", item) for item in items[len(items) - tail :])


def _replaced(old: list[str], new: list[str]) -> Iterator[Line]:
    paired = min(len(old), len(new))
    for before, after in zip(old[:paired], new[:paired], strict=True):
        yield from _changed(before, after)
    yield from (_whole("gone", item) for item in old[paired:])
    yield from (_whole("new", item) for item in new[paired:])


def _changed(before: str, after: str) -> Iterator[Line]:
    old, new = (re.findall(r"\w+\s*|[^\w\s]\s*|\s+", text) for text in (before, after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        yield _whole("gone", before)
        yield _whole("new", after)
        return
    parts: list[tuple[str, str]] = []
    for step, i, k, m, n in matcher.get_opcodes():
        if step == "equal":
            parts.append(("same", "".join(old[i:k])))
        else:
            parts += [(kind, "".join(words)) for kind, words in (("gone", old[i:k]), ("new", new[m:n])) if words]
    yield Line("changed", tuple(parts))


def _whole(kind: str, text: str) -> Line:
    return Line(kind, ((kind if kind in ("gone", "new") else "same", text),))
