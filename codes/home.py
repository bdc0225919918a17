"""What the start page says of the catalogue."""

from django.db.models import Count, F, Q

from codes.models import Category, Code, Release

POPULAR = ["99213", "99214", "99223", "99285", "45378", "27447", "47562", "43239", "93306", "70553", "20610", "J7521"]


def home_context() -> dict:
    release = Release.objects.current()
    categories = Category.objects.annotate(count=Count("codes", filter=Q(codes__is_listed=True))).filter(count__gt=0)
    popular = Code.objects.published().filter(code__in=POPULAR).select_related("category").with_figures(release)
    return {
        "release": release,
        "categories": categories,
        "total": sum(category.count for category in categories),
        "popular": sorted(popular.annotate(work=F("row__work")), key=lambda code: POPULAR.index(code.code)),
    }
