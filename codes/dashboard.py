"""What there is to do at the staff desk, in a handful of queries."""

from datetime import timedelta

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Q, Sum
from django.utils import timezone

from codes import review
from codes.models import Category, Code, ImportRun, MissedSearch, Proposal, Release

SHOWN = 10
LATELY = timedelta(days=30)


def figures() -> dict:
    return {
        "release": Release.objects.current(),
        "categories": categories(),
        "in_review": Code.objects.filter(status=Code.Status.REVIEW).order_by("-updated_at")[:SHOWN],
        "proposals": Proposal.objects.select_related("code", "saved_by")[:SHOWN],
        "viewed": most_viewed(),
        "starred": most_starred(),
        "missed": MissedSearch.objects.filter(count__gte=2)[:SHOWN],
        "run": ImportRun.objects.filter(Q(is_active=True) | Q(state=ImportRun.State.PREVIEWED)).first(),
    }


def categories() -> list[Category]:
    """Each with `codes_in_it`, `texts`, `reviewed` and `stale` (over a year ago, or figures changed since)."""
    year_ago = timezone.localdate() - timedelta(days=365)
    old = Q(codes__reviewed_on__lt=year_ago) | Q(codes__code__in=list(review.changed_since()))
    found = Category.objects.annotate(
        codes_in_it=Count("codes", filter=Q(codes__is_listed=True)),
        texts=Count("codes", filter=Q(codes__status=Code.Status.PUBLISHED) & ~Q(codes__description="")),
        reviewed=Count("codes", filter=Q(codes__reviewed_on__isnull=False)),
        stale=Count("codes", filter=Q(codes__reviewed_on__isnull=False) & old),
    ).order_by("order")
    return [category for category in found if category.codes_in_it]


def _without_text():
    return Code.objects.listed().filter(description="").select_related("category")


def most_viewed():
    since = timezone.localdate() - LATELY
    recent = Q(views__day__gte=since)
    return (
        _without_text()
        .filter(recent)
        .annotate(seen=Sum("views__count", filter=recent))
        .order_by("-seen", "code")[:SHOWN]
    )


def most_starred():
    """Empty on a site without favourites, which are kept by an app that this one does not know."""
    try:
        Code._meta.get_field("favourites")
    except FieldDoesNotExist:
        return []
    starred = _without_text().filter(favourites__isnull=False)
    return starred.annotate(stars=Count("favourites")).order_by("-stars", "code")[:SHOWN]
