"""Counts of what is looked at and of what was not found: gathered in memory, written every half minute.

A page must not wait for the database to write, least of all while an import holds SQLite's lock. So a thread of
the server (rvuedge/wsgi.py starts it) writes for all requests of its process; a process that is killed loses
half a minute of counts. Nothing is kept about the person, and a page that a cache answered is not counted. Words
that hold a given name, a date or a longer number are not kept; a rare name alone can't be told from other words:
staff see what was typed twice or more, the rest is forgotten after a month.
"""

import logging
import threading
import time
from collections import Counter
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from codes.models import Code, CodeViews, MissedSearch
from codes.patient_information import could_be_personal

EVERY = 30  # seconds
MOST = 5000  # different things to remember between two writings
KEEP_ONCE = timedelta(days=30)  # words that only ever came once are forgotten after this
KEEP_VIEWS = timedelta(days=90)
_forgot = None
_pages: Counter = Counter()
_words: Counter = Counter()
_lock = threading.Lock()
logger = logging.getLogger(__name__)


def page_seen(code: str) -> None:
    _count(_pages, (code, timezone.localdate()))


def nothing_found(typed: str) -> None:
    words = " ".join(typed.lower().split())
    if 2 < len(words) <= 80 and not could_be_personal(typed):
        _count(_words, words)


def _count(counter: Counter, key) -> None:
    with _lock:
        if key in counter or len(counter) < MOST:
            counter[key] += 1


def flush() -> None:
    """Writes what was counted since the last time."""
    with _lock:
        pages, words = dict(_pages), dict(_words)
        _pages.clear()
        _words.clear()
    if not (pages or words):
        return
    try:
        with transaction.atomic():
            _write_pages(pages)
            _write_words(words)
            _forget()
    except DatabaseError:  # SQLite's lock held by an import: the next time
        with _lock:
            _pages.update(pages)
            _words.update(words)
        raise


def _write_pages(pages: dict) -> None:
    known = set(Code.objects.filter(pk__in={code for code, _ in pages}).values_list("pk", flat=True))
    for (code, day), count in sorted(pages.items()):
        if code in known:
            row, _ = CodeViews.objects.get_or_create(code_id=code, day=day)
            CodeViews.objects.filter(pk=row.pk).update(count=F("count") + count)


def _write_words(words: dict) -> None:
    today = timezone.localdate()
    for text, count in sorted(words.items()):
        MissedSearch.objects.get_or_create(words=text, defaults={"last_on": today})
        MissedSearch.objects.filter(words=text).update(count=F("count") + count, last_on=today)


def _forget() -> None:
    """Once a day and process."""
    global _forgot
    if _forgot != (today := timezone.localdate()):
        MissedSearch.objects.filter(count=1, last_on__lt=today - KEEP_ONCE).delete()
        CodeViews.objects.filter(day__lt=today - KEEP_VIEWS).delete()
        _forgot = today


def start() -> None:
    threading.Thread(target=_forever, name="visits", daemon=True).start()


def _forever() -> None:
    while True:
        time.sleep(EVERY)
        try:
            flush()
        except DatabaseError:
            logger.exception("Counts wait for the next time")
        finally:
            connection.close()
