from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """A user with this e-mail address as login. Raises ValueError where the address is empty."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email, password=None, **fields):
        """Whoever runs the server vouches for the address, so no code is asked for at the first sign-in."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class CareerStage(models.TextChoices):
    STUDENT = "student", "Medical student"
    RESIDENT = "resident", "Resident or fellow"
    ATTENDING = "attending", "Attending"


class Setting(models.TextChoices):
    NONFACILITY = "nonfacility", "Office (non-facility)"
    FACILITY = "facility", "Hospital or other facility"


class User(AbstractUser):
    """Someone with an account; the e-mail address is the login and there is no user name.

    All but address and career stage may stay empty: nothing is asked that is not needed.
    """

    username = None
    first_name = None
    last_name = None
    email = models.EmailField("e-mail address", unique=True)
    career_stage = models.CharField(max_length=10, choices=CareerStage, blank=True)
    specialty = models.ForeignKey("codes.Specialty", models.SET_NULL, null=True, blank=True, related_name="+")
    training_year = models.PositiveSmallIntegerField(
        "training year (PGY)", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    graduation_year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1950), MaxValueValidator(2050)]
    )
    locality = models.CharField(
        "Medicare locality", max_length=10, blank=True, validators=[RegexValidator(r"^\d{7}(-[A-Z]{2})?$")]
    )
    setting = models.CharField("where you mostly work", max_length=11, choices=Setting, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case")]

    def __str__(self):
        return self.email

    def get_full_name(self):
        return self.email

    get_short_name = get_full_name

    @property
    def stage_page(self) -> str:
        """Name of the public page of their career stage."""
        return f"{self.career_stage}s" if self.career_stage else ""

    def begin_stage(self, stage: str) -> None:
        """Moves to another career stage and keeps the date; all that is theirs stays as it is."""
        if stage == self.career_stage:
            return
        with transaction.atomic():
            self.career_stage = stage
            self.save(update_fields=["career_stage"])
            self.stage_changes.create(stage=stage)


class StageChange(models.Model):
    """The day someone entered a career stage."""

    user = models.ForeignKey(User, models.CASCADE, related_name="stage_changes")
    stage = models.CharField(max_length=10, choices=CareerStage)
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self):
        return f"{self.get_stage_display()} since {self.changed_at:%Y-%m-%d}"
