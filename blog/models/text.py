"""Posts, guides and pages: one kind of thing, at three kinds of addresses."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from blog.matching import matching
from codes.models import CatalogueModel, CatalogueState

PAGES = ("privacy", "terms", "about-the-data", "accessibility")
STAGES = {"student": "Medical students", "resident": "Residents", "attending": "Attendings"}


class Tag(CatalogueModel):
    slug = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("blog-tag", args=[self.slug])


class TextQuerySet(models.QuerySet):
    def public(self):
        """What visitors may see now: published, and its day has come."""
        due = Q(published__isnull=True) | Q(published__lte=timezone.now())
        return self.filter(due, status=Text.Status.PUBLISHED)

    def posts(self):
        return self.filter(kind=Text.Kind.POST)

    def searched(self, typed: str):
        """Those in which every word typed occurs."""
        return matching(self, typed, "title", "description", "body", "tags__name").distinct()

    def related_to(self, text: "Text", tags: list[Tag]):
        """Other posts, those with most tags in common first, then the newest."""
        shared = Count("tags", filter=Q(tags__in=tags))
        return self.posts().exclude(pk=text.pk).annotate(shared=shared).order_by("-shared", "-published")


class Text(CatalogueModel):
    """A post of the blog, a guide under /resources/ or one of the four pages that every footer names."""

    class Kind(models.TextChoices):
        POST = "post", "Post"
        GUIDE = "guide", "Guide"
        PAGE = "page", "Page"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    kind = models.CharField(max_length=5, choices=Kind, default=Kind.POST)
    slug = models.SlugField(max_length=80, help_text="The last part of the address. A change breaks links to it.")
    title = models.CharField(max_length=120)
    description = models.CharField(
        max_length=160,
        validators=[MinLengthValidator(80), MaxLengthValidator(160)],
        help_text="One or two sentences for search engines and lists: 80 to 160 characters, no figures.",
    )
    body = models.TextField(
        help_text='Markdown, headings from ##. Figures of CMS by tags: {% rvu "99214" "work" %}, {% payment "99214" %}, '
        "{% conversion_factor %} and others (docs/content.md). They follow the current release; a text about one year pins "
        'all of them: {% rvu "99214" "work" year=2026 %}. Codes become links by themselves.'
    )
    author = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    published = models.DateTimeField(
        null=True, blank=True, help_text="A published text with a date ahead appears when it has come (UTC)."
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="texts")
    stages = models.JSONField(
        default=list, blank=True, help_text='Whom it is for: ["student", "resident", "attending"].'
    )
    sources = models.JSONField(default=list, blank=True, help_text='[["Title", "https://…"], …]')
    loaded_text = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TextQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[tags])

    class Meta:
        ordering = ["-published", "slug"]
        permissions = [("publish_text", "Can publish texts and change published ones")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="one_text_an_address"),
            models.CheckConstraint(
                condition=~Q(kind="post", status="published", published__isnull=True),
                name="published_post_has_a_date",
                violation_error_message="A published post needs the date of its publication.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="page") | Q(slug__in=PAGES),
                name="page_has_an_address",
                violation_error_message=f"A page is one of {', '.join(PAGES)}.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        if self.kind == self.Kind.PAGE:
            return reverse(self.slug)
        return reverse("blog-post" if self.kind == self.Kind.POST else "guide", args=[self.slug])

    def clean(self):
        if not (isinstance(self.stages, list) and set(self.stages) <= set(STAGES)):
            raise ValidationError({"stages": f"A list of these: {', '.join(STAGES)}."})
        if not (isinstance(self.sources, list) and all(_is_source(source) for source in self.sources)):
            raise ValidationError({"sources": "A list of pairs: title and https address."})

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        schedule()

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.PUBLISHED and (self.published is None or self.published <= timezone.now())

    @property
    def minutes(self) -> int:
        """Reading time at 220 words a minute."""
        return max(1, round(len(self.body.split()) / 220))

    @property
    def stage_names(self) -> list[str]:
        return [name for stage, name in STAGES.items() if stage in self.stages]


def _is_source(source: object) -> bool:
    return (
        isinstance(source, list)
        and len(source) == 2
        and all(isinstance(part, str) and part for part in source)
        and source[1].startswith("https://")
    )


def schedule() -> None:
    """Tells the catalogue when the next texts appear, so that no cached page outlives that moment."""
    ahead = Text.objects.filter(status=Text.Status.PUBLISHED, published__gt=timezone.now())
    CatalogueState.schedule(ahead.values_list("published", flat=True))
