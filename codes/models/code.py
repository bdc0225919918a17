"""A code, and what we write about it."""

from functools import cache

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from codes import narrative, page, sections
from codes.models.hcpcs import HcpcsRecord
from codes.models.release import Release, RvuRow
from codes.models.state import CatalogueModel
from codes.search.words import nicknames, spell_out


@cache
def _address_of_any() -> str:
    return reverse("code-page", args=["CATEGORY", "CODE"])


def code_address(category: str, code: str) -> str:
    """Path of a code's page. Lists and sitemaps hold thousands: reversing each takes ten times as long."""
    return _address_of_any().replace("CATEGORY", category).replace("CODE", code)


class Category(CatalogueModel):
    """A division of the code sets: the sections of CPT, the letters of HCPCS Level II, dental codes."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)
    code_set = models.CharField(
        max_length=40, help_text="CPT, HCPCS Level II or CDT: never call one by another's name."
    )
    description = models.TextField(help_text="One or two sentences for visitors: what codes are in it.")
    payment = models.TextField(help_text="How the codes of this category are paid where they have no RVUs.")
    order = models.PositiveSmallIntegerField(unique=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "categories"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('code-list')}?category={self.slug}"


class Specialty(CatalogueModel):
    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "specialties"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('code-list')}?specialty={self.slug}"


class Modifier(CatalogueModel):
    """Two characters after a code. CPT modifiers (two digits) are explained in our own words."""

    class Group(models.TextChoices):
        VISITS = "visits", "Visits"
        SURGERY = "surgery", "How much was done"
        PACKAGE = "package", "Global period and shared care"
        HELPERS = "helpers", "Two surgeons and assistants"
        PARTS = "parts", "Reading and technical part"
        DISTINCT = "distinct", "Distinct and repeated services"
        TELEHEALTH = "telehealth", "Telehealth"
        TEACHING = "teaching", "Teaching physicians"
        ANESTHESIA = "anesthesia", "Anesthesia"
        DRUGS = "drugs", "Drugs and laboratory tests"
        THERAPY = "therapy", "Therapy"
        COVERAGE = "coverage", "Coverage and notices"
        SITE = "site", "Side and site"

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80, blank=True)
    description = models.TextField(blank=True)
    group = models.CharField(max_length=10, choices=Group, blank=True)
    payment = models.TextField("effect on payment", blank=True)
    credit = models.TextField(
        "effect on credited work RVU",
        blank=True,
        help_text="Custom of employers; CMS has no rule. Say so where they differ.",
    )
    loaded_text = models.CharField(max_length=64, blank=True, editable=False)
    cms_description = models.TextField(blank=True, help_text="CMS's own wording of a Level II modifier.")

    history = HistoricalRecords(excluded_fields=["cms_description"])

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.name}".strip()


class CodeQuerySet(models.QuerySet):
    def listed(self):
        """Codes that have a page: CMS's files also hold placeholders such as GXXX1."""
        return self.filter(is_listed=True)

    def published(self):
        return self.filter(is_listed=True, status=Code.Status.PUBLISHED)

    def with_figures(self, release: Release | None):
        """Adds `row`, the whole service's figures in this release, to filter and sort by."""
        return self.annotate(
            row=FilteredRelation("rows", condition=Q(rows__release=release.pk if release else 0, rows__modifier=""))
        )

    def for_list(self, release: Release | None):
        """Adds the figures a list shows of this release, and what `ended` asks. Needs `with_figures`."""
        reading = RvuRow.objects.filter(code=OuterRef("pk"), release=release, modifier="26").values("work")
        return self.select_related("category").annotate(
            work=F("row__work"), total=F("row__nonfac_total"), cms_status=F("row__status"),
            global_days=F("row__global_days"), reading=Subquery(reading[:1]), **_last_held(),
        )  # fmt: skip


def _last_held(code: str = "pk") -> dict[str, Subquery]:
    """The newest release in force that holds a code, and the day on which CMS's Level II file ends it, if it does."""
    held = RvuRow.objects.filter(code=OuterRef(code), release__withdrawn=False)
    held = held.filter(release__effective_from__lte=timezone.localdate())
    record = HcpcsRecord.objects.filter(code=OuterRef(code), release__is_current=True)
    return {
        "held_by": Subquery(held.order_by("-release__effective_from", "-release__name").values("release__name")[:1]),
        "terminated": Subquery(record.values("terminated")[:1]),
    }


class EntryKept(models.Model):
    """What a version of a code also holds: its specialties, related codes and questions."""

    links = models.JSONField(null=True)

    class Meta:
        abstract = True


class Code(CatalogueModel):
    """A CPT, HCPCS Level II or CDT code and what we write about it. CMS's figures hang on it by release."""

    class CodeSet(models.TextChoices):
        CPT1 = "cpt1", "CPT Category I"
        CPT2 = "cpt2", "CPT Category II"
        CPT3 = "cpt3", "CPT Category III"
        HCPCS2 = "hcpcs2", "HCPCS Level II"
        CDT = "cdt", "CDT"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        PUBLISHED = "published", "Published"

    code = models.CharField(max_length=5, primary_key=True)
    code_set = models.CharField(max_length=6, choices=CodeSet)
    category = models.ForeignKey(Category, models.PROTECT, related_name="codes")
    name = models.CharField(
        max_length=120, blank=True, help_text="Our own short name. Never the AMA's or ADA's wording."
    )
    description = models.TextField(blank=True)
    plain_language = models.TextField("in plain language", blank=True)
    clinical_context = models.TextField(blank=True)
    billing = models.TextField("billing & documentation", blank=True)
    synonyms = models.JSONField(default=list, blank=True, help_text="What people type when they mean this code.")
    specialties = models.ManyToManyField(Specialty, blank=True, related_name="codes")
    related = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="related_from")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    reviewed_on = models.DateField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_release = models.ForeignKey(
        Release, models.SET_NULL, null=True, blank=True, related_name="+", help_text="The figures the reviewer saw."
    )
    reviewed_figures = models.JSONField(
        null=True, blank=True, editable=False,
        help_text="CMS's figures as the reviewer saw them (codes/review.py); NULL where nobody reviewed.",
    )  # fmt: skip
    cms_descriptor = models.CharField(
        "CMS descriptor", max_length=120, blank=True,
        help_text="From the CMS file: the AMA's wording for CPT codes, the ADA's for D codes. Helps search; shown only with the right to.",
    )  # fmt: skip
    is_listed = models.BooleanField("has a page", default=True)
    loaded_text = models.CharField(max_length=64, blank=True, editable=False)
    loaded_related = models.JSONField(default=list, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CodeQuerySet.as_manager()
    history = HistoricalRecords(
        bases=[EntryKept],
        excluded_fields=[
            "reviewed_figures",
            "cms_descriptor",
            "is_listed",
            "loaded_text",
            "loaded_related",
            "updated_at",
        ],
    )

    class Meta:
        ordering = ["code"]
        permissions = [("publish_code", "Can publish texts of codes")]

    def __str__(self):
        return f"{self.code} {self.name}".strip()

    def get_absolute_url(self):
        return code_address(self.category_id, self.code)

    hcpcs = None  # unless page_queries.py sets it
    held_by = terminated = None  # unless `for_list` sets them

    def ended(self, current: Release | None) -> str:
        """In a few words that the code is no longer in use, as 'last in RVU25D'; '' where it is. Needs `for_list`."""
        known = page.ending(self.held_by, self.terminated, current, timezone.localdate())
        return narrative.gone_tag(self.facts(**known))

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def code_system(self) -> str:
        """What to call it in front of the number: CPT, HCPCS Level II or CDT, never one for another."""
        return "CPT" if self.code_set.startswith("cpt") else self.get_code_set_display()

    @property
    def title(self) -> str:
        """Our name; else CMS's wording where it may be shown; else the code's place."""
        return self.name if self.is_published and self.name else narrative.name(self.facts())

    @property
    def other_names(self) -> list[str]:
        """What people call it: an editor's synonyms, else the nicknames that search knows."""
        return self.synonyms if self.is_published else nicknames().get(self.code, [])

    def facts(self, **known) -> narrative.Facts:
        """What is known of this code without an editor; `known` adds to it."""
        wording = known.pop("wording", "") or (spell_out(self.cms_descriptor) if self.wording_is_public else "")
        return narrative.Facts(
            code=self.code, code_system=self.code_system, category=self.category.name,
            category_payment=self.category.payment, section=sections.section_of(self.code), wording=wording, **known,
        )  # fmt: skip

    @property
    def wording_is_public(self) -> bool:
        """Whether CMS's descriptor may be shown: HCPCS Level II wording is CMS's own."""
        return self.code_set == self.CodeSet.HCPCS2 or settings.SHOW_CPT_DESCRIPTORS


class Faq(CatalogueModel):
    code = models.ForeignKey(Code, models.CASCADE, related_name="faqs")
    question = models.CharField(max_length=200)
    answer = models.TextField()
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = "question"

    def __str__(self):
        return self.question
