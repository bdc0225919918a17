from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from blog import support
from blog.forms import ContactForm, MessageForm
from blog.models import Ticket
from blog.rate import is_too_often

MOST, SECONDS = 5, 3600
TOO_OFTEN = "You have sent several messages within an hour. Please wait a while and send this one then."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST or None)
    if _may_write(request, form):
        if form.is_from_a_machine:
            return redirect("support")
        values = form.cleaned_data
        ticket = support.open_ticket(values["email"], values["subject"], values["message"])
        support.send_receipt(ticket, request.build_absolute_uri(ticket.get_absolute_url()))
        _notify(request, ticket)
        return redirect(f"{ticket.get_absolute_url()}?sent=1")
    return render(request, "blog/contact.html", {"form": form}, status=_status(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    found = get_object_or_404(Ticket.objects.by_token(token))
    form = MessageForm(request.POST or None)
    if _may_write(request, form):
        if not form.is_from_a_machine:
            support.reply(found, form.cleaned_data["message"])
            _notify(request, found)
        return redirect(f"{found.get_absolute_url()}?sent=1")
    context = {"ticket": found, "messages_of_it": found.messages.all(), "form": form, "sent": "sent" in request.GET}
    return render(request, "blog/ticket.html", context, status=_status(form))


def _may_write(request: HttpRequest, form: MessageForm) -> bool:
    """Whether the form is filled in rightly, and its sender has not written too often."""
    if not form.is_valid():
        return False
    if is_too_often(request, "support", MOST, SECONDS):
        form.add_error(None, TOO_OFTEN)
        return False
    return True


def _status(form: MessageForm) -> int:
    return 429 if TOO_OFTEN in form.non_field_errors() else 200


def _notify(request: HttpRequest, found: Ticket) -> None:
    support.send_notice(found, request.build_absolute_uri(reverse("admin:blog_ticket_change", args=[found.pk])))
