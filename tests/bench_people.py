"""10,000 people with 200 favorites each, for `make bench`: `python -m tests.bench_people` fills DATABASE_URL.

Prints the session keys of a hundred of them.
"""

import os
import random

PEOPLE, EACH, SESSIONS = 10_000, 200, 100


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rvuedge.settings")
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.db import connection, transaction
    from django.utils import timezone

    from accounts.models import Favourite, Folder
    from codes import bulk
    from codes.models import Code, Release, RvuRow

    people, now, release = get_user_model(), timezone.now(), Release.objects.current().pk
    codes = list(Code.objects.listed().values_list("pk", flat=True))
    figures = RvuRow.objects.filter(release=release, modifier="").values_list(
        "code", "work", "nonfac_total", "fac_total"
    )
    known = {code: values for code, *values in figures}
    chance = random.Random(2026)
    with transaction.atomic():
        users = people.objects.bulk_create(
            [people(email=f"p{i}@example.org", password="!", career_stage="attending") for i in range(PEOPLE)],
            batch_size=1000,
        )
        folders = Folder.objects.bulk_create([Folder(user=user, name="Clinic") for user in users], batch_size=1000)
        fields = (
            "user",
            "code",
            "folder",
            "note",
            "position",
            "created_at",
            "seen_release",
            "seen_work",
            "seen_nonfac_total",
            "seen_fac_total",
        )
        bulk.insert(
            Favourite,
            fields,
            (
                (
                    user.pk,
                    code,
                    folder.pk if place % 3 == 0 else None,
                    "",
                    place,
                    now,
                    release,
                    *known.get(code, [None] * 3),
                )
                for user, folder in zip(users, folders, strict=True)
                for place, code in enumerate(chance.sample(codes, EACH))
            ),
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(*(_session(user) for user in chance.sample(users, SESSIONS)))


def _session(user) -> str:
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    return session.session_key


if __name__ == "__main__":
    main()
