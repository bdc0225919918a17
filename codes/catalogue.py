"""Our own texts, from the files under content/ into the database; what staff edited there stays."""

import hashlib
import json
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.db import transaction

from codes import current, loading
from codes.cms.archive import SourceFile
from codes.cms.bundle import read_bundle
from codes.facts import load_facts
from codes.models import CatalogueState, Code, Faq, Release, Specialty
from codes.search import index

CONTENT = Path(__file__).parent / "content"
TEXT_FIELDS = ("name", "description", "plain_language", "clinical_context", "billing", "synonyms")
STARTER_RELEASE = "RVU26C"


@dataclass
class Loaded:
    """What one run did, in codes."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    edited_by_staff: int = 0
    figures: bool = False
    indexed: bool = False
    facts: int = 0


@cache
def texts() -> dict[str, dict]:
    """Code -> its texts, out of content/codes/*.toml. Raises ValueError where two files hold one code."""
    result: dict[str, dict] = {}
    for path in sorted((CONTENT / "codes").glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text()).items():
            if code in result:
                raise ValueError(f"{path.name}: {code} has texts in another file too")
            result[code] = entry
    return result


def fingerprint(entry: dict) -> str:
    """Hash of everything an editor can change in one entry's text."""
    faq = [[item["question"], item["answer"]] for item in entry.get("faq", [])]
    values = [*(entry[name] for name in TEXT_FIELDS), sorted(entry["specialties"]), faq]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


UNWRITTEN = fingerprint(dict.fromkeys(TEXT_FIELDS, "") | {"synonyms": [], "specialties": []})


@transaction.atomic
def load_catalogue() -> Loaded:
    """Loads categories, specialties, modifiers, the starter's figures and all texts. Run it as often as you like."""
    current.settle()
    result = Loaded()
    loading.ensure_categories()
    _load_names()
    result.facts = load_facts()
    result.figures = _load_figures()
    new = loading.add_codes(dict.fromkeys(texts(), ""))
    relate(new | _load_texts(result))
    if result.new or result.updated or result.figures or index.is_outdated():
        result.indexed = True
        index.rebuild()
        CatalogueState.touch()
    elif result.facts:
        CatalogueState.touch()
    return result


def _load_names() -> None:
    specialties = tomllib.loads((CONTENT / "specialties.toml").read_text())
    Specialty.objects.bulk_create([Specialty(slug=k, name=v) for k, v in specialties.items()], ignore_conflicts=True)


def _load_figures() -> bool:
    """The bundled figures, where no full release is loaded. Returns whether anything was written."""
    if Release.objects.filter(is_starter=False).exists():
        return False
    sources = [SourceFile(path.name, path.read_bytes()) for path in sorted((CONTENT / "figures").glob("*.csv"))]
    kinds = [(source.name.split("_")[0].upper(), source.sha256) for source in sources]
    if loading.already_loaded(STARTER_RELEASE, kinds):
        return False
    bundle = read_bundle(sources, STARTER_RELEASE)
    about = tomllib.loads((CONTENT / "figures" / "source.toml").read_text())
    loading.load(replace(bundle, released=about["released"]), starter=True)
    return True


def _load_texts(result: Loaded) -> set[str]:
    """Writes the texts that are new or better, counts all into `result`, and returns the codes written."""
    codes = Code.objects.prefetch_related("faqs", "specialties").in_bulk(list(texts()))
    write = []
    for key, entry in texts().items():
        code = codes[key]
        wanted = fingerprint(entry)
        before = fingerprint(as_entry(code))
        if not code.loaded_text and code.status == Code.Status.DRAFT and before == UNWRITTEN:
            result.new += 1
            code.status = Code.Status.PUBLISHED
        elif before != code.loaded_text:
            result.edited_by_staff += 1
            continue
        elif code.loaded_text == wanted:
            result.unchanged += 1
            continue
        else:
            result.updated += 1
        for name in TEXT_FIELDS:
            setattr(code, name, entry[name])
        code.loaded_text, code.loaded_related = wanted, entry["related"]
        write.append(code)
    _write(write)
    return {code.code for code in write}


def as_entry(code: Code) -> dict:
    """A code of the database in the shape of a content file."""
    return {name: getattr(code, name) for name in TEXT_FIELDS} | {
        "specialties": [specialty.slug for specialty in code.specialties.all()],
        "faq": [{"question": faq.question, "answer": faq.answer} for faq in code.faqs.all()],
    }


def _write(codes: list[Code]) -> None:
    keys = [code.code for code in codes]
    Code.objects.bulk_update(codes, [*TEXT_FIELDS, "status", "loaded_text", "loaded_related"], batch_size=200)
    Faq.objects.filter(code__in=keys).delete()
    Faq.objects.bulk_create(
        Faq(code_id=key, order=order, **item) for key in keys for order, item in enumerate(texts()[key].get("faq", []))
    )
    through = Code.specialties.through
    through.objects.filter(code__in=keys).delete()
    through.objects.bulk_create(
        through(code_id=key, specialty_id=s) for key in keys for s in texts()[key]["specialties"]
    )


def relate(new: Collection[str]) -> None:
    """Links texts to related codes, where either has just come; a link that staff took away stays away."""
    through = Code.related.through
    loaded = Code.objects.exclude(loaded_text="").values_list("code", "loaded_related")
    known = set(Code.objects.listed().values_list("code", flat=True))
    through.objects.bulk_create(
        [
            through(from_code_id=key, to_code_id=other)
            for key, related in loaded
            for other in related
            if other in known and other != key and (key in new or other in new)
        ],
        ignore_conflicts=True,
    )
