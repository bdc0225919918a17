"""GPCI, ANES and LOCCO come once a year: a later release of the year without them keeps the localities of the one before."""

from codes.cms.bundle import release_dates
from codes.models import Locality, Release, ReleaseFile

KINDS = ("GPCI", "ANES", "ANES QPP", "LOCCO")
FIELDS = (
    "mac", "number", "state", "name", "work", "pe", "mp", "anesthesia_factor", "anesthesia_factor_qpp", "counties",
)  # fmt: skip


def localities_before(name: str) -> Release | None:
    """The newest release in use of the same year, begun before RVU26C (`name`), that has localities."""
    earlier = Release.objects.in_use().filter(name__startswith=name[:5], effective_from__lt=release_dates(name)[0])
    return earlier.filter(pk__in=Locality.objects.values("release")).first()


def source_in_words(source: Release) -> str:
    """'RVU26A (GPCI2026.csv)': where localities come from."""
    file = source.files.filter(kind="GPCI").first()
    return f"{source.name} ({file.name})" if file else source.name


def keep_localities(release: Release) -> None:
    """Copies the localities of the release before, where this one has none, and says so in its list of files."""
    source = localities_before(release.name)
    if source is None or release.localities.exists():
        return
    rows = Locality.objects.filter(release=source).values(*FIELDS)
    Locality.objects.bulk_create(Locality(release=release, **row) for row in rows)
    ReleaseFile.objects.bulk_create(
        ReleaseFile(
            release=release, kind=file.kind, name=f"{source.name}: {file.name}"[:120], sha256=file.sha256, rows=file.rows
        )
        for file in source.files.filter(kind__in=KINDS)
    )  # fmt: skip
