"""What loading a release would change: rows, factors, places and caps, what is there against what comes. No Django."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from codes.cms.localities import AnesthesiaFactor, Gpci, LocalityCounties
from codes.cms.oppscap import OppsCapRow
from codes.cms.pprrvu import PprrvuRow

COMPARED = ("work", "nonfac_pe", "fac_pe", "mp", "nonfac_total", "fac_total", "status")
# Of a row whose values stay: what else CMS says of it.
INDICATORS = (
    "nonfac_na", "fac_na", "not_used", "global_days", "pctc", "mult_proc", "bilat_surg", "asst_surg", "co_surg",
    "team_surg", "endo_base", "supervision", "calculation_flag", "imaging_family", "pre_op", "intra_op", "post_op",
    "opps_nonfac_pe", "opps_fac_pe", "opps_mp",
)  # fmt: skip
FACTORS = ("conversion_factor", "conversion_factor_qpp", "anesthesia_factor", "anesthesia_factor_qpp")
INDICES, ANESTHESIA = ("work", "pe", "mp"), ("anesthesia_factor", "anesthesia_factor_qpp")
PLACE = ("name", *INDICES, *ANESTHESIA, "counties")
LABELS = {
    "nonfac_pe": "PE non-facility", "fac_pe": "PE facility", "mp": "MP", "nonfac_total": "total non-facility",
    "fac_total": "total facility", "pe": "PE", "nonfac_na": "non-facility NA", "fac_na": "facility NA", "pctc": "PC/TC",
    "not_used": "not used by Medicare", "mult_proc": "multiple procedures", "bilat_surg": "bilateral",
    "asst_surg": "assistant", "co_surg": "co-surgeons", "team_surg": "team", "endo_base": "base of the scope",
    "conversion_factor_qpp": "conversion factor, QPP", "anesthesia_factor_qpp": "anesthesia factor, QPP",
}  # fmt: skip
Key = tuple[str, str]  # code and modifier
PlaceKey = tuple[str, str, str]  # MAC, number and state
Step = tuple[str, object, object]  # column, before, after


@dataclass
class Difference:
    """What loading a release changes, against the same release if it is in use, else the current one.

    `revalued` are rows of another value or status; `recoded` rows with the same ones and another indicator.
    `lacks` names what the release compared with has and this one will not have until its file is loaded.
    """

    against: str = ""
    is_new: bool = False
    added: list[Key] = field(default_factory=list)
    removed: list[Key] = field(default_factory=list)
    revalued: list[tuple[Key, list[Step]]] = field(default_factory=list)
    recoded: list[tuple[Key, list[Step]]] = field(default_factory=list)
    unchanged: int = 0
    factors: list[Step] = field(default_factory=list)
    places_added: list[str] = field(default_factory=list)
    places_removed: list[str] = field(default_factory=list)
    places_changed: list[tuple[str, list[Step]]] = field(default_factory=list)
    caps: dict[str, int] = field(default_factory=dict)
    lacks: list[str] = field(default_factory=list)
    kept_from: str = ""  # the release whose localities it keeps, and their file

    @property
    def is_empty(self) -> bool:
        """Whether every figure is there already."""
        return not (
            self.is_new or self.added or self.removed or self.revalued or self.recoded or self.factors
            or self.places_added or self.places_removed or self.places_changed or any(self.caps.values())
        )  # fmt: skip

    @property
    def rows_before(self) -> int:
        return self.unchanged + len(self.revalued) + len(self.recoded) + len(self.removed)


def label(column: str) -> str:
    return LABELS.get(column, column.replace("_", " "))


def said(value: object) -> str:
    """None and '' are "none"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)


def steps(columns: Sequence[str], before: Sequence, after: Sequence) -> list[Step]:
    """The columns whose values differ."""
    return [(name, b, a) for name, b, a in zip(columns, before, after, strict=True) if b != a]


def size(changed: Sequence[Step]) -> float:
    """The largest step of a number; one that comes or goes counts from zero."""
    return max((abs(_number(after) - _number(before)) for _, before, after in changed), default=0)


def _number(value: object) -> float:
    return 0 if value is None or isinstance(value, str) else float(value)


def largest_first(changes: Iterable[tuple]) -> list[tuple]:
    return sorted(changes, key=lambda change: size(change[1]), reverse=True)


def compare_rows(result: Difference, old: dict[Key, tuple], rows: Iterable[PprrvuRow]) -> None:
    """`old` holds COMPARED and INDICATORS of each row, and is used up."""
    values_of, indicators_of, count = attrgetter(*COMPARED), attrgetter(*INDICATORS), len(COMPARED)
    for row in rows:
        key = (row.code, row.modifier)
        before = old.pop(key, None)
        if before is None:
            result.added.append(key)
        elif before[:count] != (values := values_of(row)):
            result.revalued.append((key, steps(COMPARED, before[:count], values)))
        elif before[count:] != (indicators := indicators_of(row)):
            result.recoded.append((key, steps(INDICATORS, before[count:], indicators)))
        else:
            result.unchanged += 1
    result.removed = sorted(old)


def compare_places(
    result: Difference,
    old: Mapping[PlaceKey, dict],
    gpci: Sequence[Gpci],
    anes: Iterable[AnesthesiaFactor],
    locco: Iterable[LocalityCounties],
) -> None:
    """`old` holds the columns of PLACE by key. What a file not given would say is left out."""
    new = {key: {} for key in old} if not gpci else {}
    for place in gpci:
        values = {name: getattr(place, name) for name in ("name", *INDICES)}
        new[place.mac, place.number, place.state] = values
    _add(new, {(a.mac, a.number): {"anesthesia_factor": a.factor, "anesthesia_factor_qpp": a.qpp} for a in anes})
    _add(new, {key: {"counties": counties} for key, counties in counties_of(locco).items()})
    for key in sorted(new.keys() | old.keys(), key=lambda key: (key[2], key)):
        if key not in old:
            result.places_added.append(_place(key, new[key]["name"]))
        elif key not in new:
            result.places_removed.append(_place(key, old[key]["name"]))
        elif changed := steps([*new[key]], [old[key][name] for name in new[key]], [*new[key].values()]):
            result.places_changed.append((_place(key, old[key]["name"]), changed))


def _add(places: dict[PlaceKey, dict], values: Mapping[Key, dict]) -> None:
    for mac, number, state in places:
        places[mac, number, state] |= values.get((mac, number), {})


def _place(key: PlaceKey, name: str) -> str:
    mac, number, state = key
    return f"{mac}{number} {state} {name.title()}".replace("  ", " ").strip()


def counties_of(locco: Iterable[LocalityCounties]) -> dict[Key, str]:
    """(MAC, number) -> its counties; a locality may stand in several lines."""
    counties: dict[Key, list[str]] = {}
    for place in locco:
        counties.setdefault((place.mac, place.number), []).append(place.counties)
    return {key: "; ".join(parts) for key, parts in counties.items()}


def compare_caps(result: Difference, old: dict[tuple, tuple], caps: Iterable[OppsCapRow]) -> None:
    """`old` maps (code, modifier, MAC, number) to (facility, non-facility), and is used up."""
    count = dict.fromkeys(("added", "removed", "changed"), 0)
    for cap in caps:
        before = old.pop((cap.code, cap.modifier, cap.mac, cap.number), None)
        if before is None:
            count["added"] += 1
        elif before != (cap.facility, cap.nonfacility):
            count["changed"] += 1
    result.caps = count | {"removed": len(old)}


def in_words(result: Difference) -> Iterator[str]:
    """What changes beside the rows, a sentence each."""
    for name, before, after in result.factors:
        yield f"{label(name).capitalize()} {said(before)} → {said(after)}"
    counts = [(len(result.places_added), "added"), (len(result.places_removed), "removed")]
    counts = [*counts, (len(result.places_changed), "with other figures")]
    if any(count for count, _ in counts):
        yield "Localities: " + ", ".join(f"{count:,} {what}" for count, what in counts if count)
    if any(result.caps.values()):
        yield "OPPS caps: " + ", ".join(f"{count:,} {what}" for what, count in result.caps.items() if count)
    if result.kept_from:
        yield f"Localities: those of {result.kept_from}, as it brings none"
    for what in result.lacks:
        yield f"It has no {what} yet: load the file of these too"
