"""The text of a code's page where no editor wrote one, from its facts and nothing else. No Django."""

import re
from dataclasses import dataclass
from datetime import date

from codes import indicators

SETTLED_BY_STATUS = {
    "B": "CMS bundles it: its payment is part of another service.",
    "C": "It is contractor-priced: CMS sets no RVUs, and the Medicare contractor of the region sets the price.",
    "E": "By regulation it is outside the physician fee schedule, so CMS gives it no RVUs.",
    "I": "Medicare does not accept this code and wants another one for the service, so CMS gives it no RVUs.",
    "J": "It is an anesthesia service, which Medicare pays by base and time units instead of RVUs.",
    "M": "It only reports a measurement, so CMS gives it no RVUs.",
    "N": "Medicare does not cover it, so CMS gives it no RVUs.",
    "P": "CMS bundles it with other services or excludes it, so it has no RVUs of its own.",
    "R": "Its coverage is restricted and CMS gives it no RVUs; the contractor sets the price where it is covered.",
    "X": "By law it is not a physician service, so it has no RVUs in this schedule.",
}


@dataclass(frozen=True)
class Facts:
    """What is known of a code without an editor. Empty strings and None stand for unknown.

    `wording` is CMS's descriptor spelled out, given only where it may be shown; `code_system` is what to
    call it (CPT, HCPCS Level II, CDT).
    """

    code: str
    code_system: str
    category: str
    category_payment: str
    section: str = ""
    wording: str = ""
    status: str = ""
    has_values: bool = False
    work_is_zero: bool = False
    global_days: str = ""
    pctc: str = ""
    nonfac_na: bool = False
    fac_na: bool = False
    bilat_surg: str = ""
    asst_surg: str = ""
    release: str = ""
    last_release: str = ""
    terminated: date | None = None


@dataclass(frozen=True)
class Narrative:
    """A name of up to 80 characters and the texts of a page; a text may be ''."""

    name: str
    description: str
    plain_language: str
    clinical_context: str
    billing: str


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def place(facts: Facts) -> str:
    """Category and section: 'Surgery: colon and rectum'."""
    category = re.sub(r"\s*\(.*\)", "", facts.category)
    return f"{category}: {facts.section}" if facts.section else category


def name(facts: Facts) -> str:
    """CMS's own wording where it may be shown, else the code's place."""
    if not facts.wording:
        return place(facts)
    text = sentence_case(facts.wording.strip(" .,"))
    return text if len(text) <= 80 else text[:80].rsplit(" ", 1)[0].rstrip(" ,;(") + " …"


def narrate(facts: Facts) -> Narrative:
    """Text for every section, each sentence true by one of the facts."""
    return Narrative(
        name=name(facts),
        description=_join(_what(facts), _status(facts)),
        plain_language=_join(_plain(facts)),
        clinical_context=_join(_where(facts), _global(facts), _split(facts)),
        billing=_join(_paid(facts), _helpers(facts), _sides(facts)),
    )


def no_rvu_reason(facts: Facts) -> str:
    """Why the page shows no RVUs, true of this code's status and category."""
    subject = f"{facts.code_system} code {facts.code}"
    if facts.terminated:
        return f"{subject} ended on {facts.terminated:%B} {facts.terminated.day}, {facts.terminated.year}, and has no RVUs."
    if not facts.status:
        return f"{subject} is not in the physician fee schedule file {facts.release}. {facts.category_payment}".strip()
    reason = SETTLED_BY_STATUS.get(facts.status, "CMS prints no RVUs for it in this release.")
    return f"{subject} has no work RVU in {facts.release}. {reason} {facts.category_payment}".strip()


def _join(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _what(facts: Facts) -> str:
    where = f", in the part {facts.section}" if facts.section else ""
    called = f" CMS describes it as: {facts.wording.strip()}." if facts.wording else ""
    return f"{facts.code} is a {facts.code_system} code of the category {facts.category}{where}.{called}"


def _status(facts: Facts) -> str:
    if facts.terminated:
        return f"The code ended on {facts.terminated:%B} {facts.terminated.day}, {facts.terminated.year}."
    if not facts.status and facts.last_release:
        return (
            f"It is no longer in the fee schedule file; {facts.last_release} was the last one loaded here that held it."
        )
    if not facts.status:
        return ""
    short, sentence = indicators.meaning(indicators.STATUS, facts.status)
    return f"Its Medicare status is {facts.status}, {short.lower()}: {sentence}"


def _plain(facts: Facts) -> str:
    kinds = {
        "000": "A minor procedure or a look inside the body, done and finished on one day.",
        "010": "A minor procedure; routine care for the days right after it is part of the same payment.",
        "090": "A major operation; routine care in the weeks after it is part of the same payment.",
        "MMM": "Care around a pregnancy or birth.",
        "ZZZ": "Extra work that is done together with a main service, never by itself.",
    }
    if facts.global_days in kinds and facts.has_values:
        return kinds[facts.global_days]
    if facts.pctc in ("1", "2", "3", "4", "6"):
        return "A test. One part is doing it with equipment and staff, another is reading the result."
    if facts.status == "J":
        return "Care by an anesthesia clinician during an operation or test."
    if facts.status == "M":
        return "A code that reports how care was given. Nothing is charged for it."
    if facts.code_system == "CDT":
        return "A dental code. The American Dental Association keeps its wording."
    return f"A code of the kind: {facts.section or facts.category}."


def _where(facts: Facts) -> str:
    if not facts.has_values:
        return ""
    if facts.nonfac_na and facts.fac_na:
        return "CMS marks both settings as rarely or never used for it."
    if facts.nonfac_na:
        return "It is rarely or never done in an office: CMS values it for hospitals and other facilities."
    if facts.fac_na:
        return "CMS values it for offices and other places outside a facility; in a facility it is rarely or never paid to the physician."
    return "CMS values it both for offices and for hospitals and other facilities."


def _global(facts: Facts) -> str:
    if not facts.has_values or facts.global_days in ("", "XXX"):
        return ""
    return indicators.meaning(indicators.GLOBAL, facts.global_days)[1]


def _split(facts: Facts) -> str:
    return indicators.meaning(indicators.PCTC, facts.pctc)[1] if facts.pctc in ("1", "2", "3", "4", "6") else ""


def _paid(facts: Facts) -> str:
    if not facts.has_values:
        return facts.category_payment
    if facts.status not in indicators.PAID:
        return "The RVUs printed for it are not used for Medicare payment. Other payers and employers may use them."
    if facts.work_is_zero:
        return "It has no physician work: the payment is for practice expense and malpractice alone."
    return "The documentation has to show the service, its medical necessity and who did it."


def _helpers(facts: Facts) -> str:
    sentences = {
        "1": "By law no assistant at surgery is paid.",
        "2": "An assistant at surgery may be paid (modifiers 80, 82 or AS).",
        "0": "An assistant at surgery is paid only with proof of need.",
    }
    return sentences.get(facts.asst_surg, "") if facts.has_values and facts.global_days in ("010", "090") else ""


def _sides(facts: Facts) -> str:
    sentences = {
        "1": "Done on both sides, it takes modifier 50.",
        "2": "The value covers both sides already, so modifier 50 does not apply.",
    }
    return sentences.get(facts.bilat_surg, "") if facts.has_values else ""
