"""Rows of other apps that hold someone's address without an account behind it.

Such a model names the field in `personal_address` and its content in `as_data`. So this app need not know it.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import User


def rows_by_address(user: User) -> Iterator[QuerySet]:
    """For each such model, the rows with one of this person's confirmed addresses."""
    addresses = list(user.emailaddress_set.filter(verified=True).values_list(Lower("email"), flat=True))
    for model in apps.get_models():
        if field := getattr(model, "personal_address", None):
            yield model._default_manager.alias(lowered=Lower(field)).filter(lowered__in=addresses)
