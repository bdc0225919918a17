"""What stands between {% and %} in a text: {% rvu "99214" "work" year=2026 %} -> a Tag, or what is wrong with it."""

import re
from dataclasses import dataclass

from django.utils.text import smart_split

from codes.payment import Setting
from codes.tools import lines

# Field of the rvu tag -> the flag by which CMS marks its setting as not applicable.
FIELDS = {
    "work": "",
    "nonfac_pe": "nonfac_na",
    "fac_pe": "fac_na",
    "mp": "",
    "nonfac_total": "nonfac_na",
    "fac_total": "fac_na",
}
NAMES = {
    "work": "work RVU", "nonfac_pe": "non-facility PE RVU", "fac_pe": "facility PE RVU", "mp": "malpractice RVU",
    "nonfac_total": "non-facility total", "fac_total": "facility total",
}  # fmt: skip
# Name of the tag -> (fewest and most arguments, options it takes).
SHAPES = {
    "rvu": (2, 2, {"modifier", "year"}),
    "payment": (1, 1, {"setting", "locality", "modifier", "factor", "year"}),
    "bill": (1, 2, {"setting"}),
    "anesthesia_payment": (2, 2, set()),
    "conversion_factor": (0, 2, set()),
    "anesthesia_factor": (0, 2, set()),
    "code_count": (0, 0, set()),
    "release": (0, 0, set()),
    "release_year": (0, 0, set()),
    "code": (1, 1, set()),
}
CHOICES = {"setting": {setting.value: setting for setting in Setting}, "factor": {"standard": False, "qpp": True}}
CHOICES["setting"]["nonfacility"] = Setting.NONFACILITY
# What the bill tag can show of a list of codes -> what its title says of it.
SUMS = {
    "payment": "the codes as one day's work",
    "work": "work RVUs in full",
    "ranked_work": "work RVUs reduced as Medicare reduces its payment",
}


class FigureError(ValueError):
    """Why a figure can't be shown, as a sentence without its full stop."""


@dataclass(frozen=True)
class Tag:
    name: str
    args: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        return self.args[0].upper() if self.name in ("rvu", "payment", "code") else ""

    @property
    def year(self) -> int | None:
        """The year it is pinned to; None where it follows the current release."""
        written = next(filter(_is_year, self.args), "") if self.is_factor else self.option("year")
        return int(written) if written else None

    @property
    def is_factor(self) -> bool:
        return self.name.endswith("_factor")

    @property
    def is_value_of_current(self) -> bool:
        """Whether it shows RVUs or an amount that change with the current release."""
        return self.name in ("rvu", "payment", "bill", "anesthesia_payment") and self.year is None

    def option(self, name: str, default: str = "") -> str:
        return dict(self.options).get(name, default)


def parse(source: str) -> Tag:
    """The tag written between {% and %}. Raises FigureError where it is none of ours or has a wrong shape."""
    name, *rest = [*smart_split(source), ""]
    args, options = [], {}
    for bit in rest[:-1] if name else []:
        key, equals, value = bit.partition("=")
        if equals and key.isidentifier():
            options[key] = _unquoted(value)
        else:
            args.append(_unquoted(bit))
    return checked(Tag(name, tuple(args), tuple(sorted(options.items()))))


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{4}", text))


def checked(tag: Tag) -> Tag:
    """The same tag. Raises FigureError where its name, number of arguments, an option or a choice is unknown."""
    if tag.name not in SHAPES:
        raise FigureError(f"there is no tag “{tag.name}”; known are {', '.join(SHAPES)}")
    least, most, options = SHAPES[tag.name]
    if not least <= len(tag.args) <= most:
        raise FigureError(f"{tag.name} takes {least if least == most else f'{least} to {most}'} values")
    for name, value in tag.options:
        if name not in options:
            raise FigureError(f"{tag.name} takes no {name}")
        if name in CHOICES and value not in CHOICES[name]:
            raise FigureError(f"{name} is {' or '.join(CHOICES[name])}, not “{value}”")
        if name == "year" and not _is_year(value):
            raise FigureError(f"year is a year, not “{value}”")
    if reason := _wrong_values(tag):
        raise FigureError(reason)
    return tag


def _wrong_values(tag: Tag) -> str:
    """What is wrong with the values of a tag, of which there are as many as it takes; '' where nothing is."""
    if tag.name == "rvu" and tag.args[1] not in FIELDS:
        return f"there is no field “{tag.args[1]}”; known are {', '.join(FIELDS)}"
    if (
        tag.is_factor
        and tag.args not in ((), ("qpp",))
        and not (_is_year(tag.args[0]) and tag.args[1:] in ((), ("qpp",)))
    ):
        return f"{tag.name} takes a year, or none for the current release, and, if it is that one, “qpp”"
    if tag.name == "bill":
        typed = lines.parse(tag.args[0])
        trouble = next((line.trouble for line in typed if line.trouble), "" if typed else lines.SHAPE)
        known = tag.args[1:] == () or tag.args[1] in SUMS
        return trouble.rstrip(".") or ("" if known else f"bill shows {' or '.join(SUMS)}, not “{tag.args[1]}”")
    if tag.name == "anesthesia_payment" and not all(re.fullmatch("[0-9]{1,4}", value) for value in tag.args):
        return "anesthesia_payment takes base units and minutes, whole numbers both"
    return ""
