"""Form fields of the entry: a list of phrases, and questions with their answers. Both work without JavaScript."""

from django import forms

BLANK_ROWS = 2


class PhrasesField(forms.CharField):
    """One phrase a line <-> a list."""

    widget = forms.Textarea

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = [" ".join(line.split()) for line in (value or "").splitlines()]
        return [line for line in lines if line]

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class FaqWidget(forms.Widget):
    template_name = "admin/desk/faq.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        pairs = [*(value or []), *[["", ""]] * BLANK_ROWS]
        context["widget"]["rows"] = [(number, question, answer) for number, (question, answer) in enumerate(pairs)]
        return context

    def value_from_datadict(self, data, files, name):
        pairs, number = [], 0
        while f"{name}-{number}-question" in data and number < 50:
            pairs.append([data[f"{name}-{number}-{part}"].strip() for part in ("question", "answer")])
            number += 1
        return [pair for pair in pairs if any(pair)]

    def id_for_label(self, id_):
        return f"{id_}-0-question"


class FaqField(forms.Field):
    """A list of [question, answer]; emptied rows are left out."""

    widget = FaqWidget

    def clean(self, value):
        pairs = [[question, answer.replace("\r\n", "\n")] for question, answer in value or []]
        for number, (question, answer) in enumerate(pairs, start=1):
            if not (question and answer):
                raise forms.ValidationError(f"Question {number} needs both a question and an answer.")
            if len(question) > 200:
                raise forms.ValidationError(f"Question {number} is longer than 200 characters.")
        return pairs

    def has_changed(self, initial, data):
        return (initial or []) != (data or [])
