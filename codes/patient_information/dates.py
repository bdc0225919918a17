"""Dates that tell when someone was born or cared for, told from those of releases and rules. No Django."""

import re

from codes.patient_information.reading import Sign, after, any_of, before

_MONTH = any_of(
    "jan(?:uary)?, feb(?:ruary)?, mar(?:ch)?, apr(?:il)?, may, june?, july?, aug(?:ust)?, sept?(?:ember)?",
    "oct(?:ober)?, nov(?:ember)?, dec(?:ember)?",
)
_M, _D, _YEAR = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])", r"(?:19|20)\d\d"
_TH = r"(?:st|nd|rd|th)?"
_FULL = re.compile(
    rf"(?<![\d./$-])(?:{_M}[/-]{_D}|{_D}[/-]{_M})[/-](?:{_YEAR}|\d\d)(?![\d/])"
    rf"|(?<![\d./$-])(?:{_M}\.{_D}|{_D}\.{_M})\.(?:{_YEAR}|\d\d)(?![\d/]|\.\d)"
    rf"|(?<![\d./-]){_YEAR}(?P<part>[-/.]){_M}(?P=part){_D}(?!\d)"
    rf"|(?<!\d){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
    rf"|\b{_MONTH}\.?\s*{_D}{_TH}(?:,\s*|\s+)(?:of\s+)?{_YEAR}\b"
    rf"|(?<!\d){_D}{_TH}[\s-]*(?:of\s+)?{_MONTH}\.?,?[\s-]*(?:{_YEAR}|'?\d\d)\b",
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"\b{_MONTH}\.?\s+{_D}{_TH}\b(?![.,]?\d|,?\s*{_YEAR})"
    rf"|(?<![\d.])\b{_D}{_TH}\s+(?:of\s+)?{_MONTH}\b(?!,?\s*{_YEAR})",
    re.IGNORECASE,
)
_NO_DAY = any_of(
    "of, views?, doses?, x, times, hours?, hrs?, weeks?, wks?, months?, mos?, days?, years?, min\\w*, units?, levels?",
    "payment, rd, th, strength, normal, pain, and",
)
_DIGITS = re.compile(
    rf"(?<![\d./$\w-]){_M}/{_D}(?![\d/%\w-]|\.\d)(?!\s*{_NO_DAY}\b)", re.IGNORECASE
)  # 3/14, not 2/3 of

# What was done with someone: with a date in the same sentence, the date is one of care.
CARE = any_of(
    "seen, saw (?:him|her|them|pt|patient|mrs?|ms), evaluated, examined, admit(?:ted)?, admission, discharged?",
    "dos, d\\.o\\.s, dates? of (?:service|surgery|procedure|visit|admission|discharge|death), service date",
    "surger(?:y|ies), operat(?:ed|ion), underwent, procedure (?:on|date|was|done), appointment, appt, consult(?:ed)?",
    "presented, presents, died, deceased, delivered, pre-?op\\w*, post-?op\\w*, pod, injected, injur(?:y|ed), fell",
    "accident, diagnosed, dx'?d, hospitali[sz]ed, transferred, intubated, extubated, rounded, follow-?up, f/u, rtc",
    "biops(?:y|ied), treated, arrested, crashed, transfused, immuni[sz]ed, vaccinated, ed, er, icu, nicu, pacu",
    "in (?:the )?(?:clinic|office|or), to (?:the )?or, transplant(?:ed)?, cardioverted, lmp, edd, date of injury, \\w{2,20}(?:ectomy|oscopy|otomy|ostomy|plasty|desis|centesis), c-?section",
    "cabg, tka, tha, tavr, pci, lumbar puncture, (?:lap )?chole, stroke, stemi",
)
# These tell it only where they stand beside the date.
_BESIDE = any_of(
    "d/?c'?d?, or \\d+, mri, ct, mammogram, hospital course, x-?rays?, scan(?:ned)?, imag(?:ed|ing), echo, labs?, scope, cath, stent",
    "visit(?:ed)?, done, performed, procedure, case, injection, infusion, clinic, call(?:ed)?, delivery, op, encounter",
    "note, chart, (?<!grand )rounds, came(?: in| back)?, returned, back, scheduled, booked, arrived, arrival, inpatient",
    "right, left, bilateral, knee, hip, shoulder, bed \\d+\\w?, room \\d+\\w?, treatment, therapy, eval, chemo",
    "fracture, fx, cast, splint, wound, laceration, burn, bite, repair, reduction, bypass, excision, resection",
    "replacement, fusion, ablation, excised, repaired, removed, placed, inserted, closed",
)
_PERSON = any_of(
    "patient(?:'s)?, pt(?:'s)?, mr, mrs, ms, gentleman, lady, woman, man, boy, girl, baby",
    "infant, newborn",
)
# "new patient" and "patient education" are kinds of service and tell of nobody.
_KIND = any_of(
    "visits?, education, navigation, care, portal, safety, instructions?, services?, status, days?, class, type",
    "evals?, evaluations?, monitoring, responsibility, protection, volumes?, counsell?ing, transport, centered, facing",
    "relationship, driven, months?, reported, copay, share, classification",
)
_KINDS = re.compile(
    rf"\b(?:new|established|per|each|every|any|all|one|single|another) (?:patient|pt)\b|\b(?:patient|pt)[ -]{_KIND}\b"
    r"|\bsurgery (?:clerkship|rotation|residen\w+|department|section|board|codes?|center|practice|group)\b",
    re.IGNORECASE,
)
# What is published, or is in force from a date on.
_PUBLISHED = any_of(
    "releas(?:es?|ed), rvu\\s?\\d\\d[a-d]\\w{0,2}, effective, eff, in effect, takes? effect, in force, valid, rules?",
    "ruling, register, published, publication, posted, issued, announced, files?, version, edition, transmittal",
    "schedule, pfs, mpfs, mpfsdb, addend(?:um|a), notice, expire[sd]?, sunsets?, deleted, retired",
    "terminat(?:es|ed|ion), implement(?:ed|ation), comments?, deadline, screenshot, accessed, downloaded, loaded",
    "imported, retrieved, updated?, lcd, ncd, mln, article, guidelines?, table, errat(?:um|a), correct(?:ed|ion)",
    "conversion factor, cf, quarter, waivers?, flexibilit(?:y|ies), phe, act, law, statute, enacted, launched",
    "cms, ama, medicare, congress, page, site, website, tool, calculator, dataset, data, snapshot, as seen",
    "came out, comes out, went out, changed, changes?, revised, revision, added, introduced, replaced, dated, cy, prices?, rates?, values?, rvus?",
    "gpcis?, amounts?, policy, newsletter, faq, contract, residency",
)
# What may stand between such a word and its date: "released by CMS on", "seen in clinic at 10 on".
_SMALL = any_of(
    "of, on, from, as, at, is, was, were, the, for, in, its, by, since, until, to, through, thru, with, this, that",
    "dates?, day, dated, and, or, before, after, starting, beginning, begins, a, an, about, around, both",
    "last, next, early, late, will, be, are, they, did, not, starts?, started, ended, ends?",
)
_TOKEN = re.compile(r"[\w'/.-]+|[^\w\s]")
_SMALL_TOKEN = re.compile(rf"(?:{_SMALL}|{_MONTH})\.?|[\d/.,-]*\d{_TH}|[,:;(#/-]", re.IGNORECASE)

_BIRTH_WORD = r"\b(?:dob|d\.o\.b|date of birth|birth\s?dates?|birth\s?day|born)\b\.?"
_BIRTH_AND_YEAR = re.compile(
    r"\b(?:dob|d\.o\.b\.?|date of birth|birth\s?date)"
    rf"(?:[\s:=.,#(-]|is|was|year|of|in|{_MONTH}){{0,8}}(?:\b{_YEAR}\b|'\d\d\b|\d{{1,2}}[-/]\d{{1,4}}|\d{{6,8}})",
    re.IGNORECASE,
)
_BIRTH = re.compile(rf"{_BIRTH_WORD}[^.!?]{{0,25}}\Z", re.IGNORECASE)
_BIRTH_ON = re.compile(rf"{_BIRTH_WORD}(?:[\s:=,.(-]|\b(?:is|was|on|of|in|the)\b){{0,8}}\Z", re.IGNORECASE)

_CARE_AROUND = re.compile(rf"\b{CARE}\b", re.IGNORECASE)
_CARE_BESIDE = re.compile(rf"\b(?:{CARE}|{_BESIDE})\Z", re.IGNORECASE)
_OPERATING_ROOM = re.compile(r"(?:\A|[,;(])\s*or(?: on)?\s*\Z", re.IGNORECASE)
_CARE_FOLLOWS = re.compile(rf"[\s,:;(-]{{0,3}}(?:in |the |at |for |- ){{0,2}}(?:{CARE}|{_BESIDE})\b", re.IGNORECASE)
_PERSON_AROUND = re.compile(rf"\b{_PERSON}\b", re.IGNORECASE)
_RULE_BESIDE = re.compile(rf"\b{_PUBLISHED}\Z", re.IGNORECASE)
_RULE_FOLLOWS = re.compile(
    rf"[\s,:;(-]{{0,3}}(?:the |cms |medicare |quarterly |interim |final |proposed |new |fee ){{0,3}}{_PUBLISHED}\b",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(r"\b(?:on or (?:after|before)|no later than|not before)\s*\Z", re.IGNORECASE)
_THRESHOLD_FOLLOWS = re.compile(
    r"\s*(?:(?:and|or) (?:later|after|earlier|before|beyond|thereafter)|onwards?|forward)\b", re.IGNORECASE
)
# The days on which quarters begin and end: rules and releases run from and to them.
_FROM_ON = re.compile(
    rf"\b{any_of('before, after, prior to, beginning, starting, starts?, begins?, until, through, thru, as of, since')}\s*\Z"
    r"|\b(?:from|by|till|to|on)\s*\Z",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    r"(?:0?(?:1|4|7|10)[/-]0?1|0?(?:3|12)[/-]31|0?(?:6|9)[/-]30)\b.*"
    r"|\d{4}-(?:(?:01|04|07|10)-01|(?:03|12)-31|(?:06|09)-30)"
    r"|(?:(?:jan|apr|jul|oct)[a-z.]*\s+0?1(?:st)?|(?:mar|dec)[a-z.]*\s+31(?:st)?|(?:jun|sep)[a-z.]*\s+30(?:th)?)\b.*",
    re.IGNORECASE,
)


def sign(text: str) -> Sign | None:
    """The first date that tells of a birth or of care."""
    if match := _BIRTH_AND_YEAR.search(text):
        return Sign("a date of birth", match[0])
    for shape in (_FULL, _WORDED, _DIGITS):
        for match in shape.finditer(text):
            if what := _kind(text, match):
                return Sign(what, match[0])
    return None


def any_in(text: str) -> bool:
    """Whether a full date stands in it, of whatever it be."""
    return bool(_FULL.search(text))


def _kind(text: str, date: re.Match) -> str:
    """'a date of birth', 'a date of care' or '' for a date of something else."""
    ahead, behind = before(text, date.start()), after(text, date.end())
    beside = _without_small_words(ahead)[-30:]
    if (_BIRTH if date.re is _FULL else _BIRTH_ON).search(ahead) and not _RULE_BESIDE.search(beside):
        return "a date of birth"
    if _THRESHOLD.search(ahead) or _THRESHOLD_FOLLOWS.match(behind) or _is_the_verb_may(date, ahead):
        return ""
    from_a_quarter = _FROM_ON.search(ahead) and _QUARTER.fullmatch(date[0])
    if from_a_quarter and re.search(r"\b(?:dates of service|services)\b", ahead, re.IGNORECASE):
        return ""
    if _CARE_BESIDE.search(beside) or _OPERATING_ROOM.search(ahead):
        return "a date of care"
    if from_a_quarter or _RULE_BESIDE.search(beside) or _RULE_FOLLOWS.match(behind):
        return ""
    return "a date of care" if _is_told_around(date, ahead, behind) else ""


def _without_small_words(ahead: str) -> str:
    """The words up to the last that says something."""
    for token in reversed(list(_TOKEN.finditer(ahead))):
        if not _SMALL_TOKEN.fullmatch(token[0]):
            return ahead[: token.end()].rstrip(".")
    return ""


def _is_the_verb_may(date: re.Match, ahead: str) -> bool:
    """ "may 3" is a day of May only where something says so: "on May 3"."""
    if date.re is not _WORDED or not date[0].lower().startswith("may"):
        return False
    return not re.search(r"(?:\b(?:on|of|from|since|until)|[,:(])\s*\Z", ahead, re.IGNORECASE)


def _is_told_around(date: re.Match, ahead: str, behind: str) -> bool:
    care_follows = bool(_CARE_FOLLOWS.match(behind))
    if date.re is _DIGITS and not re.search(r"\b(?:on|since|from|dated)\s*\Z", ahead, re.IGNORECASE):
        return care_follows and not re.search(r"\w\s*\Z", ahead)
    if date.re is _FULL and care_follows:
        return True
    around = f"{_KINDS.sub(' ', ahead)} | {_KINDS.sub(' ', behind)}"
    return bool(_CARE_AROUND.search(around) or _PERSON_AROUND.search(around))
