"""What the modifiers of one billed line do to its payment, as far as the code's indicators allow. No Django.

Sources: CMS, RVU file documentation (fields PC/TC, bilateral surgery, assistant at surgery, co-surgeons, team surgery,
global shares); Medicare Claims Processing Manual, chapter 12, sections 20.4.3 (assistants), 40.4 (shares of the global
package; return to the operating room), 40.7 (both sides), 40.8 (two surgeons and teams), 110.2 (assistants who are no
physicians); chapter 5, section 20.1, and Social Security Act, section 1834(v) (therapy assistants); sections 1848(b)(9)
(film and computed radiography) and 1834(p) (CT equipment); chapter 1, section 60.4, and chapter 30, section 50 (GY, GZ).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

ONE = Decimal(1)
BOTH_SIDES = Decimal("1.5")
CO_SURGEON = Decimal("0.625")
ASSISTANT = Decimal("0.16")
ASSISTANT_NO_PHYSICIAN = Decimal("0.136")  # 85 % of 16 %
THERAPY_ASSISTANT = Decimal("0.85")  # since 2022
# What is left of the technical part: film since 2017, computed radiography since 2023, CT below the standard since 2017.
EQUIPMENT = {
    "FX": (Decimal("0.8"), "x-ray on film"),
    "FY": (Decimal("0.9"), "computed radiography"),
    "CT": (Decimal("0.85"), "CT equipment below the standard"),
}
DENIED = {
    "GY": "GY: not covered by law, so Medicare pays nothing. The work RVU is that of the service all the same.",
    "GZ": "GZ: expected to be denied as not necessary, so Medicare pays nothing. The work RVU is that of the service all the same.",
}

# Modifiers that tell the payer something and leave the amount of a line as it is.
NO_EFFECT = {
    "24", "25", "57", "58", "59", "76", "77", "79", "91", "93", "95", "XE", "XP", "XS", "XU", "GC", "GE", "GA", "KX", "QW", "JW",
    "JZ", "GT", "GQ", "Q0", "Q1", "E1", "E2", "E3", "E4", "LC", "LD", "LM", "RC", "RI", *(f"F{i}" for i in range(1, 10)), "FA",
    *(f"T{i}" for i in range(1, 10)), "TA", "GP", "GO", "GN", "CR", "33", "PT", "32", "RT", "LT",
}  # fmt: skip
_UNITS = "is for anesthesia, which is paid by base and time units"
_FACILITY = "is for claims of hospitals and surgery centers, not of clinicians"
# Modifiers that may change an amount, but not by anything that stands on the line.
NOT_WORKED_OUT = {
    "22": "22: Medicare may pay more, by report. The amount here is without it.",
    "90": "90: a test of an outside laboratory, paid on the laboratory schedule. It is not applied.",
    "FS": "FS: paid in full if a physician bills the shared visit, at 85 percent if another practitioner does. The modifier does not say who bills; the amount here is in full.",
    **{code: f"{code} {_UNITS}. It is not applied." for code in ("AA", "AD", "QK", "QX", "QY", "QZ")},
    **{code: f"{code} {_FACILITY}. It is not applied." for code in ("73", "74")},
}
SIDES = "{} names the side and does not change the amount. Both sides of one code on one day are one line with 50."


class Handling(Enum):
    """What the calculator does with a modifier, as the list of modifiers says it."""

    WORKED_OUT = "Worked out."
    NO_EFFECT = "Accepted; it leaves the amount as it is."
    NOT_WORKED_OUT = "Not worked out; the result says so."
    UNKNOWN = "Not known to it; the result says so."


def handling(modifier: str) -> Handling:
    if modifier in KINDS:
        return Handling.WORKED_OUT
    if modifier in NO_EFFECT:
        return Handling.NO_EFFECT
    return Handling.NOT_WORKED_OUT if modifier in NOT_WORKED_OUT else Handling.UNKNOWN


@dataclass
class Effect:
    """What a line's modifiers do: `part` of the service, sides and shares of its fee, and what is to be said.

    `shares` hold for the amount and for the work, `pay_shares` for the amount alone, `technical_shares` for the technical
    part of the amount.
    """

    part: str = ""  # the row of CMS's file: whole service (''), 26, TC or 53
    sides: Decimal = ONE  # both sides together, in fees of one
    times: int = 1  # each side is a service of its own
    shares: list[tuple[str, Decimal]] = field(default_factory=list)
    pay_shares: list[tuple[str, Decimal]] = field(default_factory=list)
    technical_shares: list[tuple[str, Decimal]] = field(default_factory=list)
    by_report: str = ""
    denied: str = ""
    ranks: bool = True
    notes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # modifiers that are not applied, with the reason

    @property
    def share(self) -> Decimal:
        result = ONE
        for _, share in self.shares:
            result *= share
        return result


def effect(modifiers: Sequence[str], rows: Mapping[str, object]) -> Effect:
    """Reads the modifiers of a line in order; `rows` are the code's rows in CMS's file by their modifier."""
    result = Effect()
    taken: dict[str, str] = {}
    for modifier in dict.fromkeys(modifiers):
        kind = KINDS.get(modifier)
        place = modifier if kind in TOGETHER else PLACES.get(kind, kind)
        if kind is None:
            (result.notes if modifier in NO_EFFECT else result.refused).append(_said_of(modifier))
        elif place in taken:
            result.refused.append(f"{modifier} is not applied: it does not go with {taken[place]}.")
        elif RULES[kind](result, modifier, rows):
            taken[place] = modifier
    return result


def _said_of(modifier: str) -> str:
    if modifier in ("LT", "RT"):
        return SIDES.format(modifier)
    if modifier in NO_EFFECT:
        return f"{modifier} does not change the amount."
    return NOT_WORKED_OUT.get(modifier, f"{modifier} is no modifier this calculator knows. It is not applied.")


def _ranked(result: Effect, modifier: str, rows: Mapping) -> bool:
    result.notes.append("51 changes nothing here: the ranking below does what it stands for.")
    return True


def _denied(result: Effect, modifier: str, rows: Mapping) -> bool:
    result.denied = DENIED[modifier]
    result.ranks = False
    return True


def _therapy_assistant(result: Effect, modifier: str, rows: Mapping) -> bool:
    """Social Security Act, section 1834(v): 85 percent of what Medicare else pays; the coinsurance is not reduced."""
    said = f"{modifier}, therapy assistant: {_percent(THERAPY_ASSISTANT)}"
    result.pay_shares.append((said, THERAPY_ASSISTANT))
    result.notes.append(
        f"{modifier}: Medicare takes the reduction off its own payment; the patient's coinsurance is that of the full amount."
    )
    return True


def _equipment(result: Effect, modifier: str, rows: Mapping) -> bool:
    share, what = EQUIPMENT[modifier]
    result.technical_shares.append((f"{modifier}, {what}: technical part at {_percent(share)}", share))
    return True


def _part(result: Effect, modifier: str, rows: Mapping) -> bool:
    if modifier not in rows:
        result.refused.append(f"{modifier} is not applied: CMS does not split this code into 26 and TC.")
        return False
    result.part = modifier
    return True


def _stopped(result: Effect, modifier: str, rows: Mapping) -> bool:
    if modifier == "53" and "53" in rows:
        result.part = "53"
    else:
        what = "a stopped procedure" if modifier == "53" else "a reduced service"
        result.by_report = f"{modifier}: {what} is priced by report."
    return True


def _both_sides(result: Effect, modifier: str, rows: Mapping) -> bool:
    indicator = whole(rows).bilat_surg
    if indicator == "1":
        result.sides = BOTH_SIDES
    elif indicator == "3":
        result.times = 2
        result.notes.append("50: each side counts as a service of its own.")
    else:
        reason = {
            "0": "both sides pay no more than one",
            "2": "the value already covers both sides",
        }.get(indicator, "sides are no concept for this code")
        result.refused.append(f"50 is not applied: {reason} (bilateral indicator {indicator}).")
        return False
    return True


def _helper(result: Effect, modifier: str, rows: Mapping) -> bool:
    indicator = whole(rows).asst_surg
    if indicator not in ("0", "2"):
        reason = "by law no assistant is paid" if indicator == "1" else "an assistant is no concept for this code"
        result.refused.append(f"{modifier} is not applied: {reason} (assistant indicator {indicator}).")
        return False
    if indicator == "0":
        result.notes.append(f"{modifier}: paid only with documents that show the need for an assistant.")
    share = ASSISTANT_NO_PHYSICIAN if modifier == "AS" else ASSISTANT
    result.shares.append((f"{modifier}, assistant at surgery: {_percent(share)}", share))
    return True


def _two_surgeons(result: Effect, modifier: str, rows: Mapping) -> bool:
    indicator = whole(rows).co_surg
    if indicator not in ("1", "2"):
        result.refused.append(f"62 is not applied: two surgeons are not paid (co-surgeon indicator {indicator}).")
        return False
    condition = "with documents that show the need" if indicator == "1" else "if they are of two specialties"
    result.notes.append(f"62: two surgeons are paid {condition}. The amount is that of one of them.")
    result.shares.append((f"62, one of two surgeons: {_percent(CO_SURGEON)}", CO_SURGEON))
    return True


def _team(result: Effect, modifier: str, rows: Mapping) -> bool:
    indicator = whole(rows).team_surg
    if indicator not in ("1", "2"):
        result.refused.append(f"66 is not applied: a team is not paid (team indicator {indicator}).")
        return False
    result.by_report = "66: a team of surgeons is priced by report."
    return True


def _global_part(result: Effect, modifier: str, rows: Mapping) -> bool:
    row = whole(rows)
    share = {"54": row.pre_op + row.intra_op, "55": row.post_op, "56": row.pre_op}[modifier]
    if not share:
        result.refused.append(f"{modifier} is not applied: {NO_SHARES}")
        return False
    if modifier == "55":
        result.notes.append("55: the amount is for the whole care after the operation; shared care is paid by days.")
    result.shares.append((f"{modifier}, {GLOBAL_PARTS[modifier]}: {_percent(share)}", share))
    return True


def _return(result: Effect, modifier: str, rows: Mapping) -> bool:
    """Manual, chapter 12, section 40.4, C: the share of the operation, or all of a code with the global period 000.

    The rules for several operations do not apply to what treats a complication.
    """
    row = whole(rows)
    if row.intra_op:
        result.shares.append((f"78, {GLOBAL_PARTS[modifier]}: {_percent(row.intra_op)}", row.intra_op))
    elif row.global_days == "000":
        result.notes.append("78: paid in full, as a code with the global period 000 has no shares.")
    else:
        result.refused.append(f"78 is not applied: {NO_SHARES}")
        return False
    result.ranks = False
    result.notes.append("78: a return to the operating room is not ranked with other operations.")
    return True


NO_SHARES = "CMS gives no shares of a global package for this code."
GLOBAL_PARTS = {
    "54": "the operation and what comes before",
    "55": "care after the operation",
    "56": "care before the operation",
    "78": "return to the operating room, the operation alone",
}
RULES: dict[str, Callable[[Effect, str, Mapping], bool]] = {
    "part": _part, "stopped": _stopped, "sides": _both_sides, "helper": _helper, "two": _two_surgeons, "team": _team,
    "global": _global_part, "return": _return, "ranked": _ranked, "denied": _denied, "therapy": _therapy_assistant,
    "equipment": _equipment,
}  # fmt: skip
# One clinician has one role, and one share of the package.
PLACES = {"helper": "role", "two": "role", "team": "role", "return": "global"}
TOGETHER = {"equipment"}  # each is applied, one after the other
KINDS = {
    "26": "part", "TC": "part", "52": "stopped", "53": "stopped", "50": "sides", "80": "helper", "81": "helper", "82": "helper",
    "AS": "helper", "62": "two", "66": "team", "54": "global", "55": "global", "56": "global", "78": "return", "51": "ranked",
    **dict.fromkeys(DENIED, "denied"), "CQ": "therapy", "CO": "therapy", **dict.fromkeys(EQUIPMENT, "equipment"),
}  # fmt: skip
KNOWN = {*KINDS, *NO_EFFECT, *NOT_WORKED_OUT}


def whole(rows: Mapping) -> object:
    """The row of the whole service, whose indicators hold for the parts too; one code (86153) has a part alone."""
    return rows[""] if "" in rows else next(iter(rows.values()))


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} percent"
