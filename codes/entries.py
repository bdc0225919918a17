"""An entry, that is all we write about one code, and its way to the page: draft, in review, published.

A published page stays as it is until someone who may publish says so: whatever else is saved of a published
code is kept as a proposal beside it.
"""

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from codes import review
from codes.models import CatalogueState, Code, Faq, Proposal, Release
from codes.search import index

TEXTS = ("name", "description", "plain_language", "clinical_context", "billing", "synonyms")
LINKS = ("specialties", "related", "faq")
DISCARDED = "Discarded"  # of a proposal's last version
Status = Code.Status


class Action(StrEnum):
    SAVE = "_save"
    REVIEW = "_review"
    PUBLISH = "_publish"
    WITHDRAW = "_withdraw"


def links_of(code: Code) -> dict:
    return {
        "specialties": sorted(specialty.slug for specialty in code.specialties.all()),
        "related": sorted(other.pk for other in code.related.all()),
        "faq": [[faq.question, faq.answer] for faq in code.faqs.all()],
    }


def entry_of(code: Code) -> dict:
    """Texts as strings, synonyms and the keys of specialties and related codes as lists, faq as pairs."""
    return {name: getattr(code, name) for name in TEXTS} | links_of(code)


def version_entry(version) -> dict:
    """A version of the history as an entry; what it did not keep is left out."""
    return {name: getattr(version, name) for name in TEXTS} | (version.links or {})


def proposed_or_live(code: Code) -> dict:
    proposal = Proposal.objects.filter(code=code).first()
    return proposal.entry if proposal else entry_of(code)


@transaction.atomic
def save(code: Code, entry: dict, user, action: Action = Action.SAVE, reason: str = "", *, reindex: bool = True) -> str:
    """Does what the button says and returns a sentence of what happened. Raises PermissionDenied.

    Whoever saves many says `reindex=False` and rebuilds the index once.
    """
    if action in (Action.PUBLISH, Action.WITHDRAW) and not user.has_perm("codes.publish_code"):
        raise PermissionDenied("Only a reviewer publishes.")
    CatalogueState.lock()
    if code.is_published and action in (Action.SAVE, Action.REVIEW):
        return _propose(code, entry, user, reason)
    _keep_as_loaded(code)
    _set_state(code, user, action)
    _write(code, entry)
    _end_proposal(code, user, "Settled")
    keep_version(code, user, reason)
    if reindex:
        index.update(code)
    CatalogueState.touch()
    return {
        Action.SAVE: f"{code} is saved as {code.get_status_display().lower()}. It is not on the site.",
        Action.REVIEW: f"{code} waits for a reviewer.",
        Action.PUBLISH: f"{code} is published.",
        Action.WITHDRAW: f"{code} is a draft again. The site shows what follows from CMS's data.",
    }[action]


def _propose(code: Code, entry: dict, user, reason: str) -> str:
    _keep_as_loaded(code)
    if entry == entry_of(code):
        _end_proposal(code, user, "Nothing differs any more from what is published")
        return f"{code}: nothing differs from what is published."
    proposal = Proposal.objects.filter(code=code).first() or Proposal(code=code)
    proposal.entry, proposal.saved_by = entry, user
    proposal._history_user, proposal._change_reason = user, reason[:100]
    proposal.save()
    return f"The change of {code} is kept and waits for a reviewer. The page shows the published text until then."


def _end_proposal(code: Code, user, reason: str) -> None:
    for proposal in Proposal.objects.filter(code=code):
        proposal._history_user, proposal._change_reason = user, reason
        proposal.delete()


def discard_proposal(code: Code, user) -> None:
    _end_proposal(code, user, DISCARDED)


def _set_state(code: Code, user, action: Action) -> None:
    if action is Action.PUBLISH:
        code.status, code.reviewed_on, code.reviewed_by = Status.PUBLISHED, timezone.localdate(), user
        review.seen(code, Release.objects.current())
    elif action is Action.REVIEW:
        code.status = Status.REVIEW
    elif action is Action.WITHDRAW:
        code.status = Status.DRAFT


def _write(code: Code, entry: dict) -> None:
    before = entry_of(code)
    for name in TEXTS:
        setattr(code, name, entry[name])
    code.skip_history_when_saving = True  # one version is kept of the whole, by keep_version
    code.save()
    del code.skip_history_when_saving
    if before["specialties"] != entry["specialties"]:
        code.specialties.set(entry["specialties"])
    if before["related"] != entry["related"]:
        code.related.set(entry["related"])
    if before["faq"] != entry["faq"]:
        code.faqs.all().delete()
        Faq.objects.bulk_create(
            Faq(code=code, question=question, answer=answer, order=order)
            for order, (question, answer) in enumerate(entry["faq"])
        )


def keep_version(code: Code, user, reason: str = "", kind: str = "~") -> None:
    fields = {field.attname: getattr(code, field.attname) for field in Code.history.model.tracked_fields}
    Code.history.create(
        **fields, links=links_of(code), history_date=timezone.now(), history_type=kind, history_user=user,
        history_change_reason=reason[:100],
    )  # fmt: skip


def _keep_as_loaded(code: Code) -> None:
    """What stood there before the edit, where it came from a file and has no version yet."""
    newest = Code.history.filter(code=code.code).first()
    stored = Code.objects.get(pk=code.pk)
    if newest is None or version_entry(newest) != entry_of(stored):
        keep_version(stored, None, "As loaded from the content files", kind="~" if newest else "+")
