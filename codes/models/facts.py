"""Figures that do not come from CMS's quarterly files: each with its source and how far to trust it."""

import re

from django.db import models
from django.utils.text import slugify
from simple_history.models import HistoricalRecords

from codes.models.state import CatalogueModel


class Fact(CatalogueModel):
    """A sourced figure, from content/facts or from staff. Hidden ones stay, so that loading does not bring them back."""

    class Confidence(models.TextChoices):
        OFFICIAL = "official", "Official: from the document of the body itself"
        SECONDARY = "secondary", "Secondary: quoted by someone who had the document"
        APPROXIMATE = "approximate", "Approximate: check it before you rely on it"

    source = models.CharField(max_length=300, help_text="A public document or an address.")
    confidence = models.CharField(max_length=12, choices=Confidence, default=Confidence.SECONDARY)
    note = models.CharField(max_length=300, blank=True)
    is_shown = models.BooleanField("shown", default=True)
    loaded_text = models.CharField(max_length=64, blank=True, editable=False)
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True

    @property
    def source_address(self) -> str:
        found = re.search(r"https://[^\s;]+", self.source)
        return found[0] if found else ""

    @property
    def source_name(self) -> str:
        """The source without the path of its address: enough to know what it is."""
        host = re.sub(r"^https://(www\.)?", "", self.source_address).split("/")[0]
        remark = self.source.replace(self.source_address, "").strip()
        return f"{host} {remark}".strip()

    @property
    def trust(self) -> str:
        return self.get_confidence_display().split(":")[0]


class Benchmark(Fact):
    """One percentile of one survey: what physicians of a specialty produce or are paid in a year."""

    class Metric(models.TextChoices):
        ANNUAL_WRVU = "annual_wrvu", "Work RVUs a year"
        TOTAL_COMPENSATION = "total_compensation", "Pay a year"
        COMP_PER_WRVU = "comp_per_wrvu", "Pay for each work RVU"
        COLLECTIONS_PER_WRVU = "collections_per_wrvu", "Collections for each work RVU"

    class Percentile(models.TextChoices):
        P10 = "p10", "10th percentile"
        P25 = "p25", "25th percentile"
        P50 = "p50", "Median"
        P75 = "p75", "75th percentile"
        P90 = "p90", "90th percentile"
        MEAN = "mean", "Mean"
        UNKNOWN = "unknown", "Kind not stated"

    KEY = ("specialty", "setting", "metric", "percentile", "survey", "survey_year", "data_year")
    COLUMNS = (
        "specialty", "setting", "metric", "percentile", "value", "unit", "survey", "survey_year", "data_year", "source",
        "confidence", "note",
    )  # fmt: skip

    specialty = models.CharField(max_length=80)
    setting = models.CharField(max_length=120)
    metric = models.CharField(max_length=24, choices=Metric)
    percentile = models.CharField(max_length=8, choices=Percentile)
    value = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=20)
    survey = models.CharField(max_length=120)
    survey_year = models.PositiveSmallIntegerField()
    data_year = models.PositiveSmallIntegerField("year of the data")

    class Meta:
        ordering = ["specialty", "metric", "-data_year", "setting", "percentile"]
        constraints = [
            models.UniqueConstraint(
                fields=["specialty", "setting", "metric", "percentile", "survey", "survey_year", "data_year"],
                name="one_benchmark_of_a_kind",
            )
        ]

    def __str__(self):
        return f"{self.specialty}, {self.get_metric_display()}, {self.get_percentile_display()}, {self.data_year}"

    @property
    def slug(self) -> str:
        return slugify(self.specialty)


class CaseMinimum(Fact):
    """How many cases of a category a trainee must have done, and who asks for it since when."""

    KEY = ("specialty", "program", "category", "body", "effective")
    COLUMNS = (
        "specialty",
        "program",
        "category",
        "minimum",
        "unit",
        "body",
        "effective",
        "source",
        "confidence",
        "note",
    )

    specialty = models.CharField(max_length=80)
    program = models.CharField(max_length=20, help_text="residency or fellowship")
    category = models.CharField(max_length=120)
    minimum = models.PositiveIntegerField()
    unit = models.CharField(max_length=60, help_text="cases, procedures, patients, as surgeon …")
    body = models.CharField("set by", max_length=80)
    effective = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["specialty", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["specialty", "program", "category", "body", "effective"], name="one_case_minimum_of_a_kind"
            )
        ]

    def __str__(self):
        return f"{self.specialty}: {self.category} {self.minimum}"

    @property
    def slug(self) -> str:
        return slugify(self.specialty)
