"""The form of everything editable at the staff desk: it carries what its writer saw, and is filled from a version."""

import json

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from codes import text_checks

BUSY = "An import is being written; your text is kept in the form: save again in a minute."


class _Encoder(DjangoJSONEncoder):
    def default(self, o):
        try:
            return super().default(o)
        except TypeError:  # a file is its name
            return str(o)


def plain(value: object) -> object:
    return json.loads(json.dumps(value, cls=_Encoder))


def seal(state: dict) -> str:
    return signing.dumps(state, salt="seen", compress=True)


class DeskForm(forms.ModelForm):
    """Carries, sealed, what its writer saw; refuses to save over what someone else wrote since.

    `allows_html` where Markdown or the like is written. The admin sets `desk` (itself), `is_busy` (the catalogue) and
    `filled_with` (field -> value of the version to go back to).
    """

    allows_html = False
    is_busy = False
    filled_with: dict = {}
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.theirs, self.mine = [], []  # after a conflict: what the other changed, and how this form differs from it
        if self.instance.pk:
            self.stored = self.desk.state(self.instance)  # of the locked row, before what was typed is put into it
            self.initial["seen"] = seal(self.stored)
        self.initial |= {name: value for name, value in self.filled_with.items() if name in self.fields}

    def clean(self):
        cleaned = super().clean()
        if self.is_busy:
            raise ValidationError(BUSY)
        if not self.allows_html:
            for name, value in list(cleaned.items()):
                if name != "seen" and isinstance(value, str) and (said := text_checks.html(value)):
                    self.add_error(name, said)
        if not self.instance._state.adding:
            self._refuse_overwriting(cleaned)
        return cleaned

    def _refuse_overwriting(self, cleaned: dict) -> None:
        try:
            seen = signing.loads(self.data.get(self.add_prefix("seen"), ""), salt="seen")
        except signing.BadSignature:
            seen = None
        if seen == self.stored:
            return
        self.data = self.data.copy()  # a second press of the button is a decision
        self.data[self.add_prefix("seen")] = seal(self.stored)
        if seen is None:
            raise ValidationError("This form was not opened here. Compare it with the page and save again.")
        self.theirs = self.desk.changes(seen, self.stored)
        self.mine = self.desk.changes(self.stored, self.typed(cleaned))
        raise ValidationError(
            f"{self._who()} Nothing is saved, and what you typed is still in the form: saving again puts it over theirs."
        )

    def typed(self, cleaned: dict) -> dict:
        """What was typed, in the shape of the admin's `state`."""
        values = {name: value for name, value in cleaned.items() if name in self.stored}
        return {
            name: sorted(item.pk for item in value) if hasattr(value, "model") else plain(getattr(value, "pk", value))
            for name, value in values.items()
        }

    def _who(self) -> str:
        who, when = self.desk.last_change(self.instance)
        at = f" at {timezone.localtime(when):%H:%M}" if when else ""
        return f"While you were editing, {who or 'a load of the catalogue'} changed this{at}."
