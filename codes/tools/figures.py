"""What the tools ask the catalogue for: a release, the codes of a list with their rows, and the terms of payment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Subquery
from django.utils.safestring import SafeString

from codes.models import Code, Release, RvuRow
from codes.multiple import TECHNICAL_CODES, Entry, Terms, companions
from codes.payment import NATIONAL, Setting
from codes.places import Place, find_place, options, places_of
from codes.tools.lines import Typed


def current_release() -> Release | None:
    """The current release with `revision`, the state of the catalogue."""
    return Release.objects.with_revision().current()


@dataclass(frozen=True)
class Found:
    """The codes of a list that have a page, and all rows that are needed to work them out: code -> modifier -> row."""

    codes: dict[str, Code]
    rows: dict[str, dict[str, RvuRow]]


def find_codes(keys: Iterable[str], release: Release | None) -> Found:
    """In two queries; the rows hold those of base scopes and technical codes too."""
    keys = list(dict.fromkeys(keys))
    codes = Code.objects.listed().select_related("category").in_bulk(keys)
    rows: dict[str, dict[str, RvuRow]] = {}
    if release and codes:
        bases = RvuRow.objects.filter(release=release, code__in=keys).exclude(endo_base="").values("endo_base")
        technical = {other for key in keys for other in TECHNICAL_CODES.get(key, ())}
        of_release = RvuRow.objects.filter(release=release)
        wanted = of_release.filter(code__in={*keys, *technical}) | of_release.filter(code__in=Subquery(bases))
        for row in wanted.order_by("modifier"):
            rows.setdefault(row.code_id, {})[row.modifier] = row
    return Found(codes, rows)


def entry_of(line: Typed, found: Found) -> Entry | None:
    """What the arithmetic needs of a line as typed; None where the line counts for nothing."""
    if trouble_of(line, found, None):
        return None
    rows = found.rows[line.code]
    others = {code: found.rows[code][""] for code in companions(line.code, rows) if "" in found.rows.get(code, {})}
    own = {line.code: rows[""]} if "" in rows else {}
    return Entry(line.code, rows, line.modifiers, line.units, others | own)


def trouble_of(line: Typed, found: Found, release: Release | None) -> str:
    """Why a line counts for nothing, in a sentence; '' where it counts."""
    if line.trouble:
        return line.trouble
    if line.code not in found.codes:
        return f"{line.code} is no code of this catalogue."
    rows = found.rows.get(line.code, {})
    if not rows:
        name = release.name if release else "The catalogue"
        return f"{name} holds no figures for {line.code}: it is not on the physician fee schedule, or no longer."
    if "" not in rows and not set(rows) & set(line.modifiers):
        return f"CMS gives {line.code} with {' or '.join(rows)} only. Add the modifier."
    return ""


@dataclass(frozen=True)
class Choice:
    """Setting, place and factor as chosen in the address; `trouble` says what was not understood."""

    release: Release | None
    setting: Setting
    place: Place | None
    is_qpp: bool
    options: SafeString | str
    trouble: str

    @property
    def factor(self) -> Decimal | None:
        if not self.release:
            return None
        return self.release.conversion_factor_qpp if self.is_qpp else self.release.conversion_factor

    @property
    def terms(self) -> Terms | None:
        gpcis = self.place.gpcis if self.place else NATIONAL
        return Terms(self.factor, self.setting, gpcis) if self.factor else None

    @property
    def query(self) -> dict[str, str]:
        """What differs from the usual, for links."""
        chosen = {
            "setting": "facility" if self.setting is Setting.FACILITY else "",
            "locality": self.place.key if self.place else "",
            "factor": "qpp" if self.is_qpp else "",
        }
        return {name: value for name, value in chosen.items() if value}


def choose(query: Mapping[str, str], release: Release | None) -> Choice:
    """Reads `setting`, `locality` and `factor` of an address."""
    places = places_of(release.pk, release.revision) if release else ()
    place, trouble = find_place(places, query.get("locality", ""))
    setting = Setting.FACILITY if query.get("setting") == "facility" else Setting.NONFACILITY
    is_qpp = query.get("factor") == "qpp" and bool(release and release.conversion_factor_qpp)
    return Choice(release, setting, place, is_qpp, options(places, place.key if place else ""), trouble)
