"""A parsed HCPCS Level II file -> the database, all or nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter

from django.db import transaction

from codes import bulk, catalogue, current, loading
from codes.cms.archive import SourceFile, unpack
from codes.cms.errors import CmsFileError
from codes.cms.hcpcs import HcpcsEntry, read_hcpcs
from codes.cms.tables import decode
from codes.cms.whole import OVERRIDE, check_hcpcs
from codes.models import CatalogueState, HcpcsRecord, HcpcsRelease, Modifier
from codes.search import index

MONTHS = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}
MIN_SHARE = 0.8
RECORD_FIELDS = tuple(
    item.name for item in fields(HcpcsEntry) if item.name not in ("line", "code", "is_modifier", "short_description")
)


@dataclass
class Loaded:
    """What loading did: codes added and ended against the release that was current before, and what changed."""

    release: str
    codes: int = 0
    modifiers: int = 0
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    reworded: list[str] = field(default_factory=list)
    unchanged: int = 0
    is_known: bool = False


def choose_member(source: SourceFile) -> SourceFile:
    """The alpha-numeric file itself (…ANWEB…): out of a zip the txt before the xlsx. Raises CmsFileError if there is none."""
    members = unpack(source)
    if len(members) == 1:
        return members[0]
    wanted = [member for member in members if "ANWEB" in member.name.upper() and member.suffix in (".txt", ".xlsx")]
    wanted = [member for member in wanted if not re.search("TRANS|README|LAYOUT", member.name, re.IGNORECASE)]
    if not wanted:
        raise CmsFileError("the archive holds no HCPCS alpha-numeric file (…ANWEB.txt or .xlsx)", file=source.name)
    return min(wanted, key=lambda member: member.suffix)


def name_and_date(source: SourceFile, release: str | None) -> tuple[str, date]:
    """HCPC2026_JAN and the day it takes effect, from `release` or the file's name; January where no month stands."""
    match = re.search(r"HCPC(20\d\d)(?:_(JAN|APR|JUL|OCT))?", (release or source.stem).upper())
    if not match:
        raise CmsFileError(
            "the name does not tell the release; say it with --release, as in HCPC2026_JAN", file=source.name
        )
    month = match[2] or "JAN"
    return f"HCPC{match[1]}_{month}", date(int(match[1]), MONTHS[month], 1)


def load(
    source: SourceFile,
    release: str | None = None,
    dry_run: bool = False,
    on_step: Callable[[str], None] = lambda s: None,
    *,
    accept_fewer: bool = False,
) -> Loaded:
    """Reads and writes one file. Raises CmsFileError; the database is untouched then.

    `accept_fewer` takes a file that seems to be cut short.
    """
    member = choose_member(source)
    if member.suffix == ".txt":
        decode(member)
    name, effective = name_and_date(member, release)
    if HcpcsRelease.objects.filter(name=name, sha256=member.sha256).exists():
        return Loaded(name, is_known=True)
    on_step(f"reading {member.name}")
    entries = read_hcpcs(member)
    codes = [entry for entry in entries if not entry.is_modifier]
    result = _difference(name, entries, codes)
    if not accept_fewer:
        _refuse_shrunken(member, result)
        check_hcpcs(member, [entry.code for entry in codes])
    if not dry_run:
        _write(member, name, effective, entries, codes, on_step)
    return result


def _difference(name: str, entries: list[HcpcsEntry], codes: list[HcpcsEntry]) -> Loaded:
    current = HcpcsRecord.objects.filter(release__is_current=True)
    old = dict(current.values_list("code_id", "long_description"))
    result = Loaded(name, codes=len(codes), modifiers=len(entries) - len(codes))
    for entry in codes:
        before = old.pop(entry.code, None)
        if before is None:
            result.added.append(entry.code)
        elif before != entry.long_description:
            result.reworded.append(entry.code)
        else:
            result.unchanged += 1
    result.removed = sorted(old)
    return result


def _refuse_shrunken(source: SourceFile, result: Loaded) -> None:
    before = result.unchanged + len(result.reworded) + len(result.removed)
    if before > 5000 and result.codes < MIN_SHARE * before:
        raise CmsFileError(
            f"{result.codes:,} codes where {before:,} are loaded; the file must be cut short ({OVERRIDE})",
            file=source.name,
        )


@transaction.atomic
def _write(source: SourceFile, name: str, effective: date, entries, codes, on_step: Callable[[str], None]) -> None:
    CatalogueState.lock()
    on_step("codes")
    catalogue.relate(loading.add_codes({entry.code: entry.short_description for entry in codes}))
    release, _ = HcpcsRelease.objects.update_or_create(
        name=name,
        defaults={
            "effective_from": effective, "file_name": source.name[:120], "sha256": source.sha256, "row_count": len(codes),
        },
    )  # fmt: skip
    on_step("records")
    HcpcsRecord.objects.filter(release=release).delete()
    values = attrgetter("code", "short_description", *RECORD_FIELDS)
    bulk.insert(
        HcpcsRecord,
        ("release", "code", "short_description", *RECORD_FIELDS),
        ((release.pk, *values(entry)) for entry in codes),
    )
    current.list_again()
    newest = HcpcsRelease.objects.first()
    HcpcsRelease.objects.filter(is_current=True).exclude(pk=newest.pk).update(is_current=False)
    HcpcsRelease.objects.filter(pk=newest.pk).update(is_current=True)
    if newest == release:
        _write_modifiers(entries)
    on_step("search index")
    index.rebuild()
    CatalogueState.touch()


def _write_modifiers(entries: list[HcpcsEntry]) -> None:
    """CMS's wording of Level II modifiers, beside what staff wrote."""
    Modifier.objects.bulk_create(
        [Modifier(code=entry.code, cms_description=entry.long_description) for entry in entries if entry.is_modifier],
        update_conflicts=True, unique_fields=["code"], update_fields=["cms_description"],
    )  # fmt: skip
