"""A parsed CMS release -> the database: first the difference, then one transaction, all or nothing."""

import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable
from decimal import Decimal
from operator import attrgetter
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from codes import bulk, current, sections
from codes.cms.bundle import Bundle, check_same_values, release_dates
from codes.cms.errors import CmsFileError
from codes.cms.pprrvu import PprrvuRow
from codes.cms.whole import OVERRIDE
from codes.comparing import (
    ANESTHESIA,
    COMPARED,
    FACTORS,
    INDICATORS,
    PLACE,
    Difference,
    Key,
    PlaceKey,
    compare_caps,
    compare_places,
    compare_rows,
    counties_of,
    steps,
)
from codes.models import (
    CatalogueState,
    Category,
    Code,
    Locality,
    OppsCap,
    Release,
    ReleaseFile,
    RvuRow,
)
from codes.search import index
from codes.yearly import keep_localities, localities_before, source_in_words

CONTENT = Path(__file__).parent / "content"
MIN_SHARE = 0.8  # CMS removes two codes in a hundred a year; a file that loses a fifth was cut short


def already_loaded(release: str, files: Iterable[tuple[str, str]]) -> bool:
    """Whether every (kind, sha256) given was read into this release before, and nothing else of that kind since."""
    files_of = ReleaseFile.objects.filter(release__name=release, release__withdrawn=False)
    loaded = set(files_of.values_list("kind", "sha256"))
    return bool(loaded) and set(files) <= loaded


def newest_of_year(year: str) -> str | None:
    """The newest release of a year ('26') in use, to which a yearly file such as GPCI2026 belongs."""
    return Release.objects.in_use().filter(name__startswith=f"RVU{year}").values_list("name", flat=True).first()


def difference(bundle: Bundle, *, accept_fewer: bool = False) -> Difference:
    """What `load` would do to the figures, without doing it. Raises CmsFileError where `load` refuses."""
    loaded = Release.objects.filter(name=bundle.release).first()
    _refuse_incomplete(bundle, loaded)
    _refuse_other_values(bundle, loaded)
    is_new = loaded is None or loaded.withdrawn
    base = Release.objects.current() if is_new else loaded
    result = Difference(against=base.name if base else "", is_new=is_new)
    if bundle.rows:
        compare_rows(result, _rows_of(base), bundle.rows)
    if bundle.gpci or bundle.anes or bundle.locco:
        compare_places(result, _places_of(base), bundle.gpci, bundle.anes, bundle.locco)
    if bundle.oppscap:
        compare_caps(result, _caps_of(base), bundle.oppscap)
    factors = _factors(bundle, loaded)
    result.factors = steps(
        FACTORS, [getattr(base, name, None) for name in FACTORS], [factors[name] for name in FACTORS]
    )
    source = None if bundle.gpci or (loaded and loaded.localities.exists()) else localities_before(bundle.release)
    result.kept_from = source_in_words(source) if source else ""
    result.lacks = [what for what in _lacking(bundle, loaded, base) if not (source and what == "localities")]
    if not accept_fewer:
        _refuse_shrunken(bundle, result)
    return result


def _rows_of(release: Release | None) -> dict[Key, tuple]:
    rows = RvuRow.objects.filter(release=release).order_by().values_list("code_id", "modifier", *COMPARED, *INDICATORS)
    return {(code, modifier): tuple(values) for code, modifier, *values in rows} if release else {}


def _places_of(release: Release | None) -> dict[PlaceKey, dict]:
    rows = Locality.objects.filter(release=release).values("mac", "number", "state", *PLACE)
    return {(row["mac"], row["number"], row["state"]): row for row in rows} if release else {}


def _caps_of(release: Release | None) -> dict[tuple, tuple]:
    fields = ("code", "modifier", "mac", "number", "facility", "nonfacility")
    rows = OppsCap.objects.filter(release=release).values_list(*fields) if release else []
    return {tuple(key): (facility, nonfacility) for *key, facility, nonfacility in rows}


def _lacking(bundle: Bundle, loaded: Release | None, base: Release | None) -> list[str]:
    """What the pages lose where this release takes the place of one that has it."""
    kinds = (("localities", bundle.gpci, Locality), ("OPPS caps", bundle.oppscap, OppsCap))
    return [
        what
        for what, given, model in kinds
        if base and base != loaded and not given
        if not model.objects.filter(release=loaded).exists() and model.objects.filter(release=base).exists()
    ]


@transaction.atomic
def load(
    bundle: Bundle,
    on_step: Callable[[str], None] = lambda step: None,
    *,
    starter: bool = False,
    accept_fewer: bool = False,
) -> Difference:
    """Writes the bundle into its release and makes the newest release that has begun the current one.

    Raises CmsFileError where the file has lost so many codes that it must be cut short, unless `accept_fewer`,
    and where files come before those they belong to. Nothing is written then.
    """
    from codes import catalogue  # which loads the starter through this function

    current.settle()
    on_step("comparing")
    changes = difference(bundle, accept_fewer=accept_fewer)
    release = _release(bundle, starter)
    if bundle.rows:
        on_step("codes")
        new = add_codes({row.code: row.descriptor for row in bundle.rows if row.modifier == ""} | _orphans(bundle.rows))
        on_step("figures")
        _write_rows(release, bundle.rows)
    if not bundle.gpci:
        keep_localities(release)
    _write_localities(release, bundle)
    _write_caps(release, bundle)
    _write_files(release, bundle)
    on_step("current release")
    current.choose()
    if bundle.rows:
        current.update_descriptors(release, [row for row in bundle.rows if row.code not in new])
        current.list_again()
        catalogue.relate(new)
        on_step("search index")
        index.rebuild()
    CatalogueState.touch()
    return changes


def _orphans(rows: Iterable[PprrvuRow]) -> dict[str, str]:
    """Codes that stand in the file with a modifier only."""
    whole = {row.code for row in rows if row.modifier == ""}
    return {row.code: row.descriptor for row in rows if row.code not in whole}


def _release(bundle: Bundle, starter: bool) -> Release:
    first, last = release_dates(bundle.release)
    release, _ = Release.objects.get_or_create(
        name=bundle.release, defaults={"effective_from": first, "effective_to": last, "is_starter": starter}
    )
    for name, value in _factors(bundle, release).items():
        setattr(release, name, value)
    if bundle.rows:
        release.is_starter, release.withdrawn = starter, False
        release.released = bundle.released or release.released
        release.row_count = len(bundle.rows)
        release.code_count = len({row.code for row in bundle.rows})
    release.save()
    return release


def _factors(bundle: Bundle, loaded: Release | None) -> dict[str, Decimal | None]:
    """The factors of FACTORS once it is loaded: the file's, else what is loaded, else what was published of the year."""
    published = conversion_factors().get(bundle.release[3:5], {})
    qpp, anesthesia, anesthesia_qpp = (getattr(loaded, name, None) for name in FACTORS[1:])
    return {
        "conversion_factor": bundle.conversion_factor if bundle.rows else loaded.conversion_factor,
        "conversion_factor_qpp": bundle.conversion_factor_qpp or qpp or published.get("qpp"),
        "anesthesia_factor": bundle.national_anesthesia or anesthesia or published.get("anesthesia"),
        "anesthesia_factor_qpp": anesthesia_qpp or published.get("anesthesia_qpp"),
    }


def conversion_factors() -> dict[str, dict[str, Decimal]]:
    """Year ('26') -> factors that the CMS files do not carry; sources in content/conversion_factors.toml."""
    table = tomllib.loads((CONTENT / "conversion_factors.toml").read_text())
    return {year: {k: Decimal(v) for k, v in values.items() if k != "source"} for year, values in table.items()}


def _refuse_incomplete(bundle: Bundle, loaded: Release | None) -> None:
    """Files of places need the file that they add to: ANES and LOCCO a GPCI, and all of them a PPRRVU."""
    missing = ""
    if loaded and loaded.withdrawn and not bundle.rows:
        raise CmsFileError(
            f"{bundle.release} was rolled back; use it again first, or load its PPRRVU file with this",
            file=bundle.files[-1][1].name,
        )
    if not (bundle.rows or loaded):
        missing = "figures yet; load its PPRRVU file"
    elif (bundle.anes or bundle.locco) and not (
        bundle.gpci or Locality.objects.filter(release=loaded).exists() or localities_before(bundle.release)
    ):
        missing = "localities yet; load its GPCI file"
    if missing:
        raise CmsFileError(f"{bundle.release} has no {missing} first, or with it", file=bundle.files[-1][1].name)


def _refuse_other_values(bundle: Bundle, loaded: Release | None) -> None:
    """A QPP file that comes by itself is compared with the figures it belongs to."""
    if bundle.qpp_rows and not loaded.is_starter:
        rows = RvuRow.objects.filter(release=loaded).values_list(
            "code_id", "modifier", "work", "nonfac_total", "fac_total"
        )
        standard = {(code, modifier): tuple(values) for code, modifier, *values in rows}
        check_same_values(standard, bundle.qpp_rows, bundle.files[0][1])


def _refuse_shrunken(bundle: Bundle, changes: Difference) -> None:
    before = changes.rows_before
    if bundle.rows and before > 5000 and len(bundle.rows) < MIN_SHARE * before:
        raise CmsFileError(
            f"{len(bundle.rows):,} rows where {changes.against} has {before:,}; the file must be cut short ({OVERRIDE})",
            file=bundle.files[0][1].name,
            line=bundle.rows[-1].line,
        )


def ensure_categories() -> None:
    """The categories, from content/categories.toml; what staff changed in one stays."""
    table = tomllib.loads((CONTENT / "categories.toml").read_text())
    known = set(Category.objects.values_list("slug", flat=True))
    Category.objects.bulk_create(
        Category(slug=slug, order=order, **fields)
        for order, (slug, fields) in enumerate(table.items())
        if slug not in known
    )


CODE_FIELDS = (
    "code", "code_set", "category_id", "name", "description", "plain_language", "clinical_context", "billing", "synonyms",
    "status", "cms_descriptor", "is_listed", "loaded_text", "loaded_related", "updated_at",
)  # fmt: skip


def add_codes(descriptors: dict[str, str]) -> set[str]:
    """Adds the codes that are new, without a text of ours, and returns them; those that exist are left as they are."""
    ensure_categories()
    new = set(descriptors) - set(Code.objects.values_list("code", flat=True))
    now = timezone.now()
    bulk.insert(
        Code,
        CODE_FIELDS,
        (
            (code, sections.code_set_of(code), sections.category_of(code), "", "", "", "", "", [], "draft", descriptor,
             sections.is_valid(code), "", [], now)
            for code, descriptor in descriptors.items()
            if code in new
        ),
    )  # fmt: skip
    return new


def _write_rows(release: Release, rows: tuple[PprrvuRow, ...]) -> None:
    RvuRow.objects.filter(release=release).delete()
    ranks = percentiles(rows)
    names = ("code", *RvuRow.CMS_COLUMNS, "extra")
    figures = attrgetter(*names)
    bulk.insert(
        RvuRow,
        ("release", *names, "percentile", "peers"),
        ((release.pk, *figures(row), *ranks.get((row.code, row.modifier), (None, None))) for row in rows),
    )
    bulk.tell_planner(RvuRow, ("release", "code", "modifier"))


def percentiles(rows: Iterable[PprrvuRow]) -> dict[Key, tuple[int, int]]:
    """(code, modifier) -> (share in % of its category's codes with a lower work RVU, number of those codes).

    Counted over whole services (no modifier) with a work RVU above zero, in the same file.
    """
    whole = [row for row in rows if row.modifier == "" and row.work]
    by_category: dict[str, list[Decimal]] = {}
    for row in whole:
        by_category.setdefault(sections.category_of(row.code), []).append(row.work)
    for values in by_category.values():
        values.sort()
    result = {}
    for row in whole:
        values = by_category[sections.category_of(row.code)]
        result[row.code, ""] = (100 * bisect_left(values, row.work) // len(values), len(values))
    return result


PLACE_FIELDS = (*ANESTHESIA, "counties")  # of ANES and LOCCO


def _write_gpci(release: Release, bundle: Bundle) -> None:
    """New indices; what ANES and LOCCO files said of a locality before stays."""
    kept = {
        (mac, number, state): dict(zip(PLACE_FIELDS, values, strict=True))
        for mac, number, state, *values in Locality.objects.filter(release=release).values_list(
            "mac", "number", "state", *PLACE_FIELDS
        )
    }
    Locality.objects.filter(release=release).delete()
    Locality.objects.bulk_create(
        Locality(
            release=release, mac=g.mac, number=g.number, state=g.state, name=g.name, work=g.work, pe=g.pe, mp=g.mp,
            **kept.get((g.mac, g.number, g.state), {}),
        )
        for g in bundle.gpci
    )  # fmt: skip


def _write_localities(release: Release, bundle: Bundle) -> None:
    if bundle.gpci:
        _write_gpci(release, bundle)
    if not (bundle.anes or bundle.locco):
        return
    factors = {(a.mac, a.number): a for a in bundle.anes}
    counties = counties_of(bundle.locco)
    localities = list(Locality.objects.filter(release=release))
    for locality in localities:
        key = (locality.mac, locality.number)
        if key in factors:
            locality.anesthesia_factor, locality.anesthesia_factor_qpp = factors[key].factor, factors[key].qpp
        if key in counties:
            locality.counties = counties[key]
    Locality.objects.bulk_update(localities, PLACE_FIELDS, batch_size=100)


def _write_caps(release: Release, bundle: Bundle) -> None:
    if not bundle.oppscap:
        return
    OppsCap.objects.filter(release=release).delete()
    fields = ("code", "modifier", "status", "mac", "number", "facility", "nonfacility")
    bulk.insert(
        OppsCap,
        ("release", *fields),
        ((release.pk, *[getattr(cap, name) for name in fields]) for cap in bundle.oppscap),
    )


def _write_files(release: Release, bundle: Bundle) -> None:
    for kind, source, rows in bundle.files:
        ReleaseFile.objects.update_or_create(
            release=release, kind=kind, defaults={"name": source.name[:120], "sha256": source.sha256, "rows": rows}
        )
