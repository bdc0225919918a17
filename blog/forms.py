from django import forms
from django.core.validators import RegexValidator

from codes.patient_information import refusal

ONE_LINE = RegexValidator(r"^[^\x00-\x1f\x7f]*\Z", "One line, please, without control characters.")
WARNING = "No patient information, please: no names, dates of birth or of care, record numbers."


def no_patient(text: str) -> str:
    """The text itself. Raises ValidationError where it looks as if it told of a patient."""
    if sentence := refusal(text, again="send"):
        raise forms.ValidationError(sentence)
    return text


class MessageForm(forms.Form):
    """What a visitor adds to a thread. `website` is there for machines that fill in everything."""

    message = forms.CharField(
        max_length=5000, min_length=10, widget=forms.Textarea(attrs={"rows": 8}), help_text=WARNING,
        error_messages={"min_length": "Tell us a little more: ten characters at least."},
    )  # fmt: skip
    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_message(self):
        return no_patient(self.cleaned_data["message"])

    @property
    def is_from_a_machine(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class ContactForm(MessageForm):
    email = forms.EmailField(
        label="Your email address", max_length=254, validators=[ONE_LINE], help_text="The answer goes there.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    subject = forms.CharField(max_length=120, validators=[ONE_LINE])

    field_order = ["email", "subject", "message", "website"]

    def clean_subject(self):
        return no_patient(self.cleaned_data["subject"])
