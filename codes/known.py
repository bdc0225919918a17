"""What the catalogue knows that texts are held against (codes/text_checks.py), read once for one entry or for many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from codes import text_checks
from codes.models import Code, Release
from codes.text_figures import troubles
from codes.wording import Official, Wordings

OFFICIAL_SETS = [code_set for code_set in Code.CodeSet if code_set != Code.CodeSet.HCPCS2]


@dataclass(frozen=True)
class Catalogue:
    """`names` and `synonyms` map what text_checks.py calls a key to the published codes that have it."""

    names: Mapping[str, set[str]]
    synonyms: Mapping[str, set[str]]
    codes: frozenset[str]
    ended: Mapping[str, str]
    dead: frozenset[str]
    wordings: Wordings
    tags: Mapping[str, str]

    def known(self, code: Code) -> text_checks.Known:
        descriptor = code.cms_descriptor if code.code_set in OFFICIAL_SETS else ""
        return text_checks.Known(
            code=code.code, official=Official(code.code, descriptor, self.wordings), names=self.names,
            synonyms=self.synonyms, codes=self.codes, ended=self.ended, dead=self.dead, tags=self.tags,
        )  # fmt: skip


def catalogue(entries: Mapping[str, dict]) -> Catalogue:
    """Of these entries by their codes: what they name is taken as the name of their codes, whatever stands there now."""
    current = Release.objects.current()
    mentioned = {code for entry in entries.values() for code in text_checks.mentioned_codes(entry)}
    codes = Code.objects.listed().filter(code__in=mentioned).with_figures(current).for_list(current)
    ended = {code.code: code.ended(current) for code in codes} if mentioned else {}
    names, synonyms = _names(entries)
    return Catalogue(
        names=names,
        synonyms=synonyms,
        codes=frozenset(ended),
        ended={code: said for code, said in ended.items() if said},
        dead=_dead({path for entry in entries.values() for path in text_checks.addresses(entry)}),
        wordings=_wordings(current.pk, current.loaded_at) if current else Wordings(),
        tags=troubles({tag for entry in entries.values() for tag in text_checks.tags(entry)}),
    )


def known(code: Code, entry: dict) -> text_checks.Known:
    return catalogue({code.code: entry}).known(code)


def _names(entries: Mapping[str, dict]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    names: dict[str, set[str]] = {}
    synonyms: dict[str, set[str]] = {}
    published = Code.objects.published().exclude(code__in=list(entries) if len(entries) == 1 else [])
    written = ((code, entry["name"], entry["synonyms"]) for code, entry in entries.items())
    rest = (row for row in published.values_list("code", "name", "synonyms") if row[0] not in entries)
    for code, name, others in (*rest, *written):
        if name:
            names.setdefault(text_checks.key(name), set()).add(code)
        for synonym in others:
            synonyms.setdefault(text_checks.key(synonym), set()).add(code)
    return names, synonyms


def _dead(paths: Iterable[str]) -> frozenset[str]:
    """Those of our own addresses that no page answers; whether a code exists is asked of its number."""
    return frozenset(path for path in paths if not _answers(urlsplit(path).path))


def _answers(path: str) -> bool:
    for address in (path, f"{path}/"):
        try:
            resolve(address)
        except Resolver404:
            continue
        return True
    return False


@lru_cache(maxsize=1)
def _wordings(release: int, loaded_at: object) -> Wordings:
    """Kept by each process until another release is loaded: reading 11,000 descriptors takes a fifth of a second."""
    official = Code.objects.filter(code_set__in=OFFICIAL_SETS).exclude(cms_descriptor="")
    return Wordings.of(official.values_list("code", "cms_descriptor"))
