"""Figures inside texts: a tag such as {% rvu "99214" "work" %} -> the figure of the current release, never typed.

With a year, as in {% rvu "99214" "work" year=2026 %}, a tag is pinned: it shows the figure of the newest loaded release
of that year, whatever release is current. A text's tags are parsed first, then `fetch` reads all they need at once.
What can't be shown raises FigureError with the reason; `html` says so in words instead, for whoever reads a published
text. The title of each figure says where it is from.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from codes import factors, page
from codes.figure_tags import CHOICES, FIELDS, NAMES, SUMS, FigureError, Tag
from codes.models import Code, Locality, Release, ReleaseFile
from codes.multiple import Bill, Terms, calculate
from codes.payment import NATIONAL, Gpcis, anesthesia_payment
from codes.tools import lines
from codes.tools.figures import Found, entry_of, find_codes, trouble_of

MISSING = "not in the current release"
# Factor of a release -> its kind in factors.py, and the kind of file that it is read from, if it stands in any.
FACTORS = {field: (kind, file) for kind, (field, file) in factors.OF_RELEASE.items()}
ROW = (
    "modifier", "not_used", "work", "nonfac_pe", "nonfac_na", "fac_pe", "fac_na", "mp", "nonfac_total", "fac_total",
    "opps_nonfac_pe", "opps_fac_pe", "opps_mp",
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """All that some tags need, read from the database. Rows and places are kept by the name of their release."""

    releases: list[Release]
    rows: dict[tuple[str, str, str], SimpleNamespace]
    codes: dict[str, Code]
    places: dict[tuple[str, str], Gpcis]
    billed: Found | None = None

    @property
    def current(self) -> Release:
        return self.release_of(None)

    def release_of(self, year: int | None) -> Release:
        """The newest loaded release of a year, the current one of None. Raises FigureError."""
        release = _release_of(self.releases, year)
        if release is None:
            raise FigureError(f"no release of {year} is loaded" if year else "no release is loaded")
        return release

    def html(self, tag: Tag) -> SafeString:
        """The figure, or in words that there is none."""
        try:
            return self.figure(tag)
        except FigureError:
            missing = f"not known here for {tag.year}" if tag.year else MISSING
            return format_html('<span class="figure figure-missing">{}</span>', missing)

    def figure(self, tag: Tag) -> SafeString:
        """The figure as HTML, in its title where it is from. Raises FigureError."""
        return getattr(self, f"_{tag.name}")(tag)

    def link(self, code: str) -> SafeString:
        """The code as a link to its page; as plain text where it has none."""
        known = self.codes.get(code)
        if known is None:
            return format_html("{}", code)
        return format_html('<a href="{}" title="{}">{}</a>', known.get_absolute_url(), known.title, code)

    def _row(self, tag: Tag) -> tuple[SimpleNamespace, Release]:
        release, modifier = self.release_of(tag.year), tag.option("modifier").upper()
        row = self.rows.get((release.name, tag.code, modifier))
        if row is None:
            with_modifier = f" with modifier {modifier}" if modifier else ""
            raise FigureError(f"{tag.code}{with_modifier} is not in {release.name}")
        return row, release

    def _rvu(self, tag: Tag) -> SafeString:
        (row, release), field = self._row(tag), tag.args[1]
        value = getattr(row, field)
        if value is None:
            raise FigureError(f"{release.name} gives {tag.code} no {NAMES[field]}")
        if FIELDS[field] and getattr(row, FIELDS[field]):
            raise FigureError(f"CMS marks the {NAMES[field]} of {tag.code} as not applicable in {release.name}")
        return _span(value, _cms(release))

    def _payment(self, tag: Tag) -> SafeString:
        row, release = self._row(tag)
        setting = CHOICES["setting"][tag.option("setting", "non-facility")]
        field = "conversion_factor" + "_qpp" * CHOICES["factor"][tag.option("factor", "standard")]
        if not page.is_paid(row):
            raise FigureError(f"Medicare pays no amount by RVUs for {tag.code} in {release.name}")
        factor, place = _factor(release, field), tag.option("locality")
        paid = page.service_payment(row, factor, setting, self._gpcis(place, release))
        if paid is None:
            raise FigureError(
                f"CMS marks the {setting.value} setting of {tag.code} as not applicable in {release.name}"
            )
        where = f"locality {place}" if place else "national"
        return _span(_dollars(paid.amount), f"{_cms(release)}, {where}, {setting.value}, {_named(release, field)}")

    def _gpcis(self, place: str, release: Release) -> Gpcis:
        if place and (release.name, place) not in self.places:
            raise FigureError(f"{place} is no locality of {release.name}, or of more than one state (add -ST)")
        return self.places[release.name, place] if place else NATIONAL

    def _bill(self, tag: Tag) -> SafeString:
        release, what = self.current, (*tag.args, "payment")[1]
        setting = CHOICES["setting"][tag.option("setting", "non-facility")]
        bill = self._calculated(tag, Terms(_factor(release, "conversion_factor"), setting))
        if what != "payment":
            return _span(_rvus(getattr(bill, what)), f"CMS {release.name}, {SUMS[what]}")
        terms = f"national, {setting.value}, {_named(release, 'conversion_factor')}"
        return _span(_dollars(bill.amount), f"CMS {release.name}, {terms}, {SUMS[what]}")

    def _calculated(self, tag: Tag, terms: Terms) -> Bill:
        """The calculator's sum of the tag's codes, none of them without a part in it. Raises FigureError."""
        typed = lines.parse(tag.args[0])
        if trouble := next(filter(None, (trouble_of(line, self.billed, self.current) for line in typed)), ""):
            raise FigureError(trouble.rstrip("."))
        bill = calculate([entry_of(line, self.billed) for line in typed], terms)
        counted = "work" if tag.args[1:] == ("work",) else "amount"
        for line in bill.lines:
            if getattr(line, counted) is None or line.is_by_report:
                raise FigureError(
                    f"{line.entry.code} has no amount to add up in {self.current.name}: {' '.join(line.notes)}"
                )
        return bill

    def _anesthesia_payment(self, tag: Tag) -> SafeString:
        units, minutes = map(int, tag.args)
        factor = _factor(self.current, "anesthesia_factor")
        title = f"{units} base units, {minutes} minutes, {_named(self.current, 'anesthesia_factor')}"
        return _span(_dollars(anesthesia_payment(Decimal(units), minutes, factor)), title)

    def _conversion_factor(self, tag: Tag) -> SafeString:
        return self._factor_of_year(tag, "conversion_factor" + "_qpp" * ("qpp" in tag.args))

    def _anesthesia_factor(self, tag: Tag) -> SafeString:
        return self._factor_of_year(tag, "anesthesia_factor" + "_qpp" * ("qpp" in tag.args))

    def _factor_of_year(self, tag: Tag, field: str) -> SafeString:
        release = _release_of(self.releases, tag.year)
        if release and (tag.year is None or getattr(release, field) is not None):
            return _span(f"${_plain(_factor(release, field))}", _source(release, field))
        for period in reversed(factors.periods(FACTORS[field][0])):
            if period.last_day.year == tag.year:
                return _span(
                    f"${_plain(period.value)}", f"In force {period.first_day} to {period.last_day}: {period.source}"
                )
        raise FigureError(
            f"no {tag.name.replace('_', ' ')} of {tag.year} is known" if tag.year else "no release is loaded"
        )

    def _code_count(self, tag: Tag) -> SafeString:
        release = self.current
        return _span(
            f"{release.code_count:,}", f"CMS {release.name}" + ", the part of it loaded here" * release.is_starter
        )

    def _release(self, tag: Tag) -> SafeString:
        release = self.current
        of = f" of {date_format(release.released, 'F j, Y')}" if release.released else ""
        return _span(f"{release.name}{of}", f"CMS {release.name}")

    def _release_year(self, tag: Tag) -> SafeString:
        return _span(self.current.effective_from.year, f"CMS {self.current.name}")

    def _code(self, tag: Tag) -> SafeString:
        code = self.codes.get(tag.code)
        if code is None:
            raise FigureError(f"{tag.code} has no page here")
        return format_html(
            '<a href="{}"><span class="code">{}</span> {}</a>', code.get_absolute_url(), code.code, code.title
        )


def _release_of(releases: list[Release], year: int | None) -> Release | None:
    """The current release, or the newest of a year: of those that have begun, else the next one that will."""
    if year is None:
        return next((release for release in releases if release.is_current), None)
    of_year = [release for release in releases if release.effective_from.year == year]
    return next((release for release in of_year if not release.is_ahead), of_year[-1] if of_year else None)


def _cms(release: Release) -> str:
    return f"CMS {release.name}" + ", not in force yet" * release.is_ahead


def _factor(release: Release, field: str) -> Decimal:
    value = getattr(release, field)
    if value is None:
        raise FigureError(f"{release.name} has no such factor")
    return value


def _source(release: Release, field: str) -> str:
    """Where a factor of a release is from: a CMS file that was loaded, else what was published of it."""
    kind, file = FACTORS[field]
    if file == "PPRRVU" or (file and getattr(release, f"has_{field}_file")):
        return _cms(release)
    of_year = [period for period in factors.periods(kind) if period.last_day.year == release.effective_from.year]
    return "Published figure, not of a loaded CMS file" + (f": {of_year[-1].source}" if of_year else "")


def _named(release: Release, field: str) -> str:
    """A factor in the title of an amount, with its source where that is not the release that the title names."""
    name, source = field.removesuffix("_qpp").replace("_", " "), _source(release, field)
    named = f"{name} {_plain(getattr(release, field))}"
    return named if source == _cms(release) and name == "conversion factor" else f"{named} ({source})"


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def _rvus(value: Decimal) -> str:
    """Exact, with two decimals at least: half of an odd hundredth has three."""
    return f"{value:.2f}" if value == round(value, 2) else f"{value.normalize():f}"


def _plain(factor: Decimal) -> str:
    """With its four decimals less closing zeros, but cents at least."""
    return f"{factor:.2f}" if factor == round(factor, 2) else f"{factor.normalize():f}"


def _span(value: object, title: str) -> SafeString:
    return format_html('<span class="figure" title="{}">{}</span>', title, value)


def fetch(tags: Iterable[Tag], codes: Collection[str] = ()) -> Figures:
    """Everything these tags need and the pages of these codes: releases in a query, rows and codes in another."""
    tags = set(tags)
    releases = list(_releases())
    current = _release_of(releases, None)
    valued = [tag for tag in tags if tag.name in ("rvu", "payment")]
    used = {release.pk: release for tag in valued if (release := _release_of(releases, tag.year))}
    wanted = {tag.code for tag in tags if tag.code} | set(codes)
    found = list(_codes_with_rows(wanted, used)) if wanted else []
    billed = {line.code for tag in tags if tag.name == "bill" for line in lines.parse(tag.args[0])}
    return Figures(
        releases=releases,
        rows={
            (used[code.figures_release].name, code.code, code.figures_modifier): _row_of(code)
            for code in found
            if code.figures_release is not None
        },
        codes={code.code: code for code in found if code.is_listed},
        places=_places({place for tag in tags if (place := tag.option("locality"))}, used),
        billed=find_codes(billed, current) if billed else None,
    )


def _releases():
    """The releases in use, each with what `_source` asks of its files."""
    files = ReleaseFile.objects.filter(release=OuterRef("pk"))
    return Release.objects.in_use().annotate(
        **{f"has_{field}_file": Exists(files.filter(kind=kind)) for field, (_, kind) in FACTORS.items() if kind}
    )


def _codes_with_rows(codes: Collection[str], releases: Collection[int]):
    """Each code once for each of its rows in these releases, and once where it has none."""
    return (
        Code.objects.filter(code__in=codes)
        .select_related("category")
        .annotate(row=FilteredRelation("rows", condition=Q(rows__release__in=[*releases] or [0])))
        .annotate(
            figures_release=F("row__release"), figures_status=F("row__status"),
            **{f"figures_{name}": F(f"row__{name}") for name in ROW},
        )
    )  # fmt: skip


def _row_of(code: Code) -> SimpleNamespace:
    return SimpleNamespace(**{name: getattr(code, f"figures_{name}") for name in ("status", *ROW)})


def _places(keys: set[str], releases: dict[int, Release]) -> dict[tuple[str, str], Gpcis]:
    """(release, key of the address: seven digits, and -ST where two states share them) -> its indices."""
    if not keys or not releases:
        return {}
    rows = (
        Locality.objects.filter(release__in=[*releases])
        .annotate(digits=Concat("mac", "number"), full=Concat("mac", "number", Value("-"), "state"))
        .filter(digits__in=[key.partition("-")[0] for key in keys])
        .values_list("release", "digits", "full", "work", "pe", "mp")
    )
    places: dict[tuple[str, str], list[Gpcis]] = {}
    for release, digits, full, *gpcis in rows:
        for key in (digits, full):
            places.setdefault((releases[release].name, key), []).append(Gpcis(*map(Decimal, gpcis)))
    return {key: found[0] for key, found in places.items() if len(found) == 1}
