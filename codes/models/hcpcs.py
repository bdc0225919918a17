"""CMS's quarterly HCPCS Level II files."""

from django.db import models
from django.db.models import Q


class HcpcsRelease(models.Model):
    """One quarterly HCPCS Level II file, as HCPC2020_OCT."""

    name = models.CharField(max_length=40, unique=True)
    is_current = models.BooleanField(default=False)
    effective_from = models.DateField()
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-effective_from"]
        verbose_name = "HCPCS release"
        constraints = [
            models.UniqueConstraint("is_current", condition=Q(is_current=True), name="one_current_hcpcs_release")
        ]

    def __str__(self):
        return self.name


class HcpcsRecord(models.Model):
    """What one HCPCS Level II file says of one code. The wording is CMS's own."""

    release = models.ForeignKey(HcpcsRelease, models.CASCADE, related_name="records")
    code = models.ForeignKey("codes.Code", models.CASCADE, related_name="hcpcs_records")
    long_description = models.TextField()
    short_description = models.CharField(max_length=60, blank=True)
    pricing = models.JSONField(default=list)
    multiple_pricing = models.CharField(max_length=1, blank=True)
    coverage_manual = models.JSONField(default=list)
    carriers_manual = models.JSONField(default=list)
    statute = models.CharField(max_length=20, blank=True)
    lab_certification = models.JSONField(default=list)
    cross_references = models.JSONField(default=list)
    coverage = models.CharField(max_length=1, blank=True)
    asc_group = models.CharField(max_length=2, blank=True)
    asc_date = models.DateField(null=True)
    opps = models.CharField(max_length=3, blank=True)
    opps_pricing = models.CharField(max_length=1, blank=True)
    opps_date = models.DateField(null=True)
    processing_note = models.CharField(max_length=4, blank=True)
    betos = models.CharField(max_length=3, blank=True)
    service_types = models.JSONField(default=list)
    anesthesia_base = models.CharField(max_length=3, blank=True)
    added = models.DateField(null=True)
    action_effective = models.DateField(null=True)
    terminated = models.DateField(null=True)
    action = models.CharField(max_length=1, blank=True)

    class Meta:
        verbose_name = "HCPCS record"
        constraints = [models.UniqueConstraint(fields=["release", "code"], name="one_hcpcs_record")]

    def __str__(self):
        return f"{self.code_id} {self.short_description}"
