"""What the modifiers of one billed line do to its payment, as far as the code's indicators allow. No Django.

Sources: CMS, RVU file documentation (fields PC/TC, bilateral surgery, assistant at surgery, co-surgeons, team surgery,
global shares); Medicare Claims Processing Manual, chapter 12, sections 20.4.3 (assistants), 40.4 (shares of the global
package), 40.7 (both sides), 40.8 (two surgeons and teams), 110.2 (assistants who are no physicians).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

ONE = Decimal(1)
BOTH_SIDES = Decimal("1.5")
CO_SURGEON = Decimal("0.625")
ASSISTANT = Decimal("0.16")
ASSISTANT_NO_PHYSICIAN = Decimal("0.136")  # 85 % of 16 %

# Modifiers that tell the payer something and leave the amount of a line as it is.
NO_EFFECT = {
    "22", "24", "25", "57", "58", "59", "76", "77", "79", "90", "91", "93", "95", "XE", "XP", "XS", "XU", "GC", "GE", "FS", "GA",
    "GY", "GZ", "KX", "QW", "JW", "JZ", "RT", "LT", "GT", "GQ", "Q0", "Q1", "E1", "E2", "E3", "E4", "LC", "LD", "LM", "RC", "RI",
    *(f"F{i}" for i in range(10)), "FA", *(f"T{i}" for i in range(10)), "TA", "GP", "GO", "GN", "CO", "CQ", "CR", "33", "PT", "32",
}  # fmt: skip
ANESTHESIA = {"AA", "AD", "QK", "QX", "QY", "QZ"}


@dataclass
class Effect:
    """What a line's modifiers do: `part` of the service, sides and shares of its fee, and what is to be said."""

    part: str = ""  # the row of CMS's file: whole service (''), 26, TC or 53
    sides: Decimal = ONE  # both sides together, in fees of one
    times: int = 1  # each side is a service of its own
    shares: list[tuple[str, Decimal]] = field(default_factory=list)
    by_report: str = ""
    ranks: bool = True
    notes: list[str] = field(default_factory=list)

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
        place = "role" if kind in ROLES else kind
        if kind is None:
            result.notes += _said_of(modifier)
        elif place in taken:
            result.notes.append(f"{modifier} is not applied: it does not go with {taken[place]}.")
        elif RULES[kind](result, modifier, rows):
            taken[place] = modifier
    return result


def _said_of(modifier: str) -> list[str]:
    if modifier == "51":
        return ["51 changes nothing here: the ranking below does what it stands for."]
    if modifier == "22":
        return ["22: Medicare may pay more, by report. The amount here is without it."]
    if modifier in NO_EFFECT:
        return [f"{modifier} does not change the amount."]
    if modifier in ANESTHESIA:
        return [f"{modifier} is for anesthesia, which is paid by base and time units. It is not applied."]
    return [f"{modifier} is no modifier this calculator knows. It is not applied."]


def _part(result: Effect, modifier: str, rows: Mapping) -> bool:
    if modifier not in rows:
        result.notes.append(f"{modifier} is not applied: CMS does not split this code into 26 and TC.")
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
        result.notes.append(f"50 is not applied: {reason} (bilateral indicator {indicator}).")
        return False
    return True


def _helper(result: Effect, modifier: str, rows: Mapping) -> bool:
    indicator = whole(rows).asst_surg
    if indicator not in ("0", "2"):
        reason = "by law no assistant is paid" if indicator == "1" else "an assistant is no concept for this code"
        result.notes.append(f"{modifier} is not applied: {reason} (assistant indicator {indicator}).")
        return False
    if indicator == "0":
        result.notes.append(f"{modifier}: paid only with documents that show the need for an assistant.")
    share = ASSISTANT_NO_PHYSICIAN if modifier == "AS" else ASSISTANT
    result.shares.append((f"{modifier}, assistant at surgery: {_percent(share)}", share))
    return True


def _two_surgeons(result: Effect, modifier: str, rows: Mapping) -> bool:
    indicator = whole(rows).co_surg
    if indicator not in ("1", "2"):
        result.notes.append(f"62 is not applied: two surgeons are not paid (co-surgeon indicator {indicator}).")
        return False
    condition = "with documents that show the need" if indicator == "1" else "if they are of two specialties"
    result.notes.append(f"62: two surgeons are paid {condition}. The amount is that of one of them.")
    result.shares.append((f"62, one of two surgeons: {_percent(CO_SURGEON)}", CO_SURGEON))
    return True


def _team(result: Effect, modifier: str, rows: Mapping) -> bool:
    indicator = whole(rows).team_surg
    if indicator not in ("1", "2"):
        result.notes.append(f"66 is not applied: a team is not paid (team indicator {indicator}).")
        return False
    result.by_report = "66: a team of surgeons is priced by report."
    return True


def _global_part(result: Effect, modifier: str, rows: Mapping) -> bool:
    row = whole(rows)
    share = {
        "54": row.pre_op + row.intra_op,
        "55": row.post_op,
        "56": row.pre_op,
        "78": row.intra_op,
    }[modifier]
    if not share:
        result.notes.append(f"{modifier} is not applied: CMS gives no shares of a global package for this code.")
        return False
    if modifier == "55":
        result.notes.append("55: the amount is for the whole care after the operation; shared care is paid by days.")
    if modifier == "78":
        result.ranks = False
    result.shares.append((f"{modifier}, {GLOBAL_PARTS[modifier]}: {_percent(share)}", share))
    return True


GLOBAL_PARTS = {
    "54": "the operation and what comes before",
    "55": "care after the operation",
    "56": "care before the operation",
    "78": "return to the operating room, the operation alone",
}
RULES: dict[str, Callable[[Effect, str, Mapping], bool]] = {
    "part": _part, "stopped": _stopped, "sides": _both_sides, "helper": _helper, "two": _two_surgeons, "team": _team,
    "global": _global_part,
}  # fmt: skip
ROLES = {"helper", "two", "team"}  # one clinician has one of them
KINDS = {
    "26": "part", "TC": "part", "52": "stopped", "53": "stopped", "50": "sides", "80": "helper", "81": "helper", "82": "helper",
    "AS": "helper", "62": "two", "66": "team", "54": "global", "55": "global", "56": "global", "78": "global",
}  # fmt: skip


def whole(rows: Mapping) -> object:
    """The row of the whole service, whose indicators hold for the parts too; one code (86153) has a part alone."""
    return rows[""] if "" in rows else next(iter(rows.values()))


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} percent"
