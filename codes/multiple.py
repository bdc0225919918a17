"""Services of one clinician for one patient on one day -> what Medicare allows for each and in sum. No Django.

Rows are read by their attributes (codes/models: RvuRow). The order of steps is CMS's: sides, families of scopes, ranking,
then shares of helpers. Sources: CMS, RVU file documentation, field "multiple procedure" (values 0 to 7); Medicare Claims
Processing Manual, chapter 12, section 40.6 (several operations, families of scopes, "by report" beyond five).
The reduction of a technical part comes before its outpatient cap (CY 2007 physician fee schedule final rule, and the
pricing worksheets of Medicare contractors). Status T: RVU file documentation, field "status code".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from codes.modifiers import ONE, Effect, effect, whole
from codes.page import is_na, is_paid, rvus_of
from codes.payment import NATIONAL, Gpcis, Setting, cents, payment

FIRST, FURTHER, PAID_BY_RANK = ONE, Decimal("0.5"), 5
THERAPY_PE = Decimal("0.5")
# Indicator -> what is paid of the technical part and of the reading of the second and further tests.
TESTS = {
    "4": (Decimal("0.5"), Decimal("0.95")),
    "6": (Decimal("0.75"), ONE),
    "7": (Decimal("0.8"), ONE),
}
# Whole tests whose technical part is a code, or codes, of their own (PC/TC indicator 4). Their RVUs add up in CMS's files.
TECHNICAL_CODES = {
    "93000": ("93005",), "93015": ("93017",), "93040": ("93041",), "93224": ("93225", "93226"), "93241": ("93242", "93243"),
    "93245": ("93246", "93247"), "93268": ("93270", "93271"), "93784": ("93786", "93788"),
}  # fmt: skip
Rows = Mapping[str, object]  # modifier -> row


@dataclass(frozen=True)
class Terms:
    """What holds for the whole list. The factor is in dollars for each RVU."""

    factor: Decimal
    setting: Setting
    gpcis: Gpcis = NATIONAL


@dataclass(frozen=True)
class Entry:
    """One line as billed: `units` of a code; `rows` are not empty. `others` are rows that it is measured by: base scope, technical codes."""

    code: str
    rows: Rows
    modifiers: tuple[str, ...] = ()
    units: int = 1
    others: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    text: str
    amount: Decimal | None = None


@dataclass
class Item:
    """One service: `value` before the ranking and `pay` after it, in dollars; None is by report. `work` likewise in RVUs.

    `technical` is what `pay` holds for equipment and staff, kept where a modifier reduces that.
    """

    line: "Line"
    value: Decimal
    work: Decimal
    pay: Decimal | None = None
    ranked_work: Decimal | None = None
    technical: Decimal = Decimal(0)
    why: str = ""

    @property
    def key(self) -> tuple:
        return (-self.value, self.line.entry.code, self.line.entry.modifiers)


@dataclass
class Line:
    """An entry with what it comes to. Amounts are dollars to the cent; None where Medicare gives none.

    `full` is what the line comes to alone, `amount` what it comes to beside the others.
    """

    entry: Entry
    effect: Effect
    row: object = None
    notes: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    fee: Decimal | None = None
    technical: Decimal = Decimal(0)  # of one service, where a modifier reduces it
    full: Decimal | None = None
    amount: Decimal | None = None
    work: Decimal | None = None
    ranked_work: Decimal | None = None
    is_by_report: bool = False
    ranks: bool = True

    @property
    def count(self) -> int:
        return self.entry.units * self.effect.times


@dataclass(frozen=True)
class Bill:
    """The lines and their sums; a sum is None where no line has a value, and leaves out the lines that have none."""

    lines: list[Line]
    full: Decimal | None
    amount: Decimal | None
    work: Decimal | None
    ranked_work: Decimal | None

    @property
    def reduction(self) -> Decimal:
        return Decimal(0) if self.full is None else self.full - self.amount


def calculate(entries: Sequence[Entry], terms: Terms) -> Bill:
    """What Medicare allows for these lines together. The order of the lines changes nothing."""
    lines = [_read(entry, terms) for entry in entries]
    _bundle(lines)
    items = [item for line in lines if line.ranks for item in line.items]
    _rank_operations([item for item in items if item.line.row.mult_proc in ("2", "3")], terms)
    _rank_therapy([item for item in items if item.line.row.mult_proc == "5"], terms)
    for indicator in TESTS:
        _rank_tests([item for item in items if item.line.row.mult_proc == indicator], terms, indicator)
    for line in lines:
        _add_up(line)
        line.notes = list(dict.fromkeys(line.notes))
    return Bill(lines, *(_sum(lines, name) for name in ("full", "amount", "work", "ranked_work")))


def _sum(lines: Sequence[Line], name: str) -> Decimal | None:
    known = [value for line in lines if (value := getattr(line, name)) is not None]
    return sum(known, Decimal(0)) if known else None


def row_of(rows: Rows, effect: Effect) -> object:
    """The row a line is read by: that of the part its modifiers name, else the whole service."""
    return rows.get(effect.part) or whole(rows)


def work_of(row: object, effect: Effect, units: int = 1) -> Decimal | None:
    """Work RVUs of these services before any ranking; None where CMS gives none or a contract has to say what counts."""
    if row.work is None or effect.by_report:
        return None
    return row.work * effect.sides * effect.times * units * effect.share


def _read(entry: Entry, terms: Terms) -> Line:
    """A line with its fee and one item for each service, before any ranking."""
    line = Line(entry, effect(entry.modifiers, entry.rows))
    line.row = row = row_of(entry.rows, line.effect)
    line.notes, line.ranks = [*line.effect.notes, *line.effect.refused], line.effect.ranks
    line.work = line.ranked_work = work_of(row, line.effect, entry.units)
    if line.effect.denied:
        line.full = line.amount = cents(Decimal(0))
        line.steps.append(Step(line.effect.denied, line.amount))
    elif reason := _unpaid(row, terms.setting):
        line.notes.append(reason)
    else:
        _price(line, terms)
    return line


def _price(line: Line, terms: Terms) -> None:
    """Fee and items of a line that Medicare pays by its RVUs."""
    row, sides = line.row, line.effect.sides
    paid = payment(rvus_of(row), terms.factor, terms.setting, terms.gpcis)
    line.fee = paid.amount
    line.steps.append(Step(_formula(row, terms), paid.fee))
    if paid.is_capped:
        line.steps.append(Step("Limited to the hospital outpatient amount", paid.amount))
    if line.effect.by_report:
        credit = f"Its work RVU is {row.work} in full; what of it is credited is for the contract to say."
        line.notes.append(f"{line.effect.by_report} {credit}")
        line.is_by_report = True
        return
    value = paid.amount * sides
    if sides != ONE:
        line.steps.append(Step("50, both sides: 150 percent", cents(value)))
    if line.effect.technical_shares:
        line.technical = _technical(line, terms) * sides
    work = row.work * sides
    line.items = [Item(line, value, work, value, work, line.technical) for _ in range(line.count)]


def _technical(line: Line, terms: Terms) -> Decimal:
    """What equipment and staff are paid of one service; zero, with a note, where the line has no such part."""
    part, _ = _parts(line, terms)
    if part is None:
        names = " and ".join(text[:2] for text, _ in line.effect.technical_shares)
        line.notes.append(f"{names} changes nothing: CMS's file gives this line no technical part.")
        return Decimal(0)
    return part[0] if part[1] is None else min(part)


def _bundle(lines: Sequence[Line]) -> None:
    """Status T is paid only where nothing else payable is billed that day; among several of them, one is paid.

    CMS ranks them by nothing; the highest is taken. A contractor's price (status C) is payable too.
    """
    ordered = sorted(
        (line for line in lines if line.row.status == "T" and (line.items or line.is_by_report)),
        key=lambda line: (line.is_by_report, [item.key for item in line.items[:1]], -line.count, line.entry.code, line.entry.modifiers),
    )  # fmt: skip
    others = any(_is_payable(line) for line in lines if line.row.status != "T")
    for line in ordered if others else ordered[1:]:
        line.ranks = line.is_by_report = False
        beside = "another service of the list is" if others else f"{ordered[0].entry.code}, of the same status, is"
        said = f"status T: nothing, as {beside} paid by the fee schedule on that day"
        for item in line.items:
            item.pay = item.ranked_work = item.technical = Decimal(0)
            item.why = said
        if not line.items:
            line.full = line.amount = cents(Decimal(0))
            line.steps.append(Step(said, line.amount))
    if ordered and not others:
        ordered[0].notes.append(
            "Status T: paid only if nothing else is paid to this clinician for this patient on that day."
        )


def _is_payable(line: Line) -> bool:
    return bool(line.items) or line.is_by_report or (line.row.status == "C" and not line.effect.denied)


def _unpaid(row: object, setting: Setting) -> str:
    if row.work is None:
        return "CMS gives no RVUs for this code, so there is no amount here. Its page says how it is paid."
    if not is_paid(row):
        return "Medicare does not pay with these RVUs. Other payers and employers may use them."
    if is_na(row, setting):
        where = "outside a facility" if setting is Setting.NONFACILITY else "in a facility"
        return f"NA: CMS marks it as rarely or never done {where}."
    return ""


def _formula(row: object, terms: Terms) -> str:
    pe = rvus_of(row).pe(terms.setting)
    gpcis = terms.gpcis
    return (
        f"Fee of one, {terms.setting.value}: ({row.work} × {gpcis.work} + {pe} × {gpcis.pe} + {row.mp} × {gpcis.mp}) "
        f"× {terms.factor}"
    )


def _rank_operations(items: list[Item], terms: Terms) -> None:
    """Indicators 2 and 3: families of scopes first, then the highest in full, the next four at half."""
    procedures = sorted(_procedures(items, terms), key=lambda group: (-sum(i.pay for i in group), group[0].key))
    if len(procedures) < 2:
        return
    for rank, group in enumerate(procedures, 1):
        share = FIRST if rank == 1 else FURTHER
        for item in group:
            said = f"{ordinal(rank)} in the ranking: " + ("in full" if rank == 1 else f"{share * 100:.0f} percent")
            if rank > PAID_BY_RANK:
                said = "beyond the fifth in the ranking: by report, not below 50 percent"
            item.why = f"{item.why}; {said}" if item.why else said
            item.pay = item.pay * share if rank <= PAID_BY_RANK else None
            item.ranked_work = item.ranked_work * share if rank <= PAID_BY_RANK else None


def _procedures(items: list[Item], terms: Terms) -> list[list[Item]]:
    """Items that count as one procedure: a family of scopes, or an item alone. Families are priced on the way."""
    bases = {item.line.row.endo_base for item in items} - {""}
    families: dict[str, list[Item]] = {}
    alone = []
    for item in sorted(items, key=lambda item: item.key):
        base = item.line.row.endo_base or (item.line.entry.code if item.line.entry.code in bases else "")
        families.setdefault(base, []).append(item) if base else alone.append([item])
    for base, family in families.items():
        if len(family) > 1 and _price_family(base, family, terms):
            alone.append(family)
        else:
            alone += [[item] for item in family]
    return alone


def _price_family(base: str, family: list[Item], terms: Terms) -> bool:
    """The highest scope in full, each other at what it exceeds the base by, the base itself at nothing."""
    row = next((other for item in family if (other := item.line.entry.others.get(base))), None)
    if row is None or row.work is None:
        for item in family:
            item.line.notes.append(f"The base scope {base} has no amount here; the family is ranked code by code.")
        return False
    fee = payment(rvus_of(row), terms.factor, terms.setting, terms.gpcis).amount
    members = [item for item in family if item.line.entry.code != base]
    for item in family:
        if item.line.entry.code == base:
            item.pay, item.ranked_work = Decimal(0), Decimal(0)
            item.why = "base scope of the family: part of the others"
        elif item is members[0]:
            item.why = f"highest scope of the family of {base}: in full"
        else:
            sides = item.line.effect.sides
            item.pay = max(item.value - fee * sides, Decimal(0))
            item.ranked_work = max(item.work - row.work * sides, Decimal(0))
            item.why = f"further scope of the family: less the base {base}, ${fee}"
    return True


def _rank_therapy(items: list[Item], terms: Terms) -> None:
    """Indicator 5: the highest practice expense in full, half of that of every further service and unit."""
    ordered = sorted(items, key=lambda item: (-rvus_of(item.line.row).pe(terms.setting), item.key))
    for item in ordered[:1] if len(ordered) > 1 else []:
        item.why = "highest practice expense: in full"
    for item in ordered[1:]:
        pe = rvus_of(item.line.row).pe(terms.setting) * terms.gpcis.pe * terms.factor
        item.pay = item.value - pe * (ONE - THERAPY_PE)
        item.why = "further therapy service: practice expense at 50 percent"


def _rank_tests(items: list[Item], terms: Terms, indicator: str) -> None:
    """Indicators 4, 6, 7: the technical part of all but the highest is reduced, and for imaging the reading too."""
    technical_share, reading_share = TESTS[indicator]
    of_line = {id(item.line): _parts(item.line, terms) for item in items}
    parts = [(item, *of_line[id(item.line)]) for item in items]
    for item in items if len(items) > 1 else []:
        if of_line[id(item.line)] == (None, None):
            item.line.notes.append("CMS's file gives no technical part of this test, so the reduction could not be worked out.")  # fmt: skip
    for part, share, name in ((1, technical_share, "technical part"), (2, reading_share, "reading")):
        ranked = sorted(
            (entry for entry in parts if entry[part] and entry[part][0]), key=lambda e: (-e[part][0], e[0].key)
        )
        if share == ONE or len(ranked) < 2:
            continue
        for rank, entry in enumerate(ranked):
            item, (fee, cap) = entry[0], entry[part]
            said = f"highest {name}: in full"
            if rank:
                reduced = fee * share if cap is None else min(fee * share, cap)
                lost = (fee if cap is None else min(fee, cap)) - reduced
                item.pay -= lost
                item.technical -= lost if part == 1 and item.line.technical else 0
                said = f"further {name}: {share * 100:.0f} percent"
            item.why = f"{item.why}; {said}" if item.why else said


def _parts(line: Line, terms: Terms) -> tuple[tuple | None, tuple | None]:
    """((fee, cap) of the technical part, (fee, cap) of the reading) of one test; None for a part it does not have."""
    rows, part = line.entry.rows, line.effect.part
    if part == "TC" or line.row.pctc == "3":
        return _fee_and_cap([line.row], terms), None
    if part == "26" or line.row.pctc == "2":
        return None, _fee_and_cap([line.row], terms)
    if "TC" in rows:
        return _fee_and_cap([rows["TC"]], terms), _fee_and_cap([rows["26"]], terms) if "26" in rows else None
    codes = TECHNICAL_CODES.get(line.entry.code, ())
    if codes and all(code in line.entry.others for code in codes):
        return _fee_and_cap([line.entry.others[code] for code in codes], terms), None
    return None, None


def _fee_and_cap(rows: Sequence[object], terms: Terms) -> tuple[Decimal, Decimal | None]:
    if any(row.work is None for row in rows):
        return Decimal(0), None
    paid = [payment(rvus_of(row), terms.factor, terms.setting, terms.gpcis) for row in rows]
    caps = [one.cap for one in paid]
    return sum(one.fee for one in paid), None if None in caps else sum(caps)


def _add_up(line: Line) -> None:
    """Sums the items of a line, applies the shares of its modifiers, and rounds once."""
    if not line.items:
        return
    line.items.sort(key=lambda item: (item.pay is None, -(item.pay or 0), item.why))
    _tell_items(line)
    known = [item for item in line.items if item.pay is not None]
    line.is_by_report = len(known) < len(line.items)
    if not known:
        line.ranked_work = None
        return
    alone = _shared(line.effect, sum(item.value for item in known), line.technical * len(known))
    line.full = cents(alone[-1].amount)
    told = _shared(line.effect, sum(item.pay for item in known), sum(item.technical for item in known))
    line.steps += [Step(step.text, cents(step.amount)) for step in told[1:]]
    line.amount = cents(told[-1].amount)
    line.ranked_work = sum(item.ranked_work for item in known) * line.effect.share


def _shared(effect: Effect, pay: Decimal, technical: Decimal) -> list[Step]:
    """The sum of a line, and what each share of its modifiers leaves of it, exact: the technical part first."""
    steps = [Step("", pay)]
    for text, part in effect.technical_shares:
        pay -= technical * (ONE - part)
        technical *= part
        steps.append(Step(text, pay))
    for text, part in (*effect.shares, *effect.pay_shares):
        pay *= part
        steps.append(Step(text, pay))
    return steps


def _tell_items(line: Line) -> None:
    for (why, pay), group in groupby(line.items, key=lambda item: (item.why, item.pay)):
        count = len(list(group))
        units = f"{count} × " if count > 1 else ""
        if why or units:
            total = None if pay is None else cents(pay * count)
            line.steps.append(Step(f"{units}{why or f'${cents(pay)}'}", total))


def ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def companions(code: str, rows: Rows) -> set[str]:
    """Codes whose rows an entry needs beside its own: the base of its family, the technical parts of a whole test."""
    bases = {row.endo_base for row in rows.values()} - {""}
    return bases | set(TECHNICAL_CODES.get(code, ()))
