"""People of the staff desk, for the tests."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group


def member(role: str, **fields):
    """A member of staff in the group of this name (Editor, Reviewer, Data manager)."""
    name = role.lower().replace(" ", ".")
    user = get_user_model().objects.create_user(fields.pop("email", f"{name}@example.org"), is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def form_of(page) -> dict:
    """The values of the entry's form as the browser would send them, of the answer to a GET."""
    form = page.context["adminform"].form
    data = {}
    for name in form.fields:
        value = form[name].value()
        if name == "faq":
            for number, (question, answer) in enumerate([*(value or []), ["", ""], ["", ""]]):
                data[f"faq-{number}-question"], data[f"faq-{number}-answer"] = question, answer
        elif isinstance(value, (list, tuple)):
            data[name] = [getattr(item, "pk", item) for item in value]
        else:
            data[name] = "" if value is None else value
    return data
