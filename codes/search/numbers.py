"""The codes in what was typed: single ones, ranges, and the beginning of one. No Django."""

import re
from dataclasses import dataclass

_ONE = r"\d{4}[0-9AFMTU]|[A-V]\d{4}"
CODE = re.compile(rf"({_ONE})(?:-?[0-9A-Z]{{2}}(?:-[0-9A-Z]{{2}})*)?", re.IGNORECASE)
PREFIX = re.compile(r"\d{1,4}|\d{4}[aftum]?|[a-v]\d{0,4}", re.IGNORECASE)
WILD = re.compile(r"([0-9A-V]\d{1,3})[x*?]{1,4}", re.IGNORECASE)  # 992xx, J90*
PARTED = re.compile(r"([A-V])[\s-](\d{4})|(\d{3})\s(\d{2})|(\d{2})\s(\d{3})", re.IGNORECASE)  # J 1885, 992 13
LABEL = re.compile(r"\b(?:cpt|hcpcs|codes?|px)\s*[:#.-]?\s*(?=[a-v]?\d{4})", re.IGNORECASE)
LETTER_O = re.compile(r"\b([a-v])(?=o*\do*\d)([o\d]{4})\b", re.IGNORECASE)  # GO438 means G0438
RANGE = re.compile(
    rf"\b({_ONE})\s*(?:-|\bto\b|\bthru\b|\bthrough\b)\s*({_ONE}|\d(?![\w-]))"
    rf"|\bbetween\s+({_ONE})\s+and\s+({_ONE})",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"\d\d|[A-Z][A-Z0-9]", re.IGNORECASE)
_SIGNS = ".:()[]#?!\"'*"


@dataclass(frozen=True)
class Codes:
    """Codes and ranges (first and last code) in the order typed, upper case; `rest` is the text around them."""

    named: tuple[str | tuple[str, str], ...] = ()
    rest: str = ""


def read(text: str) -> Codes:
    """Codes with or without modifier ('99213-25'), one or several, ranges ('99202-99205', '99202-5')."""
    text = _tidied(text)
    named: list[str | tuple[str, str]] = []
    rest: list[str] = []
    at = 0
    for match in RANGE.finditer(text):
        _read_single(text[at : match.start()], named, rest)
        first, last = (part.upper() for part in match.groups() if part)
        named.append((first, first[: -len(last)] + last))
        at = match.end()
    _read_single(text[at:], named, rest)
    if named and all(_MODIFIER.fullmatch(part) for part in rest):
        rest = []  # modifiers behind a code
    return Codes(tuple(dict.fromkeys(named)), " ".join(rest))


def _tidied(text: str) -> str:
    if match := PARTED.fullmatch(text):
        return "".join(part for part in match.groups() if part)
    return LETTER_O.sub(lambda code: code[1] + code[2].lower().replace("o", "0"), LABEL.sub("", text))


def _read_single(text: str, named: list, rest: list[str]) -> None:
    for part in re.split(r"[\s,;|]+", text):
        pieces = [piece.strip(_SIGNS) for piece in re.split(r"[/+&]", part)]
        codes = [CODE.fullmatch(piece) for piece in pieces]
        if codes[0] and all(code or _MODIFIER.fullmatch(piece) for code, piece in zip(codes, pieces, strict=True)):
            named += [code[1].upper() for code in codes if code]
        elif part:
            rest.append(part)


def beginning(text: str) -> str:
    """The code's beginning that was typed, in upper case: '992', '992xx', 'J75'; empty where it is none."""
    if match := WILD.fullmatch(text):
        return match[1].upper()
    return text.upper() if PREFIX.fullmatch(text) else ""
