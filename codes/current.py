"""Which release is the current one, and what keeps to it: descriptors, search, and which codes have a page."""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from codes import sections
from codes.cms.errors import CmsFileError
from codes.cms.pprrvu import PprrvuRow
from codes.models import CatalogueState, Code, HcpcsRecord, Release, RvuRow
from codes.search import index


def choose() -> bool:
    """Makes current the newest release in use that has begun, or the first that will. Returns whether another one was."""
    chosen = Release.objects.begun().first() or Release.objects.ahead().last()
    if chosen is None or chosen.is_current:
        return False
    Release.objects.filter(is_current=True).update(is_current=False)
    Release.objects.filter(pk=chosen.pk).update(is_current=True)
    return True


@transaction.atomic
def settle() -> None:
    """Makes the release of today the current one: a release loaded before its first day waits for it."""
    CatalogueState.lock()
    if choose():
        _follow()


@transaction.atomic
def withdraw(release: Release, withdrawn: bool) -> None:
    """Takes a release out of use, or back into it; the newest one left is current, and stays so after other imports.

    Raises CmsFileError where no other release would be left.
    """
    CatalogueState.lock()
    if withdrawn and not Release.objects.in_use().exclude(pk=release.pk).exists():
        raise CmsFileError("no other release is loaded that could be current", file=release.name)
    Release.objects.filter(pk=release.pk).update(withdrawn=withdrawn)
    _unlist()
    list_again()
    choose()
    _follow()


def _is_held() -> Q:
    """What gives a code a page: a release in use, a HCPCS file, or a text of ours."""
    rows = RvuRow.objects.filter(code=OuterRef("pk"), release__withdrawn=False)
    records = HcpcsRecord.objects.filter(code=OuterRef("pk"))
    return Q(Exists(rows)) | Q(Exists(records)) | ~Q(name="", description="", loaded_text="")


def _unlist() -> None:
    """Codes that stand in rolled back releases alone have no page until one of them is used again."""
    Code.objects.listed().exclude(_is_held()).update(is_listed=False)


def list_again() -> None:
    unlisted = Code.objects.filter(_is_held(), is_listed=False).values_list("code", flat=True)
    Code.objects.filter(code__in=[code for code in unlisted if sections.is_valid(code)]).update(is_listed=True)


def _follow() -> None:
    """Brings what is kept of the current release beside it in line: descriptors, search, and every cached page."""
    current = Release.objects.current()
    rows = RvuRow.objects.filter(release=current, modifier="").order_by()
    update_descriptors(
        current, [DescriptorOf(*values) for values in rows.values_list("code_id", "modifier", "descriptor")]
    )
    index.rebuild()
    CatalogueState.touch()


class DescriptorOf(NamedTuple):
    code: str
    modifier: str
    descriptor: str


def update_descriptors(release: Release, rows: list["PprrvuRow | DescriptorOf"]) -> None:
    if not rows or not Release.objects.filter(pk=release.pk, is_current=True).exists():
        return
    known = dict(Code.objects.values_list("code", "cms_descriptor"))
    changed = [
        Code(code=row.code, cms_descriptor=row.descriptor)
        for row in rows
        if row.modifier == "" and row.descriptor and known[row.code] != row.descriptor
    ]
    Code.objects.bulk_update(changed, ["cms_descriptor"], batch_size=500)
