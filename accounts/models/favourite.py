"""Codes someone keeps, and codes they looked at last."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from codes.models import Release, RvuRow

LONG = [f"code__{name}" for name in ("description", "plain_language", "clinical_context", "billing", "loaded_related")]
COMPARED = ("work", "nonfac_total", "fac_total")
NOTE_LENGTH = 2000


class Folder(models.Model):
    """A drawer of someone's favourites."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="folders")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_folder_of_a_name")]

    def __str__(self):
        return self.name


class Figures(NamedTuple):
    """What a favourite shows and is paid by: columns of RvuRow, under the same names (codes/page.py reads them)."""

    work: Decimal | None
    nonfac_pe: Decimal | None
    fac_pe: Decimal | None
    mp: Decimal | None
    nonfac_total: Decimal | None
    fac_total: Decimal | None
    nonfac_na: bool
    fac_na: bool
    status: str
    not_used: bool
    opps_nonfac_pe: Decimal
    opps_fac_pe: Decimal
    opps_mp: Decimal


@dataclass(frozen=True)
class Change:
    """One figure of a favourite that CMS changed since it was last looked at."""

    name: str
    before: Decimal | None
    after: Decimal | None


class FavouriteQuerySet(models.QuerySet):
    def of(self, user):
        """Someone's favourites in their own order, each with its code, category and folder."""
        return self.filter(user=user).select_related("code__category", "folder").order_by("position", "pk")

    def with_figures(self, release: Release | None):
        """Adds the whole service's figures in this release: `row` (None where it has none), and `work` to sort by."""
        current = Q(code__rows__release=release.pk if release else 0, code__rows__modifier="")
        rows = self.annotate(row_of_code=FilteredRelation("code__rows", condition=current))
        figures = {f"figure_{name}": F(f"row_of_code__{name}") for name in Figures._fields}
        return rows.annotate(work=F("row_of_code__work"), **figures).defer(*LONG)

    def sparing(self):
        """Without categories and folders, for who has them at hand (`attach`): half of what a long list takes."""
        return self.select_related(None).select_related("code")

    def mark_seen(self, release: Release | None) -> int:
        """Takes the figures of this release as known; returns how many favourites that is."""
        row = RvuRow.objects.filter(release=release, code=OuterRef("code"), modifier="")
        seen = {f"seen_{name}": Subquery(row.values(name)) for name in COMPARED}
        return self.update(seen_release=release, **seen)

    def next_position(self) -> int:
        return self.aggregate(next=Coalesce(Max("position"), 0))["next"] + 1


def attach(favourites, categories, folders) -> None:
    """Sets categories and folders that are read already."""
    by_slug = {category.pk: category for category in categories}
    by_pk = {folder.pk: folder for folder in folders}
    for favourite in favourites:
        favourite.code.category = by_slug[favourite.code.category_id]
        favourite.folder = by_pk.get(favourite.folder_id)


class Favourite(models.Model):
    """A code that someone keeps, with the figures they know: of the day they starred it, or dismissed a change."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="favourites")
    code = models.ForeignKey("codes.Code", models.CASCADE, related_name="favourites")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, blank=True, related_name="favourites")
    note = models.TextField("private note", max_length=NOTE_LENGTH, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_release = models.ForeignKey(Release, models.SET_NULL, null=True, editable=False, related_name="+")
    seen_work = models.DecimalField(max_digits=8, decimal_places=2, null=True, editable=False)
    seen_nonfac_total = models.DecimalField(max_digits=8, decimal_places=2, null=True, editable=False)
    seen_fac_total = models.DecimalField(max_digits=8, decimal_places=2, null=True, editable=False)

    objects = FavouriteQuerySet.as_manager()
    payment, paid_elsewhere = None, ""  # unless `add_payments` sets them

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="one_star_a_code")]

    def __str__(self):
        return f"{self.code_id} of {self.user_id}"

    @cached_property
    def row(self) -> Figures | None:
        """The figures of `with_figures`; None where the release has none of this code."""
        values = Figures(*(getattr(self, f"figure_{name}", None) for name in Figures._fields))
        return values if values.status else None

    @cached_property
    def changes(self) -> list[Change]:
        """What the current release changed; needs `with_figures`. A code new to the fee schedule counts too."""
        names = ("work RVU", "total, non-facility", "total, facility")
        pairs = [
            Change(name, getattr(self, f"seen_{key}"), getattr(self, f"figure_{key}", None))
            for name, key in zip(names, COMPARED, strict=True)
        ]
        return [pair for pair in pairs if pair.before != pair.after]


class RecentCode(models.Model):
    """A code whose page someone opened, and when last."""

    KEPT = 20

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recent_codes")
    code = models.ForeignKey("codes.Code", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at"]
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="one_visit_a_code")]

    def __str__(self):
        return f"{self.code_id} at {self.seen_at:%Y-%m-%d}"
