"""The text of a code's page where no editor wrote one, from its facts and nothing else. No Django."""

import re
from dataclasses import dataclass
from datetime import date

from codes import indicators

NO_RVUS_BY_STATUS = {
    "A": "CMS prints no RVUs for it there, though its status is active.",
    "B": "CMS bundles it: payment is always part of another service.",
    "C": "It is contractor-priced: CMS sets no RVUs, and the Medicare contractor of the region sets the price.",
    "E": "By regulation it is outside the physician fee schedule, so CMS gives it no RVUs.",
    "I": "Medicare uses another code for the service, so CMS gives this one no RVUs.",
    "J": "It is an anesthesia service, which Medicare pays by base and time units instead of RVUs.",
    "M": "It only reports a measurement, so CMS gives it no RVUs.",
    "N": "Medicare does not cover it, and CMS prints no RVUs for it.",
    "P": "It is part of another service when given with it on the same day, or is paid under another rule; it has no RVUs of its own.",
    "R": "Its coverage is restricted and CMS gives it no RVUs; the contractor sets the price where it is covered.",
    "X": "By law it is not a physician service under this schedule, so CMS gives it no RVUs.",
}  # fmt: skip
BILLING_WITHOUT_RVUS = {
    "B": "Medicare pays nothing for it separately.",
    "C": "The report or record that goes with the claim lets the contractor set the price.",
    "I": "For Medicare, use the code that it accepts for this service. Other payers may accept this one.",
    "M": "It is reported, not charged: nothing is paid for it.",
    "N": "Medicare does not pay for it. Other payers follow their own rules.",
    "R": "Special coverage instructions apply: look them up before you bill Medicare.",
}
NOT_USED = "Medicare does not pay with these RVUs; other payers and employers may use them."
# Statuses that leave open who pays: there the category's own rule is worth a sentence.
PAID_ELSEWHERE = {"", "A", "E", "J", "P", "R", "X"}
SKIN_SUBSTITUTES = "skin substitutes"  # products, though CMS marks them as technical parts
OTHER_PAYERS = ("D Codes", "H Codes", "S Codes", "T Codes")


@dataclass(frozen=True)
class Facts:
    """What is known of a code without an editor. Empty strings and None stand for unknown.

    `wording` is CMS's descriptor spelled out, given only where it may be shown; `code_system` is what to
    call it (CPT, HCPCS Level II, CDT). `status` and the indicators are those of the whole service. `part` is the
    modifier of the row that has the values where the whole service has none. `last_release` is set where the current
    release no longer holds the code, `is_past` where the release is not the current one.
    """

    code: str
    code_system: str
    category: str
    category_payment: str
    section: str = ""
    wording: str = ""
    status: str = ""
    has_values: bool = False
    is_paid: bool = False
    part: str = ""
    part_status: str = ""
    work_is_zero: bool = False
    global_days: str = ""
    pctc: str = ""
    nonfac_na: bool = False
    fac_na: bool = False
    bilat_surg: str = ""
    asst_surg: str = ""
    release: str = ""
    is_starter: bool = False
    is_past: bool = False
    last_release: str = ""
    terminated: date | None = None
    has_ended: bool = False

    @property
    def is_gone(self) -> bool:
        return self.has_ended or bool(self.last_release)


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
    if facts.is_gone or facts.is_past:
        return Narrative(
            name(facts), _join(_what(facts), gone(facts), _past_status(facts)), _kind(facts), "", _look(facts)
        )
    return Narrative(
        name=name(facts),
        description=_join(_what(facts), gone(facts), _ends(facts), _status(facts)),
        plain_language=_plain(facts),
        clinical_context=_join(_where(facts), _global(facts), _split(facts)),
        billing=_join(_paid(facts), _helpers(facts), _sides(facts)),
    )


def gone(facts: Facts) -> str:
    """That the code is no longer in use, and since when, as far as the loaded files say; '' where it is in use."""
    if facts.has_ended:
        return f"The code ended on {_day(facts.terminated)}."
    if facts.last_release:
        return f"It is no longer in Medicare's physician fee schedule file: {facts.last_release} is the last one loaded here that held it."
    return ""


def gone_tag(facts: Facts) -> str:
    """The same in a few words, for titles and marks: 'last in RVU25D'."""
    if facts.has_ended:
        return f"ended on {_day(facts.terminated)}"
    return f"last in {facts.last_release}" if facts.last_release else ""


def no_rvu_reason(facts: Facts) -> str:
    """Why the page shows no RVUs, true of this code's status and category."""
    subject = f"{facts.code_system} code {facts.code}"
    if facts.has_ended:
        return f"{subject} ended on {_day(facts.terminated)}, and has no RVUs."
    if not facts.status:
        part = "the part loaded here of " if facts.is_starter else ""
        where = f"{part}the physician fee schedule file {facts.release}".strip()
        return _join(f"{subject} is not in {where}.", facts.category_payment)
    verb = "had" if facts.is_past else "has"
    reason = "" if facts.is_past else NO_RVUS_BY_STATUS.get(facts.status, "CMS prints no RVUs for it there.")
    past = _past_status(facts) if facts.is_past else ""
    return _join(f"{subject} {verb} no work RVU in {facts.release}.", past, reason, _paid_elsewhere(facts))


def _join(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _meaning(status: str) -> tuple[str, str]:
    """Short meaning, as it stands within a sentence, and the sentence."""
    short, sentence = indicators.meaning(indicators.STATUS, status)
    return short[:1].lower() + short[1:], sentence


def _paid_elsewhere(facts: Facts) -> str:
    is_open = facts.status in PAID_ELSEWHERE or facts.category.startswith(OTHER_PAYERS)
    return facts.category_payment if is_open and not facts.is_past else ""


def _what(facts: Facts) -> str:
    where = f", in the part {facts.section}" if facts.section else ""
    verb, called = ("was", "described") if facts.is_gone else ("is", "describes")
    words = f" CMS {called} it as: {sentence_case(facts.wording.strip(' .'))}." if facts.wording else ""
    category = facts.category if facts.category.startswith("Category") else f"the category {facts.category}"
    return f"{facts.code} {verb} a {facts.code_system} code of {category}{where}.{words}"


def _ends(facts: Facts) -> str:
    return f"It ends on {_day(facts.terminated)}." if facts.terminated and not facts.has_ended else ""


def _status(facts: Facts) -> str:
    if not facts.status:
        return ""
    short, sentence = _meaning(facts.status)
    if not facts.part:
        return f"Its Medicare status is {facts.status}, {short}: {sentence}"
    reading = _meaning(facts.part_status)[0]
    return (
        f"The whole service has Medicare status {facts.status}, {short}: {sentence} "
        f"The professional component (modifier {facts.part}) has status {facts.part_status}, {reading}, and has RVUs of its own."
    )


def _past_status(facts: Facts) -> str:
    return (
        f"In {facts.release} its Medicare status was {facts.status}, {_meaning(facts.status)[0]}."
        if facts.status
        else ""
    )


def _look(facts: Facts) -> str:
    if not facts.is_gone:
        return "The indicators below are those of that release. The current ones may differ."
    return "Before you bill this service today, look for the code that is valid now: Medicare's current files do not hold this one."


def _kind(facts: Facts) -> str:
    """The least that can be said: what codes of its category stand for, else its section."""
    stands_for = {
        "B": "An item for the patient, such as a supply. The work of a physician is not in it.",
        "E": "An item for the patient, such as equipment. The work of a physician is not in it.",
        "H": "A service as state Medicaid agencies report it.",
        "J": "A drug, billed by itself. The work of a physician is not in it.",
        "K": "An item for the patient, such as equipment. The work of a physician is not in it.",
        "L": "An item for the patient, such as a brace or an artificial limb. The work of a physician is not in it.",
        "R": "Bringing equipment for a test to the patient.",
        "S": "A service or an item as private payers report it.",
        "T": "A service or an item as state Medicaid agencies report it.",
    }
    if facts.code[0] in stands_for and not facts.is_gone:
        return stands_for[facts.code[0]]
    verb = "belonged" if facts.is_gone else "belongs"
    category = re.sub(r"\s*\(.*\)", "", facts.category)
    return f"It {verb} to “{facts.section}”, a part of {category}." if facts.section else f"It {verb} to {category}."


def _plain(facts: Facts) -> str:
    kinds = {
        "000": "CMS counts it as an endoscopy or a minor procedure: related care on the same day is part of the payment.",
        "010": "CMS counts it as a minor procedure: routine care for the ten days after it is part of the payment.",
        "090": "CMS counts it as a major procedure: routine care for the 90 days after it is part of the payment.",
        "MMM": "Care around a pregnancy or birth.",
        "ZZZ": "An add-on: something done together with a main service and billed beside it.",
    }
    tests = {
        "1": "A test, imaging or radiation service in two parts: doing it with equipment and staff, and the professional's part, such as reading the result.",
        "2": "The professional's part of a test, such as reading the result.",
        "3": "The technical part of a test or a treatment: equipment and staff. The physician's part is not in it.",
        "4": "A whole test: doing it with equipment and staff, and reading the result.",
        "6": "A laboratory test. A physician may be paid for reading its result.",
        "7": "A therapy service, such as physical or occupational therapy.",
        "8": "A physician's reading of an abnormal blood smear.",
    }  # fmt: skip
    by_status = {
        "J": "Care by an anesthesia clinician during an operation, a test or a birth.",
        "M": "A code that reports a measurement of care. Nothing is paid for it.",
    }
    if facts.section == SKIN_SUBSTITUTES:
        return "A skin substitute, billed as a product. Putting it on is a service of its own."
    if facts.global_days in kinds and facts.has_values:
        return kinds[facts.global_days]
    if facts.code_system == "CDT":
        return "A dental code. The American Dental Association keeps its wording."
    return tests.get(facts.pctc) or by_status.get(facts.status) or _kind(facts)


def _where(facts: Facts) -> str:
    if not facts.has_values:
        return ""
    if facts.nonfac_na and facts.fac_na:
        return "CMS marks both settings as rarely or never used for it."
    if facts.nonfac_na:
        return "CMS values it for hospitals and other facilities, and marks it as rarely or never done outside of them."
    if facts.fac_na and facts.pctc == "1" and not facts.part:
        return "CMS values the whole service for offices and other places outside a facility. In a hospital, the professional component (26) is billed apart from the equipment and staff."
    if facts.fac_na:
        return "CMS values it for offices and other places outside a facility, and marks it as rarely or never done in a facility."
    return "CMS values it both for offices and for hospitals and other facilities."


def _global(facts: Facts) -> str:
    if not facts.has_values or facts.global_days in ("", "XXX"):
        return ""
    return indicators.meaning(indicators.GLOBAL, facts.global_days)[1]


def _split(facts: Facts) -> str:
    says_much = facts.pctc in ("1", "2", "3", "4", "6", "8") and facts.section != SKIN_SUBSTITUTES
    return indicators.meaning(indicators.PCTC, facts.pctc)[1] if says_much else ""


def _paid(facts: Facts) -> str:
    if not facts.has_values:
        return _join(BILLING_WITHOUT_RVUS.get(facts.status, ""), _paid_elsewhere(facts))
    if not facts.is_paid:
        return NOT_USED
    if facts.part:
        paid = (
            f"Medicare pays an amount by RVUs only for the professional component, billed with modifier {facts.part}."
        )
        return _join(paid, rest(facts))
    if facts.work_is_zero:
        return "It has no physician work: the payment is for practice expense and malpractice alone."
    return "The documentation has to show the service, its medical necessity and who did it."


def rest(facts: Facts) -> str:
    """How the whole service is paid where only a part of it has RVUs."""
    return {
        "C": "For the rest, the Medicare contractor of the region sets the price.",
        "X": "The test itself is paid outside this schedule, as laboratory tests are.",
    }.get(facts.status, "")


def _helpers(facts: Facts) -> str:
    sentences = {
        "1": "By law Medicare pays no assistant at surgery.",
        "2": "An assistant at surgery may be paid (modifiers 80, 81, 82 or AS).",
        "0": "An assistant at surgery is paid only where documents show the need.",
    }
    return sentences.get(facts.asst_surg, "") if facts.has_values and facts.global_days in ("010", "090") else ""


def _sides(facts: Facts) -> str:
    sentences = {
        "1": "Done on both sides in one session, it takes modifier 50, and Medicare pays 150 percent.",
        "2": "The value covers both sides already, so modifier 50 adds nothing.",
    }
    return sentences.get(facts.bilat_surg, "") if facts.has_values else ""
