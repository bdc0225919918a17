"""What the start page says of the catalogue."""

from datetime import timedelta

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from codes.models import Category, Code, CodeViews, Release

# To start with, as long as few pages were looked at here.
WELL_KNOWN = [
    "99213",
    "99214",
    "99223",
    "99285",
    "45378",
    "27447",
    "47562",
    "43239",
    "93306",
    "70553",
    "20610",
    "J7521",
]
SHOWN = len(WELL_KNOWN)
COUNTED = timedelta(days=30)


def home_context() -> dict:
    release = Release.objects.current()
    categories = Category.objects.annotate(count=Count("codes", filter=Q(codes__is_listed=True))).filter(count__gt=0)
    seen = most_seen()
    keys = seen if len(seen) == SHOWN else WELL_KNOWN
    codes = Code.objects.listed().filter(code__in=keys).select_related("category").with_figures(release)
    return {
        "release": release,
        "categories": categories,
        "popular": sorted(codes.annotate(work=F("row__work")), key=lambda code: keys.index(code.code)),
        "is_counted": keys == seen,
    }


def most_seen() -> list[str]:
    """The codes whose pages were looked at most in the last thirty whole days, so that the list changes once a day."""
    today = timezone.localdate()
    views = CodeViews.objects.filter(day__gte=today - COUNTED, day__lt=today, code__is_listed=True)
    return list(
        views.values("code").annotate(sum=Sum("count")).order_by("-sum", "code").values_list("code", flat=True)[:SHOWN]
    )
