"""Tickets in the admin: the thread, and a field whose text goes to the visitor by email when it is saved."""

from django import forms
from django.contrib import admin, messages

from blog import support
from blog.models import Ticket, TicketMessage


class TicketForm(forms.ModelForm):
    answer = forms.CharField(
        required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 10, "cols": 100}),
        help_text="Goes to the visitor by email when you save, and stays in the thread.",
    )  # fmt: skip

    class Meta:
        model = Ticket
        fields = ["status"]


class ThreadInline(admin.TabularInline):
    model = TicketMessage
    fields = readonly_fields = ["created_at", "from_staff", "author", "text", "sent_at"]
    verbose_name_plural = "thread"
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Ticket)
class TicketAdmin(admin.ModelAdmin):
    form = TicketForm
    list_display = ["__str__", "email", "status", "created_at", "updated_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["subject", "email", "messages__text"]
    fields = ["subject", "email", "created_at", "status", "answer"]
    readonly_fields = ["subject", "email", "created_at"]
    inlines = [ThreadInline]
    actions = ["send_again"]

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if text := form.cleaned_data["answer"].strip():
            self._send(request, support.answer(obj, text, request.user))

    @admin.action(description="Send answers that have not gone out")
    def send_again(self, request, queryset):
        for message in TicketMessage.objects.filter(ticket__in=queryset, from_staff=True, sent_at__isnull=True):
            self._send(request, message)

    def _send(self, request, message):
        link = request.build_absolute_uri(message.ticket.get_absolute_url())
        if support.send_answer(message, link):
            self.message_user(request, f"The answer went to {message.ticket.email}.", messages.SUCCESS)
        else:
            trouble = "The answer is kept, but the mail did not go out. The list's action sends it again."
            self.message_user(request, trouble, messages.ERROR)
