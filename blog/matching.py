"""Search in a few hundred texts: every word that was typed, by its stem, in any of some fields.

A figure tag is searched neither by its source, which no visitor sees, nor by its figure, which the database does not hold.
"""

import re
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from codes.search.words import STOP, stem

MOST_WORDS = 8
OUTSIDE_TAGS = r"(^|%\})([^{]|\{(?!%))*"  # from the beginning or the end of a tag, up to the next tag


def matching(queryset: QuerySet, typed: str, *fields: str) -> QuerySet:
    words = [word for word in re.findall(r"[\w.$-]+", typed.lower()) if word not in STOP][:MOST_WORDS]
    for word in words:
        part = stem(word) if word.isalpha() and word.startswith(stem(word)) else word
        pattern = OUTSIDE_TAGS + re.escape(part)
        queryset = queryset.filter(reduce(or_, (Q(**{f"{field}__iregex": pattern}) for field in fields)))
    return queryset
