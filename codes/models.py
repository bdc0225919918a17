from django.conf import settings
from django.db import connection, models
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject
from django.urls import reverse

from codes import narrative, sections
from codes.search.words import spell_out


class CatalogueState(models.Model):
    """One row. Its revision goes up with every change of the catalogue and is part of every ETag."""

    revision = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return f"revision {self.revision}"

    @classmethod
    def touch(cls) -> None:
        cls.objects.update_or_create(pk=1, defaults={"revision": F("revision") + 1}, create_defaults={"revision": 1})

    @classmethod
    def lock(cls) -> None:
        """Held until the transaction ends: two imports at once run one after the other."""
        cls.objects.get_or_create(pk=1)
        cls.objects.select_for_update().get(pk=1)

    @classmethod
    def current_revision(cls) -> int:
        # Asked on every revalidation: plain SQL takes a tenth of the time of building the query.
        with connection.cursor() as cursor:
            cursor.execute("SELECT revision FROM codes_cataloguestate WHERE id = 1")
            row = cursor.fetchone()
        return row[0] if row else 0


class CatalogueModel(models.Model):
    """Something a public page shows: saving or deleting it makes every cached page stale."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        CatalogueState.touch()

    def delete(self, *args, **kwargs):
        result = super().delete(*args, **kwargs)
        CatalogueState.touch()
        return result


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

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "specialties"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('code-list')}?specialty={self.slug}"


class Modifier(CatalogueModel):
    """Two characters after a code. CPT modifiers (two digits) are explained in our own words."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80, blank=True)
    description = models.TextField(blank=True)
    cms_description = models.TextField(blank=True, help_text="CMS's own wording of a Level II modifier.")

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.name}".strip()


class ReleaseQuerySet(models.QuerySet):
    def current(self) -> "Release | None":
        return self.filter(is_current=True).first()

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
    row_count = models.PositiveIntegerField(default=0)
    code_count = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(auto_now=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_from", "-name"]
        constraints = [
            models.UniqueConstraint("is_current", condition=Q(is_current=True), name="one_current_release"),
        ]

    def __str__(self):
        return self.name


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


class CodeQuerySet(models.QuerySet):
    def listed(self):
        """Codes that have a page: CMS's files also hold placeholders such as GXXX1."""
        return self.filter(is_listed=True)

    def published(self):
        return self.filter(is_listed=True, status=Code.Status.PUBLISHED)

    def for_page(self):
        """With its category and the catalogue's revision."""
        revision = CatalogueState.objects.filter(pk=1).values("revision")
        return self.select_related("category").annotate(revision=Subquery(revision))

    def with_hcpcs(self):
        """Adds CMS's current HCPCS Level II record as a dict `hcpcs`, or None."""
        record = HcpcsRecord.objects.filter(code=OuterRef("pk"), release__is_current=True).values(
            json=JSONObject(
                wording="long_description", coverage="coverage", added="added", effective="action_effective",
                terminated="terminated", release="release__name",
            )
        )  # fmt: skip
        return self.annotate(hcpcs=Subquery(record[:1], output_field=models.JSONField()))

    def with_figures(self, release: Release | None):
        """Adds `row`, the whole service's figures in this release, to filter and sort by."""
        return self.annotate(
            row=FilteredRelation("rows", condition=Q(rows__release=release.pk if release else 0, rows__modifier=""))
        )


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
    cms_descriptor = models.CharField(
        "CMS descriptor", max_length=120, blank=True,
        help_text="From the CMS file: the AMA's wording for CPT codes, the ADA's for D codes. Helps search; shown only with the right to.",
    )  # fmt: skip
    is_listed = models.BooleanField("has a page", default=True)
    loaded_text = models.CharField(max_length=64, blank=True, editable=False)
    loaded_related = models.JSONField(default=list, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.name}".strip()

    def get_absolute_url(self):
        return reverse("code-page", args=[self.category_id, self.code])

    hcpcs = None  # unless `with_hcpcs` sets it

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

    def links(self):
        """(kind, key, name, category) of specialties and related codes, in one query."""
        specialties = self.specialties.order_by().values_list(Value("specialty"), "slug", "name", Value(""))
        related = self.related.order_by().listed().values_list(Value("related"), "code", "name", "category_id")
        return specialties.union(related).order_by("slug")


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


class RvuRowQuerySet(models.QuerySet):
    def of(self, code: str):
        """All rows of a code with their releases, newest release first, the whole service before its parts."""
        return (
            self.filter(code=code)
            .select_related("release")
            .order_by("-release__effective_from", "-release__name", "modifier")
        )


class RvuRow(models.Model):
    """What one release says of one code + modifier: every column of PPRRVU. NULL is unknown, never zero."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="rows", db_index=False)
    code = models.ForeignKey(Code, models.CASCADE, related_name="rows")
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
    objects = RvuRowQuerySet.as_manager()

    class Meta:
        ordering = ["modifier"]
        constraints = [
            models.UniqueConstraint(fields=["release", "code", "modifier"], name="one_row_a_code_and_modifier")
        ]

    def __str__(self):
        return f"{self.code_id} {self.modifier} {self.release_id}"


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
    code = models.ForeignKey(Code, models.CASCADE, related_name="hcpcs_records")
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


class SearchDocument(models.Model):
    """What search knows of a code: stems in three fields. The full-text index of either database follows it."""

    code = models.OneToOneField(Code, models.CASCADE, related_name="search_document")
    names = models.TextField(help_text="Our name, synonyms and nicknames; phrases parted by |.")
    descriptor = models.TextField(help_text="CMS's wording, spelled out.")
    body = models.TextField(help_text="Our texts.")
    weight = models.FloatField(help_text="How often the code is looked for, apart from any words: 0 to 1.")

    def __str__(self):
        return self.code_id


class SearchTerm(models.Model):
    """A stem that occurs in the index, for idf and for what was mistyped."""

    stem = models.CharField(max_length=60, primary_key=True)
    documents = models.PositiveIntegerField()

    def __str__(self):
        return self.stem
