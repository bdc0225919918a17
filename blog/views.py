from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import strip_tags

from blog.data_sources import sources_context
from blog.json_ld import article, questions_and_answers
from blog.markdown import Document, figures_of
from blog.matching import matching
from blog.models import FaqGroup, Question, Tag, Text
from codes.caching import public
from codes.home import home_context

PAGE_SIZE = 10
NEWEST = 3


@public
def home(request: HttpRequest) -> HttpResponse:
    newest = Text.objects.public().posts().prefetch_related("tags")[:NEWEST]
    return render(request, "home.html", home_context() | {"posts": newest})


@public
def archive(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:200]
    posts = Text.objects.public().posts()
    return _list(request, posts.searched(asked) if asked else posts, asked=asked)


@public
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(Tag, slug=slug)
    return _list(request, Text.objects.public().posts().filter(tags=chosen), tag=chosen)


def _list(request: HttpRequest, posts: QuerySet, **context: object) -> HttpResponse:
    page = Paginator(posts.prefetch_related("tags"), PAGE_SIZE).get_page(request.GET.get("page"))
    used = Q(texts__in=Text.objects.public().posts())
    tags = Tag.objects.annotate(count=Count("texts", filter=used)).filter(count__gt=0)
    return render(request, "blog/list.html", {"page": page, "tags": tags, **context})


@public
def post(request: HttpRequest, slug: str) -> HttpResponse:
    text = get_object_or_404(Text.objects.public().posts(), slug=slug)
    tags = list(text.tags.all())
    context = _rendered(text) | {
        "tags": tags,
        "related": Text.objects.public().related_to(text, tags)[:3],
        "json_ld": article(request, text, tags),
    }
    return render(request, "blog/post.html", context)


def _rendered(text: Text) -> dict:
    document = Document(text.body)
    figures = figures_of([document])
    release = next((release for release in figures.releases if release.is_current), None)
    return {
        "text": text,
        "contents": document.contents,
        "html": document.html(figures),
        "release": release,
        "headings": document.headings,
    }


@public
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    text = get_object_or_404(Text.objects.public(), kind=Text.Kind.GUIDE, slug=slug)
    context = _rendered(text) | {"json_ld": article(request, text, [])}
    if slug == "glossary":
        context |= {"letters": letters(context.pop("headings")), "contents": []}
    return render(request, "blog/guide.html", context)


def letters(headings: list) -> list[tuple[str, str]]:
    """(letter, anchor of the first heading that begins with it), A to Z."""
    first: dict[str, str] = {}
    for heading in headings:
        first.setdefault(heading.text[:1].upper(), heading.id)
    return sorted((letter, anchor) for letter, anchor in first.items() if letter.isalpha())


@public
def page(request: HttpRequest, slug: str) -> HttpResponse:
    text = get_object_or_404(Text.objects.public(), kind=Text.Kind.PAGE, slug=slug)
    context = _rendered(text)
    if slug == "about-the-data":
        return render(request, "blog/about_the_data.html", context | sources_context())
    return render(request, "blog/page.html", context)


@public
def support(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:200]
    questions = matching(Question.objects.all(), asked, "question", "answer") if asked else Question.objects.all()
    groups = [
        group for group in FaqGroup.objects.prefetch_related(Prefetch("questions", questions, "shown")) if group.shown
    ]
    items = [item for group in groups for item in group.shown]
    documents = {item: Document(item.answer, label=f"{item.question} Table") for item in items}
    figures = figures_of(documents.values())
    for item, document in documents.items():
        item.html = document.html(figures)
    json_ld = questions_and_answers([(item.question, strip_tags(item.html)) for item in items])
    context = {"groups": groups, "asked": asked, "count": len(items), "json_ld": json_ld}
    return render(request, "blog/support.html", context)
