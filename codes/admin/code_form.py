"""The form of an entry, with its checks."""

from django import forms

from codes import entries, text_checks
from codes.admin.desk import DeskForm
from codes.admin.fields import FaqField, PhrasesField
from codes.entries import Action
from codes.known import known
from codes.models import Code


class CodeForm(DeskForm):
    """`entry` is what was typed, in the shape of codes/entries.py; shows a waiting change in place of the text."""

    synonyms = PhrasesField(
        required=False, help_text="What people type when they mean this code, one a line. Not its name."
    )
    faq = FaqField(label="Questions", required=False, help_text="To add more than two, save and continue.")
    may_publish = False  # set by the admin
    allows_html = True  # looked for by text_checks, which names the field too

    class Meta:
        model = Code
        fields = ["name", "description", "plain_language", "clinical_context", "billing", "specialties", "related"]
        widgets = {
            name: forms.Textarea(attrs={"rows": 4})
            for name in ("description", "plain_language", "clinical_context", "billing")
        }
        help_texts = {
            "description": 'A figure is written as a tag: {% rvu "99213" "work" %} or {% payment "99213" %}.',
            "plain_language": f"For a reader without medical training: grade {text_checks.GRADE_LIMIT} or lower.",
            "related": "Type a code or words. Shown at the foot of the page.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk or not self.fields.get("synonyms"):
            return
        self.initial |= {key: value for key, value in self.stored.items() if key in ("synonyms", "faq")}
        self.initial |= self.filled_with or self.stored["proposal"] or {}

    def clean(self):
        self.entry = self.typed(self.cleaned_data)
        if self.action in (Action.PUBLISH, Action.WITHDRAW) and not self.may_publish:
            raise forms.ValidationError(
                "Only a reviewer publishes, and you are none now. Nothing is saved: keep it for review."
            )
        cleaned = super().clean()
        if self.instance.pk in self.entry["related"]:
            self.add_error("related", "A code is not related to itself.")
        self.advice = []
        if self.action is not Action.WITHDRAW:  # a text that is wrong has to come off the site first
            self._check()
        return cleaned

    @property
    def action(self) -> Action:
        """What the button says that was pressed."""
        return next((action for action in Action if action in self.data), Action.SAVE)

    def typed(self, cleaned: dict) -> dict:
        entry = {name: cleaned.get(name, "") for name in entries.TEXTS} | {
            "specialties": sorted(item.pk for item in cleaned.get("specialties", [])),
            "related": sorted(item.pk for item in cleaned.get("related", [])),
            "faq": cleaned.get("faq", []),
        }
        return {name: text.replace("\r\n", "\n") if isinstance(text, str) else text for name, text in entry.items()}

    def _check(self) -> None:
        held = known(self.instance, self.entry)
        for name, sentences in text_checks.problems(self.entry, held).items():
            self.add_error(name, sentences)
        self.advice = text_checks.advice(self.entry, held)
