"""Writing to support: the form, the thread behind a signed link, and what is refused."""

import re

import pytest
from django.core import mail, signing
from django.core.cache import cache
from django.test import Client

from blog import support
from blog.forms import ContactForm
from blog.models import Ticket, TicketMessage
from blog.models.ticket import SALT
from codes.models import CatalogueState
from tests.blog.small import get

pytestmark = pytest.mark.django_db
CONTACT = "/support/contact/"


@pytest.fixture(autouse=True)
def nobody_wrote_yet():
    cache.clear()


def fields(**changes: str) -> dict[str, str]:
    return {
        "email": "grace@example.org", "subject": "A figure", "message": "The work RVU of 27447 looks odd to me.", "website": "",
    } | changes  # fmt: skip


def write(client, **changes: str):
    return client.post(CONTACT, fields(**changes))


def link_in(message) -> str:
    return re.search(r"http://testserver(/support/ticket/\S+)", message.body)[1]


def test_a_message_becomes_a_ticket_with_a_receipt(client, settings):
    settings.SUPPORT_EMAIL = "support@rvuedge.example"
    response = write(client)
    ticket = Ticket.objects.get()
    assert (ticket.email, ticket.subject, ticket.status) == ("grace@example.org", "A figure", "open")
    assert ticket.messages.get().text == "The work RVU of 27447 looks odd to me."
    receipt, notice = mail.outbox
    assert receipt.to == ["grace@example.org"] and f"ticket #{ticket.pk}" in receipt.subject
    assert response["Location"].startswith(link_in(receipt))
    assert notice.to == ["support@rvuedge.example"] and f"/admin/blog/ticket/{ticket.pk}/change/" in notice.body


def test_the_receipt_repeats_nothing_that_was_typed(client):
    write(client, subject="Buy quokkas", message="Visit the quokka shop today.")
    assert "quokka" not in (mail.outbox[0].subject + mail.outbox[0].body).lower()


def test_the_link_shows_the_thread_and_takes_a_reply(client):
    write(client)
    ticket = Ticket.objects.get()
    support.answer(ticket, "It is right: <b>see</b> the file.", None)
    ticket.refresh_from_db()
    assert ticket.status == "answered"
    html = get(client, link_in(mail.outbox[0]))
    assert "looks odd to me" in html and "&lt;b&gt;see&lt;/b&gt;" in html and 'name="robots"' in html
    response = client.post(link_in(mail.outbox[0]), {"message": "Thank you, now I see it.", "website": ""})
    assert response.status_code == 302
    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.count()) == ("open", 3)


FORGED = {
    "a number": "1",
    "not signed": "x:y:z",
    "of another use": signing.dumps(1, salt="another"),
    "an order": signing.dumps("1; --", salt="x"),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_a_link_that_was_not_made_here_shows_nothing(client, token):
    Ticket.objects.create(pk=1, email="a@example.org", subject="Secret")
    assert client.get(f"/support/ticket/{token}/").status_code == 404


def test_a_changed_link_shows_nothing(client):
    write(client)
    assert client.get(link_in(mail.outbox[0])[:-2] + "x/").status_code == 404


REFUSED = {
    "no address": {"email": ""},
    "no address at all": {"email": "grace"},
    "a line in the subject": {"subject": "Hello\nBcc: all@example.org"},
    "a return in the subject": {"subject": "Hello\rBcc: all@example.org"},
    "two addresses": {"email": "grace@example.org, all@example.org"},
    "a line in the address": {"email": "grace@example.org\nBcc: all@example.org"},
    "too short": {"message": "Hi"},
    "too long": {"message": "a" * 5001},
    "a birth date": {"message": "The patient was born on 1950-03-04, which code?"},
    "a record number": {"message": "Which code fits for MRN 1234567 please?"},
    "a patient in the subject": {"subject": "MRN 1234567"},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_what_is_refused(client, changes):
    response = write(client, **changes)
    assert response.status_code == 200 and b'class="errorlist"' in response.content
    assert not Ticket.objects.exists() and not mail.outbox


def test_patient_information_is_named(client):
    assert b"This looks like a record number" in write(client, message="Which code for MRN 1234567 please?").content


def test_patient_information_in_a_reply_is_refused(client):
    write(client)
    response = client.post(link_in(mail.outbox[0]), {"message": "Her date of birth is May 4, 1950."})
    assert response.status_code == 200 and TicketMessage.objects.count() == 1


def test_the_honeypot_catches_machines_without_telling_them(client):
    response = write(client, website="https://spam.example")
    assert (response.status_code, response["Location"]) == (302, "/support/")
    assert not Ticket.objects.exists() and not mail.outbox


def test_the_sixth_message_within_an_hour_waits(client):
    statuses = [write(client).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429] and Ticket.objects.count() == 5
    assert write(client, email="").status_code == 200
    assert client.post(CONTACT, fields(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_behind_a_proxy_its_word_counts_and_no_visitors(client, settings):
    settings.BEHIND_PROXY = True
    for i in range(5):
        client.post(CONTACT, fields(), headers={"X-Forwarded-For": f"203.0.113.{i}, 192.0.2.7"})
    assert client.post(CONTACT, fields(), headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.7"}).status_code == 429
    assert client.post(CONTACT, fields(), headers={"X-Forwarded-For": "192.0.2.8"}).status_code == 302


def test_mail_that_does_not_go_out_loses_no_ticket(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    assert write(client).status_code == 302
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("address", [CONTACT, "ticket"])
def test_the_pages_are_kept_by_nobody(client, address):
    if address == "ticket":
        write(client)
        address = link_in(mail.outbox[0])
    response = client.get(address)
    assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]


def test_a_ticket_is_no_change_of_the_public_pages(client):
    before = CatalogueState.current_revision()
    write(client)
    assert CatalogueState.current_revision() == before


def test_the_form_asks_for_a_token():
    assert Client(enforce_csrf_checks=True).post(CONTACT, fields()).status_code == 403


def test_a_subject_is_one_line():
    form = ContactForm(fields(subject="a\x00b"))
    assert "subject" in form.errors


def test_tokens_of_the_same_ticket_lead_to_it():
    ticket = Ticket.objects.create(email="a@example.org", subject="x")
    assert Ticket.objects.by_token(signing.dumps(ticket.pk, salt=SALT)).get() == ticket
