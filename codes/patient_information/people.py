"""A person told by age and sex, by room and bed, or by an address. No Django."""

import re

from codes.patient_information.reading import Sign, after, any_of, before

_AGE = r"(?<![\w.$-])\d{1,3}"
_YO = r"(?:yo|y[./\s]?o\b\.?)"
_YEARS = rf"(?:{_YO}|y(?:ea)?rs?\.?(?:[\s/-]*o(?:ld\b|\b\.?))?|y\.?(?:[\s/-]*old\b)?)"
_AGED_YEARS = r"y(?:ea)?rs?\.?[ /-]*o(?:ld\b|\b\.?)"
_SHORTER = r"(?:months?|mos?|weeks?|wks?|days?)"
_OLD = r"(?:[ /-]*o(?:ld\b|\b\.?))"
_SEX_WORD = any_of("male, female, man, woman, boy, girl, gentleman, lady, guy, gal")
_SEX = rf"(?:{_SEX_WORD}|(?:[wbah] ?)?[mf])\b(?![/'-])"
_CHILD = any_of("infant, newborn, neonate, baby, child, kid, toddler, teenager, teen, patient, pt")
_LOOKS = any_of(
    "white, black, asian, hispanic, latino, latina, african[ -]american, caucasian, healthy, obese, pregnant, frail, adult"
)
# What is told of one person next to an age.
_STORY = any_of(
    "with, w/, who, whose, s/p, status post, presents?, presented, presenting, c/o, p/w, complain\\w*, admitted, seen",
    "had, has, underwent, here, came, hx, h/o, pmh, smoker, diabetic, after, post, for, transferred, fell, scheduled",
    "in (?:the )?(?:ed|er|icu|clinic|office|or), now, found, referred, (?:and )?needs, g\\d+p\\d+, stemi, nstemi",
)
_AGES = {
    "sex behind": rf"{_AGE}[ -]*{_YEARS}[ ,/-]*(?:{_LOOKS} ){{0,2}}{_SEX}",
    "sex behind months": rf"{_AGE}(?: \d/\d)?[ -]*{_SHORTER}{_OLD}[ ,/-]*(?:{_LOOKS} ){{0,2}}{_SEX}",
    "no 'old'": rf"{_AGE}[ -]*{_SHORTER}[ ,-]*(?:{_LOOKS} ){{0,2}}(?:male|female|boy|girl)\b",
    "sex ahead": rf"\b{_SEX_WORD}(?: {_CHILD})?[ ,(]{{1,3}}(?:aged? |age of |of )?\d{{1,3}}[ -]*(?:{_YEARS}|{_SHORTER})(?!\w)",
    "male, 33": r"\b(?:male|female|man|woman|boy|girl), \d{1,2}(?=[);,])",
    "a 78 year old ... with": rf"\b(?:an?|this|our|my) {_AGE}[ -]*(?:{_YO}|{_AGED_YEARS}|{_SHORTER}{_OLD})(?= (?:\w+ ){{1,4}}(?:with|who|had|has)\b)",
    "M, 58 yo": rf"(?<![\w/-])[mf][ ,/]{{1,3}}\d{{1,3}}[ -]?{_YO}",
    "58/M": r"(?<![\w.$/-])\d{1,2} ?/ ?[mf]\b(?![/'-])",
    "64F with": rf"(?<![\w.$-])\d{{1,2}}[ -]?[mf]\b(?=[ ,:;)]{{1,3}}(?:{_STORY}|pt|patient)\b)",
    "72 yo with": rf"{_AGE}[ -]*(?:{_YO}|{_AGED_YEARS}|{_SHORTER}{_OLD})(?: {_CHILD})?[ ,]+(?={_STORY}\b)",
    "25 yo primigravida admitted": rf"{_AGE}[ -]?{_YO}(?= (?:[a-z]+ ){{1,2}}{_STORY}\b)",
    "he is 72": rf"\b(?:he|she|patient|pt)(?: is|'s| was|,)? (?:an? )?{_AGE}[ -]*(?:{_YO}|years?[ -]old)",
    "over 89": rf"(?<![\w.$-])(?:9\d|1[01]\d)[ -]*(?:y(?:ea)?rs?[ -]*old\b|{_YO})",
}
_AGE_PATTERNS = [re.compile(shape, re.IGNORECASE) for shape in _AGES.values()]

# An age of a rule: "over 18 years", "patients 65 years old", "12-17 years", "65 years and older".
_LIMIT = any_of(
    "over, under, than, least, most, to, or, and, through, between, from, until, up, every, within, x, first, last, about",
    "patients, children, women, men, people, persons, adults, beneficiaries, infants, those",
)
_LIMIT_AHEAD = re.compile(rf"(?:\b{_LIMIT}|[<>≥≤])\s*\Z|\d\s?-\s?\Z", re.IGNORECASE)
_MANY_AHEAD = re.compile(r"\b(?:patients|women|men|children|beneficiaries|ages)\b[^.]{0,12}\Z", re.IGNORECASE)
_OR_OLDER = re.compile(
    r"\s*(?:and|or|to|through|-|\+|&)\s*"
    r"(?:older|over|up|above|younger|under|below|more|less|\d|(?:males?|females?|[mf])\b)",
    re.IGNORECASE,
)
_A_CODE_FOR = re.compile(r"\b(?:codes?|visit|exam|vaccine|rvus?|one)\s+(?:for|in|of)\s+(?:an?|any)\s*\Z", re.IGNORECASE)
_STORY_BEHIND = re.compile(rf"[\s,]*{_STORY}\b", re.IGNORECASE)
_FRENCH = re.compile(
    rf"\b{any_of('catheter, sheath, tube, stent, drain, foley, french, introducer, dilator, size, guide, cannula, needle')}s?\b",
    re.IGNORECASE,
)

_STAY = re.compile(
    r"\b(?P<ward>(?:[mscpn]?icu|cvicu|ccu|ward|floor|unit|tele|er|ed|pacu|l&d)\s+)?"
    r"(?P<what>room|rm|bed)\s*(?:no\.?|number|#|:)?\s*\d{1,4}[a-z]?\b(?!\s*(?:to\b|-|min|hours?|days?|of\b))(?P<bed>[\s,/-]*bed\s*[a-d\d]\b)?",
    re.IGNORECASE,
)
_SOMEONE = re.compile(
    rf"\b{any_of('patient, pt, he, she, him, her, his, mr, mrs, ms, seen, admitted, consult(?:ed)?, rounded, transferred, yo')}\b"
    r"|\b(?:today|tomorrow|yesterday|tonight)\b|\d[/-]\d{1,2}\b|\d\s?[MF]\b",
    re.IGNORECASE,
)

_STREET = any_of(
    "street, avenue, ave, road, rd, blvd, boulevard, lane, ln, terrace, highway, hwy, parkway, pkwy, drive"
)
_STREET_OR_WORD = any_of("st, dr, ct, court, pl, place, way, circle, cir, trail, loop, square, sq")
_NO_STREET = any_of("min\\w*, hours?, week\\w*, day\\w*, way, the, a, each, and, or, of, in, to")
_TOWN = (
    r"(?:\.?,?\s+(?:apt|unit|suite|ste|#)|\.?,\s*[A-Z]\w+(?:\s\w+)?,?\s+[A-Z]{2}\b"
    r"|\.?,?\s+(?:\w+,?\s+){1,3}[A-Z]{2},?\s+\d{5}\b)"
)
_HOUSE = (
    rf"(?<![\w.$/-])\d{{1,5}}[A-Z]? (?:(?:[NSEW]\.?|north|south|east|west) )?"
    rf"(?:\d{{1,3}}(?:st|nd|rd|th) |(?:(?!{_NO_STREET}\b)(?:(?:st|mt|ft)\.|[A-Z][A-Z']{{1,20}}) ){{1,3}})"
)
_HOMES = [
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"{_HOUSE}{_STREET}\b",
        rf"{_HOUSE}{_STREET_OR_WORD}\b{_TOWN}",
        rf"\b(?:lives?|living|resid(?:es|ing)|home|address|addr)\b[^.!?]{{0,30}}?{_HOUSE}{_STREET_OR_WORD}\b",
        r"\bp\.?\s?o\.?\s?box\s+#?\d{1,6}",
    )
]
_OFFICE = re.compile(
    rf"\b{any_of('cms, clinic, office, practice, hospital, asc, facility, headquarters, department, center, our')}\b",
    re.IGNORECASE,
)
_RESIDENT = re.compile(r"\b(?:patient|pt|lives|she|he|her|his|mrs?|ms)\b", re.IGNORECASE)


def sign(text: str) -> Sign | None:
    """The first age with a sex or a story, stay or home of someone."""
    return _age(text) or _stay(text) or _home(text)


def _age(text: str) -> Sign | None:
    for pattern in _AGE_PATTERNS:
        for match in pattern.finditer(text):
            if not _is_of_a_rule(text, match):
                return Sign("a patient's age and sex", match[0])
    return None


def _is_of_a_rule(text: str, match: re.Match) -> bool:
    ahead, behind = before(text, match.start(), 30), after(text, match.end(), 30)
    if _LIMIT_AHEAD.search(ahead) or _MANY_AHEAD.search(ahead) or _OR_OLDER.match(behind):
        return True
    if _A_CODE_FOR.search(ahead) and not _STORY_BEHIND.match(behind):
        return True
    is_a_size = match[0][-1] in "fF" and match[0][:-1].strip(" -").isdigit()
    return is_a_size and bool(_FRENCH.search(ahead) or _FRENCH.search(behind))


def _stay(text: str) -> Sign | None:
    for match in _STAY.finditer(text):
        ahead, behind = before(text, match.start()), after(text, match.end())
        in_a_bed = match["what"].lower() == "bed" and (match["ward"] or ahead.lower().endswith("in "))
        if match["bed"] or in_a_bed or _SOMEONE.search(f"{ahead} | {behind}"):
            return Sign("a patient's room or bed", match[0])
    return None


def _home(text: str) -> Sign | None:
    for pattern in _HOMES:
        for match in pattern.finditer(text):
            ahead = before(text, match.start())
            if not _OFFICE.search(ahead) or _RESIDENT.search(ahead):
                return Sign("a home address", match[0])
    return None
