"""What visitors wrote to us, and what was answered. Private: no public page shows it."""

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse

SALT = "blog.ticket"


class TicketQuerySet(models.QuerySet):
    def by_token(self, token: str):
        """The ticket of a signed link; none where the link was not made here."""
        try:
            return self.filter(pk=signing.loads(token, salt=SALT))
        except signing.BadSignature:
            return self.none()


class Ticket(models.Model):
    """What someone wrote to us. It holds an address, so it goes into the person's export and goes with the account."""

    personal_address = "email"  # accounts/personal.py looks for it

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed"

    email = models.EmailField("email address")
    subject = models.CharField(max_length=120)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["open", "answered", "closed"]), name="ticket_status_known")
        ]

    def __str__(self):
        return f"#{self.pk} {self.subject}"

    def get_absolute_url(self):
        return reverse("ticket", args=[signing.dumps(self.pk, salt=SALT)])

    def as_data(self) -> dict:
        messages = self.messages.values("created_at", "from_staff", "text")
        return {
            "subject": self.subject,
            "status": self.status,
            "created_at": self.created_at,
            "messages": list(messages),
        }


class TicketMessage(models.Model):
    """One message of a thread. An answer of staff without `sent_at` has not gone out yet."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    from_staff = models.BooleanField(default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(author__isnull=True) | Q(from_staff=True), name="author_is_staff"),
        ]

    def __str__(self):
        return f"{'Staff' if self.from_staff else 'Visitor'}, {self.created_at:%Y-%m-%d %H:%M}"
