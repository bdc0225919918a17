"""What CMS publishes each quarter: releases of the physician fee schedule."""

from django.db import models
from django.db.models import Q, Subquery
from django.utils import timezone

from codes.models.state import CatalogueState


class ReleaseQuerySet(models.QuerySet):
    def current(self) -> "Release | None":
        return self.filter(is_current=True).first()

    def in_use(self):
        """Releases that may be current, and all that visitors see: with figures, and not rolled back."""
        return self.filter(row_count__gt=0, withdrawn=False)

    def begun(self):
        return self.in_use().filter(effective_from__lte=timezone.localdate())

    def ahead(self):
        """Releases in use whose first day has not come: CMS publishes the January file in the year before."""
        return self.in_use().filter(effective_from__gt=timezone.localdate())

    def with_revision(self):
        return self.annotate(revision=Subquery(CatalogueState.objects.filter(pk=1).values("revision")))


class Release(models.Model):
    """One quarterly publication of the physician fee schedule, as RVU26C. The past is never rewritten."""

    name = models.CharField(max_length=8, unique=True)
    is_current = models.BooleanField(default=False)
    is_starter = models.BooleanField(
        default=False, help_text="Holds the figures of the bundled starter catalogue only."
    )
    released = models.DateField(null=True, help_text="The day CMS released the file, from its own title.")
    effective_from = models.DateField()
    effective_to = models.DateField()
    conversion_factor = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    conversion_factor_qpp = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    anesthesia_factor = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    anesthesia_factor_qpp = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    withdrawn = models.BooleanField(
        default=False, help_text="Rolled back by staff: never chosen as the current release until it is taken back."
    )
    row_count = models.PositiveIntegerField(default=0)
    code_count = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(auto_now=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_from", "-name"]
        permissions = [("import_release", "Can import releases of CMS and roll them back")]
        constraints = [
            models.UniqueConstraint("is_current", condition=Q(is_current=True), name="one_current_release"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_ahead(self) -> bool:
        return self.effective_from > timezone.localdate()


class ReleaseFile(models.Model):
    """A CMS file that a release was read from."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["release", "kind"], name="one_file_of_a_kind")]

    def __str__(self):
        return f"{self.name} ({self.release_id})"


class RvuRow(models.Model):
    """What one release says of one code + modifier: every column of PPRRVU. NULL is unknown, never zero."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="rows", db_index=False)
    code = models.ForeignKey("codes.Code", models.CASCADE, related_name="rows", db_index=False)
    modifier = models.CharField(max_length=2, blank=True)
    descriptor = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=1)
    not_used = models.BooleanField()
    work = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    nonfac_pe = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    nonfac_na = models.BooleanField()
    fac_pe = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    fac_na = models.BooleanField()
    mp = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    nonfac_total = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    fac_total = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    pctc = models.CharField(max_length=1)
    global_days = models.CharField(max_length=3)
    pre_op = models.DecimalField(max_digits=4, decimal_places=2)
    intra_op = models.DecimalField(max_digits=4, decimal_places=2)
    post_op = models.DecimalField(max_digits=4, decimal_places=2)
    mult_proc = models.CharField(max_length=1)
    bilat_surg = models.CharField(max_length=1)
    asst_surg = models.CharField(max_length=1)
    co_surg = models.CharField(max_length=1)
    team_surg = models.CharField(max_length=1)
    pric_ind = models.CharField(max_length=1, blank=True)
    endo_base = models.CharField(max_length=5, blank=True)
    conversion_factor = models.DecimalField(max_digits=8, decimal_places=4)
    supervision = models.CharField(max_length=2)
    calculation_flag = models.CharField(max_length=1)
    imaging_family = models.CharField(max_length=2)
    opps_nonfac_pe = models.DecimalField(max_digits=8, decimal_places=2)
    opps_fac_pe = models.DecimalField(max_digits=8, decimal_places=2)
    opps_mp = models.DecimalField(max_digits=8, decimal_places=2)
    extra = models.JSONField(default=dict, blank=True, help_text="Columns newer than this importer.")
    percentile = models.PositiveSmallIntegerField(
        null=True, help_text="Share (%) of the codes of its category with a work RVU whose work RVU is lower."
    )
    peers = models.PositiveIntegerField(null=True, help_text="How many codes of the category have a work RVU.")

    CMS_COLUMNS = (
        "modifier", "descriptor", "status", "not_used", "work", "nonfac_pe", "nonfac_na", "fac_pe", "fac_na", "mp",
        "nonfac_total", "fac_total", "pctc", "global_days", "pre_op", "intra_op", "post_op", "mult_proc", "bilat_surg",
        "asst_surg", "co_surg", "team_surg", "pric_ind", "endo_base", "conversion_factor", "supervision",
        "calculation_flag", "imaging_family", "opps_nonfac_pe", "opps_fac_pe", "opps_mp",
    )  # fmt: skip

    class Meta:
        ordering = ["modifier"]
        # Not by db_index, which on PostgreSQL adds a second index for LIKE: a tenth of the import's writing.
        indexes = [models.Index(fields=["code"], name="rows_of_a_code")]
        constraints = [
            models.UniqueConstraint(fields=["release", "code", "modifier"], name="one_row_a_code_and_modifier")
        ]

    def __str__(self):
        return f"{self.code_id} {self.modifier} {self.release_id}"

    @property
    def shown(self) -> tuple:
        """The six values of the row in the order of the fee schedule."""
        return (self.work, self.nonfac_pe, self.fac_pe, self.mp, self.nonfac_total, self.fac_total)


class Locality(models.Model):
    """Geographic practice cost indices of one Medicare locality in one release."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="localities")
    mac = models.CharField(max_length=5)
    number = models.CharField(max_length=2)
    state = models.CharField(max_length=2, blank=True)
    name = models.CharField(max_length=120)
    work = models.DecimalField(max_digits=5, decimal_places=3)
    pe = models.DecimalField(max_digits=5, decimal_places=3)
    mp = models.DecimalField(max_digits=5, decimal_places=3)
    anesthesia_factor = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    anesthesia_factor_qpp = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    counties = models.TextField(blank=True)

    class Meta:
        ordering = ["state", "name"]
        verbose_name_plural = "localities"
        constraints = [models.UniqueConstraint(fields=["release", "mac", "number", "state"], name="one_locality")]

    def __str__(self):
        return f"{self.mac}{self.number} {self.name}"


class OppsCap(models.Model):
    """The most Medicare pays for an imaging service in one locality, where the OPPS cap applies."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="opps_caps", db_index=False)
    code = models.CharField(max_length=5)
    modifier = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=1)
    mac = models.CharField(max_length=5)
    number = models.CharField(max_length=2)
    facility = models.DecimalField(max_digits=9, decimal_places=2)
    nonfacility = models.DecimalField(max_digits=9, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "code", "modifier", "mac", "number"], name="one_cap_a_place")
        ]

    def __str__(self):
        return f"{self.code} {self.modifier} {self.mac}{self.number}"
