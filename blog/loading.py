"""Our texts, from the files under content/ into the database; what staff edited there stays.

As in codes/catalogue.py: a text's fingerprint says what a run wrote; a text that is no longer like it was edited.
"""

import hashlib
import json
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from blog import content_files
from blog.content_files import FaqFile, TextFile
from blog.models import FaqGroup, Question, Tag, Text
from codes.models import CatalogueState


@dataclass
class Loaded:
    """What one run did, in texts and groups of questions."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    edited_by_staff: int = 0

    def decide(self, before: str | None, loaded: str, wanted: str) -> bool:
        """Counts one, and returns whether to write it. `before` is None where the database has none."""
        if before is None:
            self.new += 1
        elif before != loaded:
            self.edited_by_staff += 1
        elif loaded == wanted:
            self.unchanged += 1
        else:
            self.updated += 1
        return before is None or before == loaded != wanted


@transaction.atomic
def load_content() -> Loaded:
    """Loads all texts and questions. Run it as often as you like. Raises ContentError, and writes nothing then."""
    CatalogueState.lock()
    result = Loaded()
    known = {(text.kind, text.slug): text for text in Text.objects.prefetch_related("tags")}
    for file in list(content_files.texts()):
        _load_text(file, known.get((file.kind, file.slug)), result)
    groups = {group.slug: group for group in FaqGroup.objects.prefetch_related("questions")}
    for order, file in enumerate(content_files.faq()):
        _load_group(order, file, groups.get(file.slug), result)
    return result


def _fingerprint(*values: object) -> str:
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()


def of_file(file: TextFile) -> str:
    """Hash of everything an editor can change, as a file has it."""
    published = file.published and file.published.timestamp()
    return _fingerprint(
        file.title, file.description, file.body, file.author, published, sorted(map(slugify, file.tags)),
        file.stages, file.sources,
    )  # fmt: skip


def of_text(text: Text) -> str:
    """The same of a text in the database. An editor's browser sends Windows line ends: they are no edit."""
    body = text.body.replace("\r\n", "\n").strip("\n") + "\n"
    tags = sorted(tag.slug for tag in text.tags.all())
    published = text.published and text.published.timestamp()
    return _fingerprint(
        text.title, text.description, body, text.author, published, tags, text.stages, text.sources
    )  # fmt: skip


def _load_text(file: TextFile, text: Text | None, result: Loaded) -> None:
    wanted = of_file(file)
    if not result.decide(text and of_text(text), text.loaded_text if text else "", wanted):
        return
    text = text or Text(kind=file.kind, slug=file.slug, status=Text.Status.PUBLISHED)
    for name in ("title", "description", "body", "author", "published", "stages", "sources"):
        setattr(text, name, getattr(file, name))
    text.loaded_text = wanted
    text.full_clean()
    text.save()
    text.tags.set([Tag.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0] for name in file.tags])


def of_group(name: str, questions: list[tuple[str, str]]) -> str:
    return _fingerprint(name, [[question, answer.replace("\r\n", "\n").strip()] for question, answer in questions])


def _load_group(order: int, file: FaqFile, group: FaqGroup | None, result: Loaded) -> None:
    wanted = of_group(file.name, file.questions)
    before = group and of_group(group.name, [(item.question, item.answer) for item in group.questions.all()])
    if not result.decide(before, group.loaded_text if group else "", wanted):
        return
    group = group or FaqGroup(slug=file.slug)
    group.name, group.order, group.loaded_text = file.name, order, wanted
    group.save()
    group.questions.all().delete()
    Question.objects.bulk_create(
        Question(group=group, question=question, answer=answer, order=i)
        for i, (question, answer) in enumerate(file.questions)
    )
