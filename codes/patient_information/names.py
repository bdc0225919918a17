"""Names of patients: behind a title or the word "patient", beside an age, or with what was done to someone. No Django.

A name in one of the two lists is known in any spelling, KOWALSKI or kowalski; another only where it is written as
names are, and no word of these texts.
"""

import re
from pathlib import Path

from codes.patient_information import dates
from codes.patient_information.reading import Sign, after, any_of, before


def _list(name: str) -> frozenset[str]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


GIVEN, SURNAMES, NO_NAMES = _list("given_names.txt"), _list("surnames.txt"), _list("no_names.txt")
_ENDING = any_of(
    "tions?, sions?, ments?, ing, ed, ances?, ences?, ity, ities, ness, ships?, ists?, ive, ical, ology, ologist",
    "graphy, graphic, gram, scopy, ectomy, plasty, able, ible, ly, ics?, ous, ary, ory, al, ally, ism, ure, ware, work",
    "out, back, ups?, hood, less, ful",
)
_LIKE_A_WORD = re.compile(rf"[a-z]{{3,}}{_ENDING}")

_WORD = r"[^\W\d_](?:[^\W\d_]|['-](?=[^\W\d_])){1,24}"
_GAP = r" (?:(?P<middle>[A-Za-z])\.? )?"
_TWO = rf"(?P<first>{_WORD})(?:(?P<comma>,?){_GAP}(?P<second>{_WORD}))?"
_LEAD = re.compile(
    r"\b(?P<lead>patient|pts?|client)(?:'s)?\b(?:(?<=pt)\.)?"
    r"(?P<name>\s*(?:full |last |first )?names?\b| (?:named|called)\b)?"
    rf"(?:(?P<colon>\s{{0,2}}[:=#(]|\s-|\s*,)\s{{0,3}}| {{0,3}})(?:(?:is|was|:)\s+)?(?:[A-Za-z]\.\s+)?{_TWO}",
    re.IGNORECASE,
)
_TITLE = re.compile(
    rf"\b(?P<title>mr|mrs|ms|miss|mx|mister)\b(?P<dot>\.)? {{0,2}}\b(?:[A-Za-z]\.\s+)?{_TWO}", re.IGNORECASE
)
_FIELD = re.compile(rf"\b(?:name|first name|last name|surname)\s{{0,2}}[:=]\s{{0,2}}{_TWO}", re.IGNORECASE)
_PAIR = re.compile(rf"\b(?P<first>{_WORD})(?P<comma>,)?{_GAP}(?=(?P<second>{_WORD}))")

_AGED = re.compile(
    r"[ ,(]{1,3}(?:an?\s+|is\s+|aged?\s+){0,2}\d{1,3}[\s-]?(?:y\.?/?o|y(?:ea)?rs?\b|y\b|[mf]\b|mo\b|months?\b)"
    r"|[ ,(]{1,3}\d{1,2}[/-]\d{1,2}[/-]\d{2}",
    re.IGNORECASE,
)
_DONE = any_of("was (?:seen|admitted|discharged|operated), underwent, presented, fell, came (?:in|to|back)")
_DONE_BEHIND = re.compile(rf"[\s,]+(?:{_DONE}|had (?:a|an|his|her|surgery)|has (?:a|an|pain|cancer))\b", re.IGNORECASE)
_TOLD = any_of(
    "mother, father, daughter, son, wife, husband, neighbor, saw, dx, dob, mrn, born, s/p, knee, hip, chart, visit with, needs an?, followed, established\\?, no[ -]show, o[dsu]",
    "on \\d{1,2}/\\d, has (?:diabetes|cancer|copd|chf|htn), h/o, hx, c/o, lap, ercp, egd, fracture, cancer, tumou?r, pain",
)
_CARE_AROUND = re.compile(rf"\b(?:{dates.CARE}|{_TOLD})(?!\w)", re.IGNORECASE)
# Colleagues, authors and whoever writes may be named.
_COLLEAGUE = any_of(
    "dr, drs, doctor, prof, professor, nurse, coder, biller, attending, surgeon, resident, fellow, colleague, ask",
    "thanks, thanks to, written, per, regards, best, sincerely, cheers, hi, hello, dear, authors?, by, with, from, et al",
)
_COLLEAGUE_AHEAD = re.compile(rf"(?:\b{_COLLEAGUE}\b\.?,?|--|\b(?:and|&))\s*\Z", re.IGNORECASE)
_COLLEAGUE_BEHIND = re.compile(
    r",?\s*(?:md|rn|np|crna|cpc|phd|mph|dpt|dpm|dds|lcsw|pa-c|(?-i:DO|PA|OD)|et al|(?:in|of|from) \w+|hospitals?|university|health|clinic|medical|college|institute|center|foundation)\b",
    re.IGNORECASE,
)
_LIST_GOES_ON = re.compile(r",|\s+(?:and|&|or)\b|'s", re.IGNORECASE)  # Smith, John and Lee


def sign(text: str) -> Sign | None:
    """The first name that seems to be a patient's."""
    for pattern, is_a_patient in _WAYS:
        at = 0
        while match := pattern.search(text, at):
            if is_a_patient(match, text):
                return Sign("a patient's name", text[match.start() : max(match.end(), match.end("second"))])
            at = match.end("first") if pattern is _PAIR else match.start("first")
    return None


def has_a_given_name(text: str) -> bool:
    """Whether one of the frequent given names stands in it, whoever bears it."""
    return any(_is_given(word) for word in re.findall(_WORD, text))


def _is_given(word: str | None) -> bool:
    return bool(word) and word.lower().removesuffix("'s") in GIVEN


def _is_surname(word: str | None) -> bool:
    return bool(word) and word.lower().removesuffix("'s") in SURNAMES


def _is_word(word: str | None) -> bool:
    """Whether it is an ordinary word of these texts, so that it names nobody."""
    lower = (word or "").lower()
    if _is_given(word) or _is_surname(word):
        return False
    return lower in NO_NAMES or bool(_LIKE_A_WORD.fullmatch(lower))


def _is_written_as_name(word: str | None) -> bool:
    """Kowalski, O'Neil, McDonald."""
    return bool(word) and word[0].isupper() and not word.isupper() and not _is_word(word)


def _behind_patient(match: re.Match, text: str) -> bool:
    first, second = match["first"], match["second"]
    if _is_given(first) or _is_surname(first):
        return True
    if _is_word(first):
        return False
    if match["name"] or _is_surname(second) or (match["comma"] and _is_given(second)):
        return True
    if match["lead"] in ("PT", "PTS", "Pts", "pts"):  # physical therapy, prothrombin time, many patients
        return False
    if match["colon"]:
        return match["colon"].strip() in (":", "=", "(") and first[0].isupper() and not _is_word(second)
    if _is_written_as_name(first):
        is_a_heading = second and second[0].isupper() and _is_word(second)  # Patient Zebra Services
        return not is_a_heading
    return bool(_DONE_BEHIND.match(text, match.end("first")))


def _behind_title(match: re.Match, text: str) -> bool:
    title, first = match["title"], match["first"]
    if _is_word(first):
        return False
    if _is_given(first) or _is_surname(first) or _is_surname(match["second"]) or title.lower() == "mrs":
        return True
    if title.lower() == "miss":
        return title == "Miss" and _is_written_as_name(first)
    if title.isupper():  # MR also is magnetic resonance
        return bool(match["dot"]) and first.isupper()
    return title[0].isupper() or bool(match["dot"]) or _is_written_as_name(first)


def _in_a_field(match: re.Match, text: str) -> bool:
    return _is_given(match["first"]) or (_is_surname(match["first"]) and _is_given(match["second"]))


def _two_words(match: re.Match, text: str) -> bool:
    """First and last name, or "Last, First", with an age or with what was done."""
    first, second, end = match["first"], match["second"], match.end("second")
    if match["comma"]:
        return _is_filed_under(first, second) and not _LIST_GOES_ON.match(text, end) and not _is_colleague(match, text)
    if _is_given(first):
        told = bool(_AGED.match(text, end)) or _is_in_care(match, text)
        if _is_surname(second):
            return (told or not _is_signature(match, text)) and not _is_colleague(match, text)
        return told and second[0].isupper() and not _is_word(second) and not _is_colleague(match, text)
    return bool(_AGED.match(text, end)) and _is_written_as_name(first) and _is_written_as_name(second)


def _is_colleague(match: re.Match, text: str) -> bool:
    ahead = _COLLEAGUE_AHEAD.search(before(text, match.start(), 40))
    return bool(ahead or _COLLEAGUE_BEHIND.match(text, match.end("second")))


def _is_signature(match: re.Match, text: str) -> bool:
    """Whether the name is a line of its own under what was written."""
    start = text.rfind("\n", 0, match.start()) + 1
    stop = text.find("\n", match.end("second"))
    line = text[start : stop if stop >= 0 else len(text)]
    return start > 0 and line.strip(" \t\r-~.,") == text[match.start() : match.end("second")]


def _is_in_care(match: re.Match, text: str) -> bool:
    """Whether the line tells of care, close to the name."""
    ahead = before(text, match.start(), 40).rpartition("\n")[2]
    behind = after(text, match.end("second"), 50).partition("\n")[0]
    return bool(_CARE_AROUND.search(f"{ahead} | {behind}"))


def _is_filed_under(last: str, given: str) -> bool:
    """ "Smith, John" in any spelling, "KOWALCZYK, JOHN" in capitals."""
    if not _is_given(given) or _is_given(last):
        return False
    return _is_surname(last) or (last.isupper() and given.isupper() and not _is_word(last))


_WAYS = ((_LEAD, _behind_patient), (_TITLE, _behind_title), (_FIELD, _in_a_field), (_PAIR, _two_words))
