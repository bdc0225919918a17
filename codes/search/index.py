"""Search documents and terms of the catalogue, written in the transaction that changes it."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from math import log1p
from pathlib import Path

from codes import bulk
from codes.models import CatalogueState, Code, HcpcsRecord, RvuRow, SearchDocument, SearchTerm
from codes.search.engines import engine
from codes.search.measures import spans
from codes.search.words import CONTENT, descriptor_stems, nicknames, stems
from codes.typed_figures import without_tags

FIELDS = ("code_id", "names", "descriptor", "body", "weight")
SEARCH = Path(__file__).parent
KNOWLEDGE = ("nicknames.toml", "abbreviations.toml", "usage.csv")  # the thesaurus widens what is typed
UNPAID = {"I", "M", "N", "X"}


@cache
def usage() -> dict[str, float]:
    """Code -> how often Medicare was billed it, as 0 to 1 on a logarithmic scale (source: usage.csv)."""
    with (CONTENT / "usage.csv").open(newline="") as lines:
        services = {row["code"]: float(row["services"]) for row in csv.DictReader(lines)}
    top = log1p(max(services.values()))
    return {code: log1p(count) / top for code, count in services.items()}


@cache
def fingerprint() -> str:
    """Hash of the code and the knowledge that turn a catalogue into its index."""
    files = [SEARCH / "index.py", SEARCH / "words.py", SEARCH / "measures.py", *(CONTENT / name for name in KNOWLEDGE)]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def is_outdated() -> bool:
    """Whether the index was made with other code or knowledge than this installation has."""
    return not CatalogueState.objects.filter(index_fingerprint=fingerprint()).exists()


def rebuild() -> None:
    """Writes every document and term anew."""
    rows = {
        code: (status, descriptor)
        for code, status, descriptor in RvuRow.objects.filter(release__is_current=True, modifier="").values_list(
            "code_id", "status", "descriptor"
        )
    }
    long_texts = dict(HcpcsRecord.objects.filter(release__is_current=True).values_list("code_id", "long_description"))
    counts: Counter[str] = Counter()
    SearchDocument.objects.all().delete()
    bulk.insert(
        SearchDocument, FIELDS, _counted((_document(code, rows, long_texts) for code in list(_texts())), counts)
    )
    SearchTerm.objects.all().delete()
    bulk.insert(SearchTerm, ("stem", "documents"), ((word, n) for word, n in counts.items() if len(word) <= 60))
    CatalogueState.objects.update_or_create(pk=1, defaults={"index_fingerprint": fingerprint()})
    engine().refresh()


def update(code: Code) -> None:
    """Makes one code's document follow an edit; words new to the index are added, none is taken away."""
    row = (
        RvuRow.objects.filter(release__is_current=True, modifier="", code=code)
        .values_list("status", "descriptor")
        .first()
    )
    record = (
        HcpcsRecord.objects.filter(release__is_current=True, code=code)
        .values_list("long_description", flat=True)
        .first()
    )
    SearchDocument.objects.filter(code=code).delete()
    if not code.is_listed:
        engine().refresh()
        return
    values = _document(_text_values(code), {code.code: row} if row else {}, {code.code: record} if record else {})
    document = SearchDocument.objects.create(**dict(zip(FIELDS, values, strict=True)))
    new = set(f"{document.names} {document.descriptor} {document.body}".split()) - {"|"}
    SearchTerm.objects.bulk_create([SearchTerm(stem=word[:60], documents=1) for word in new], ignore_conflicts=True)
    engine().refresh()


TEXTS = ("code", "name", "synonyms", "description", "plain_language", "clinical_context", "cms_descriptor", "status")


def _text_values(code: Code) -> tuple:
    return tuple(getattr(code, field) for field in TEXTS)


def _texts() -> Iterable[tuple]:
    return Code.objects.listed().order_by("code").values_list(*TEXTS).iterator(chunk_size=5000)


def _document(values: tuple, rows: dict, long_texts: dict) -> tuple:
    code, name, synonyms, description, plain_language, context, descriptor, status = values
    published = status == Code.Status.PUBLISHED
    phrases = [name, *synonyms] if published else []
    phrases += nicknames().get(code, [])
    cms_status, cms_text = rows.get(code, ("", descriptor))
    words = descriptor_stems(f"{cms_text or descriptor} {long_texts.get(code, '')}")
    body = without_tags(f"{description} {plain_language} {context}") if published else ""
    return (
        code,
        " | ".join(dict.fromkeys(" ".join(stems(phrase)) for phrase in phrases if phrase)),
        " ".join(words),
        " ".join(
            dict.fromkeys([*stems(body), *spans(cms_text or descriptor), *(s for p in phrases for s in spans(p))])
        ),
        _weight(code, cms_status, published, code in long_texts),
    )


def _weight(code: str, status: str, published: bool, in_hcpcs_file: bool) -> float:
    """0 to 1: what is billed more, paid, and described by us stands before what is not."""
    weight = 0.5 * usage().get(code, 0) + 0.25 * published
    if not status and not in_hcpcs_file:
        return weight * 0.3  # in no release that is current
    return weight + (0.0 if status in UNPAID or code[-1] in "FT" else 0.25)


def _counted(documents: Iterable[tuple], counts: Counter[str]) -> Iterator[tuple]:
    """The documents as they pass; `counts` learns in how many of them each stem stands."""
    for document in documents:
        _, names, descriptor, body, _ = document
        counts.update({*names.split(), *descriptor.split(), *body.split()} - {"|"})
        yield document
