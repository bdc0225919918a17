"""Figures inside texts: a tag such as {% rvu "99214" "work" %} -> the figure of the current release, never typed.

A text's tags are parsed first, then `fetch` reads all they need at once. What can't be shown raises FigureError
with the reason; `html` says so in words instead, for whoever reads a published text.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Concat
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import smart_split

from codes import factors, page
from codes.models import Code, Locality, Release
from codes.payment import NATIONAL, Gpcis, Setting

MISSING = "not in the current release"
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
    "rvu": (2, 2, {"modifier"}),
    "payment": (1, 1, {"setting", "locality", "modifier", "factor"}),
    "conversion_factor": (1, 2, set()),
    "anesthesia_factor": (1, 2, set()),
    "code_count": (0, 0, set()),
    "release": (0, 0, set()),
    "code": (1, 1, set()),
}
CHOICES = {"setting": {setting.value: setting for setting in Setting}, "factor": {"standard": False, "qpp": True}}
CHOICES["setting"]["nonfacility"] = Setting.NONFACILITY
ROW = (
    "modifier", "not_used", "work", "nonfac_pe", "nonfac_na", "fac_pe", "fac_na", "mp", "nonfac_total", "fac_total",
    "opps_nonfac_pe", "opps_fac_pe", "opps_mp",
)  # fmt: skip


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


def checked(tag: Tag) -> Tag:
    """The same tag. Raises FigureError where its name, number of arguments, an option or a choice is unknown."""
    if tag.name not in SHAPES:
        raise FigureError(f"there is no tag “{tag.name}”; known are {', '.join(SHAPES)}")
    least, most, options = SHAPES[tag.name]
    if not least <= len(tag.args) <= most:
        raise FigureError(f"{tag.name} takes {least if least == most else f'{least} or {most}'} values")
    for name, value in tag.options:
        if name not in options:
            raise FigureError(f"{tag.name} takes no {name}")
        if name in CHOICES and value not in CHOICES[name]:
            raise FigureError(f"{name} is {' or '.join(CHOICES[name])}, not “{value}”")
    if tag.name == "rvu" and tag.args[1] not in FIELDS:
        raise FigureError(f"there is no field “{tag.args[1]}”; known are {', '.join(FIELDS)}")
    if tag.name.endswith("_factor") and not (
        tag.args[0].isascii() and tag.args[0].isdigit() and tag.args[1:] in ((), ("qpp",))
    ):
        raise FigureError(f"{tag.name} takes a year and, if it is that one, “qpp”")
    return tag


@dataclass(frozen=True)
class Figures:
    """All that some tags need, read from the database."""

    releases: list[Release]
    rows: dict[tuple[str, str], SimpleNamespace]
    codes: dict[str, Code]
    places: dict[str, Gpcis]
    code_count: int | None = None

    @property
    def current(self) -> Release:
        for release in self.releases:
            if release.is_current:
                return release
        raise FigureError("no release is loaded")

    def html(self, tag: Tag) -> SafeString:
        """The figure, or in words that there is none."""
        try:
            return self.figure(tag)
        except FigureError:
            return format_html('<span class="figure figure-missing">{}</span>', MISSING)

    def figure(self, tag: Tag) -> SafeString:
        """The figure as HTML, its release in the title. Raises FigureError."""
        return getattr(self, f"_{tag.name}")(tag)

    def link(self, code: str) -> SafeString:
        """The code as a link to its page; as plain text where it has none."""
        known = self.codes.get(code)
        if known is None:
            return format_html("{}", code)
        return format_html('<a href="{}" title="{}">{}</a>', known.get_absolute_url(), known.title, code)

    def _row(self, tag: Tag) -> SimpleNamespace:
        modifier = tag.option("modifier").upper()
        row = self.rows.get((tag.code, modifier))
        if row is None:
            with_modifier = f" with modifier {modifier}" if modifier else ""
            raise FigureError(f"{tag.code}{with_modifier} is not in {self.current.name}")
        return row

    def _rvu(self, tag: Tag) -> SafeString:
        row, field = self._row(tag), tag.args[1]
        value = getattr(row, field)
        if value is None:
            raise FigureError(f"{self.current.name} gives {tag.code} no {NAMES[field]}")
        if FIELDS[field] and getattr(row, FIELDS[field]):
            raise FigureError(f"CMS marks the {NAMES[field]} of {tag.code} as not applicable in {self.current.name}")
        return _span(value, f"CMS {self.current.name}")

    def _payment(self, tag: Tag) -> SafeString:
        row, release = self._row(tag), self.current
        setting = CHOICES["setting"][tag.option("setting", "non-facility")]
        is_qpp = CHOICES["factor"][tag.option("factor", "standard")]
        factor = release.conversion_factor_qpp if is_qpp else release.conversion_factor
        if not page.is_paid(row):
            raise FigureError(f"Medicare pays no amount by RVUs for {tag.code} in {release.name}")
        if factor is None:
            raise FigureError(f"{release.name} has no such conversion factor")
        place = tag.option("locality")
        paid = page.service_payment(row, factor, setting, self._gpcis(place))
        if paid is None:
            raise FigureError(
                f"CMS marks the {setting.value} setting of {tag.code} as not applicable in {release.name}"
            )
        where = f"locality {place}" if place else "national"
        return _span(
            f"${paid.amount:,.2f}", f"CMS {release.name}, {where}, {setting.value}, conversion factor {factor}"
        )

    def _gpcis(self, place: str) -> Gpcis:
        if place and place not in self.places:
            raise FigureError(f"{place} is no locality of {self.current.name}, or of more than one state (add -ST)")
        return self.places[place] if place else NATIONAL

    def _conversion_factor(self, tag: Tag) -> SafeString:
        return self._factor_of_year(tag, "conversion_factor", "pfs")

    def _anesthesia_factor(self, tag: Tag) -> SafeString:
        return self._factor_of_year(tag, "anesthesia_factor", "anesthesia")

    def _factor_of_year(self, tag: Tag, field: str, kind: str) -> SafeString:
        year, qpp = int(tag.args[0]), "_qpp" if tag.args[1:] else ""
        for release in self.releases:
            value = getattr(release, field + qpp)
            if release.effective_from.year == year and value is not None:
                return _span(f"${_plain(value)}", f"CMS {release.name}")
        for period in reversed(factors.periods(kind + qpp)):
            if period.last_day.year == year:
                return _span(f"${_plain(period.value)}", f"In force {period.first_day} to {period.last_day}")
        raise FigureError(f"no {tag.name.replace('_', ' ')} of {year} is known")

    def _code_count(self, tag: Tag) -> SafeString:
        return _span(f"{self.code_count:,}", f"CMS {self.current.name}")

    def _release(self, tag: Tag) -> SafeString:
        release = self.current
        of = f" of {date_format(release.released, 'F j, Y')}" if release.released else ""
        return _span(f"{release.name}{of}", f"CMS {release.name}")

    def _code(self, tag: Tag) -> SafeString:
        code = self.codes.get(tag.code)
        if code is None:
            raise FigureError(f"{tag.code} has no page here")
        return format_html(
            '<a href="{}"><span class="code">{}</span> {}</a>', code.get_absolute_url(), code.code, code.title
        )


def _plain(factor: Decimal) -> str:
    """With its four decimals less closing zeros, but cents at least."""
    return f"{factor:.2f}" if factor == round(factor, 2) else f"{factor.normalize():f}"


def _span(value: object, title: str) -> SafeString:
    return format_html('<span class="figure" title="{}">{}</span>', title, value)


def fetch(tags: Iterable[Tag], codes: Collection[str] = ()) -> Figures:
    """Everything these tags need and the pages of these codes: releases in a query, rows and codes in another."""
    tags = set(tags)
    releases = list(Release.objects.all())
    current = next((release for release in releases if release.is_current), None)
    wanted = {tag.code for tag in tags if tag.code} | set(codes)
    found = list(_codes_with_rows(wanted, current)) if wanted else []
    counted = any(tag.name == "code_count" for tag in tags)
    return Figures(
        releases=releases,
        rows={(code.code, code.figures_modifier): _row_of(code) for code in found if code.figures_modifier is not None},
        codes={code.code: code for code in found if code.is_listed},
        places=_places({place for tag in tags if (place := tag.option("locality"))}, current),
        code_count=Code.objects.listed().count() if counted else None,
    )


def _codes_with_rows(codes: Collection[str], current: Release | None):
    """Each code once for each of its rows in the current release, and once where it has none."""
    return (
        Code.objects.filter(code__in=codes)
        .select_related("category")
        .annotate(row=FilteredRelation("rows", condition=Q(rows__release=current.pk if current else 0)))
        .annotate(figures_status=F("row__status"), **{f"figures_{name}": F(f"row__{name}") for name in ROW})
    )


def _row_of(code: Code) -> SimpleNamespace:
    return SimpleNamespace(**{name: getattr(code, f"figures_{name}") for name in ("status", *ROW)})


def _places(keys: set[str], current: Release | None) -> dict[str, Gpcis]:
    """Key of the address (seven digits, and -ST where two states share them) -> its indices."""
    if not keys or current is None:
        return {}
    rows = (
        Locality.objects.filter(release=current)
        .annotate(digits=Concat("mac", "number"), full=Concat("mac", "number", Value("-"), "state"))
        .filter(digits__in=[key.partition("-")[0] for key in keys])
        .values_list("digits", "full", "work", "pe", "mp")
    )
    places: dict[str, list[Gpcis]] = {}
    for digits, full, *gpcis in rows:
        for key in (digits, full):
            places.setdefault(key, []).append(Gpcis(*map(Decimal, gpcis)))
    return {key: found[0] for key, found in places.items() if len(found) == 1}
