"""Tickets: opening one, adding to it, and the mail that goes with it.

The receipt repeats nothing of what was typed: the address may belong to somebody else.
"""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from blog.models import Ticket, TicketMessage

log = logging.getLogger(__name__)


@transaction.atomic
def open_ticket(email: str, subject: str, text: str) -> Ticket:
    ticket = Ticket.objects.create(email=email, subject=subject)
    TicketMessage.objects.create(ticket=ticket, text=text)
    return ticket


@transaction.atomic
def reply(ticket: Ticket, text: str) -> None:
    """The visitor writes again: the ticket is open, whatever it was."""
    TicketMessage.objects.create(ticket=ticket, text=text)
    ticket.status = Ticket.Status.OPEN
    ticket.save()


@transaction.atomic
def answer(ticket: Ticket, text: str, author) -> TicketMessage:
    """Keeps what staff wrote; `send_answer` sends it."""
    message = TicketMessage.objects.create(ticket=ticket, text=text, from_staff=True, author=author)
    if ticket.status == Ticket.Status.OPEN:
        ticket.status = Ticket.Status.ANSWERED
        ticket.save()
    return message


def send_receipt(ticket: Ticket, link: str) -> bool:
    return _send("received", f"We have your message (ticket #{ticket.pk})", ticket.email, ticket=ticket, link=link)


def send_notice(ticket: Ticket, link: str) -> bool:
    """Tells staff, where an address is set."""
    if not settings.SUPPORT_EMAIL:
        return False
    return _send("notice", f"Ticket #{ticket.pk}: a visitor wrote", settings.SUPPORT_EMAIL, ticket=ticket, link=link)


def send_answer(message: TicketMessage, link: str) -> bool:
    ticket = message.ticket
    subject = f"Re: {ticket.subject} (ticket #{ticket.pk})"
    if not _send("answer", subject, ticket.email, ticket=ticket, message=message, link=link):
        return False
    message.sent_at = timezone.now()
    message.save()
    return True


def _send(template: str, subject: str, to: str, **context: object) -> bool:
    """Whether the mail went out; what stood in the way is in the log."""
    body = render_to_string(f"blog/mail/{template}.txt", context)
    reply_to = [settings.SUPPORT_EMAIL] if settings.SUPPORT_EMAIL else None
    try:
        return bool(EmailMessage(subject, body, to=[to], reply_to=reply_to).send())
    except (OSError, SMTPException):
        log.exception("mail of kind %s was not sent", template)
        return False
