"""What the staff desk keeps beside the catalogue: proposed changes, imports, and what visitors looked for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from codes.models.release import Release


class Proposal(models.Model):
    """A change of a published text that waits for a reviewer; the page stays as it is until then."""

    code = models.OneToOneField("codes.Code", models.CASCADE, primary_key=True, related_name="proposal")
    entry = models.JSONField(help_text="The whole text as it would be, in the shape of codes/entries.py: entry_of.")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["saved_at"]

    def __str__(self):
        return f"change of {self.code_id}"


class ImportRun(models.Model):
    """One import of a CMS bundle, or one change of the current release, done by the worker for a data manager."""

    class Kind(models.TextChoices):
        IMPORT = "import", "Import"
        ROLL_BACK = "roll-back", "Roll back"
        TAKE_BACK = "take-back", "Use again"

    class State(models.TextChoices):
        READING = "reading", "Being read"
        PREVIEWED = "previewed", "Preview: waits for you"
        LOADING = "loading", "Being loaded"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    ACTIVE = (State.READING, State.LOADING)

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.IMPORT)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    # Kept by the database: no more than one run at a time reads or writes.
    is_active = models.BooleanField(default=True)
    file_name = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    named_release = models.CharField("release", max_length=8, blank=True)
    release = models.ForeignKey(Release, models.SET_NULL, null=True, blank=True, related_name="+")
    preview = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    step = models.CharField(max_length=80, blank=True)
    done = models.PositiveSmallIntegerField(default=0, help_text="Percent of the present state.")
    attempt = models.PositiveSmallIntegerField(default=1)
    worker = models.CharField(max_length=120, blank=True, help_text="host:process that works on it.")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now, help_text="The last sign of life.")

    class Meta:
        ordering = ["-started_at"]
        verbose_name = "import"
        constraints = [
            models.UniqueConstraint("is_active", condition=Q(is_active=True), name="one_import_at_a_time"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.file_name or self.release or ''}".strip()


class CodeViews(models.Model):
    """How often the site itself rendered a code's page on a day. What a cache answered is not in it."""

    code = models.ForeignKey("codes.Code", models.CASCADE, related_name="views")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "day"], name="one_count_a_code_and_day")]

    def __str__(self):
        return f"{self.code_id} {self.day}: {self.count}"


class MissedSearch(models.Model):
    """Words that found nothing, and how often. Nothing about who typed them."""

    words = models.CharField(max_length=80, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_on = models.DateField()

    class Meta:
        ordering = ["-count", "words"]

    def __str__(self):
        return self.words
