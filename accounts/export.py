"""Everything the site holds of someone, as JSON for machines and CSV for people, in one zip."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from zipfile import ZIP_DEFLATED

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from accounts.personal import rows_by_address
from codes.sheets import cell

PROFILE = (
    "email", "career_stage", "specialty", "training_year", "graduation_year", "locality", "setting", "date_joined", "last_login",
)  # fmt: skip


def everything(user: User) -> dict[str, list[dict]]:
    """Table -> its rows. Secrets (password, keys of second factors) are told of, not handed out."""
    return {
        "profile": list(User.objects.filter(pk=user.pk).values(*PROFILE)),
        "career_stages": list(user.stage_changes.values("stage", "changed_at")),
        "favorites": list(
            user.favourites.order_by("position", "pk").values(
                "code", "folder__name", "note", "position", "created_at", "seen_release__name", "seen_work"
            )
        ),
        "folders": list(user.folders.values("name")),
        "recent_codes": list(user.recent_codes.values("code", "seen_at")),
        "email_addresses": list(user.emailaddress_set.values("email", "verified", "primary")),
        "second_factors": list(user.authenticator_set.values("type", "created_at", "last_used_at")),
        "sessions": list(user.usersession_set.values("created_at", "ip", "user_agent", "last_seen_at")),
        "connected_accounts": list(user.socialaccount_set.values("provider", "uid", "date_joined", "last_login")),
        **{rows.model._meta.model_name: [row.as_data() for row in rows] for rows in rows_by_address(user)},
    }


def as_zip(user: User) -> bytes:
    tables = everything(user)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("rvu-edge.json", json.dumps(tables, cls=DjangoJSONEncoder, indent=2))
        for name, rows in tables.items():
            archive.writestr(f"{name}.csv", _csv(rows))
    return target.getvalue()


def _csv(rows: Iterable[dict]) -> str:
    rows = list(rows)
    target = io.StringIO()
    if rows:
        writer = csv.writer(target)
        writer.writerow(rows[0])
        writer.writerows([[cell(value) for value in row.values()] for row in rows])
    return target.getvalue()
