"""RVUs, GPCIs and a conversion factor -> dollars, to the cent. No Django.

Formula (CMS, RVU file documentation; 42 CFR 414.20 and following):
    [(work x work GPCI) + (PE x PE GPCI) + (MP x MP GPCI)] x conversion factor
with the facility PE in hospitals and other facilities and the non-facility PE elsewhere. Rounded once, at the
end, half up: so CMS's published amounts (PFREV, OPPSCAP) come out to the cent.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

CENT = Decimal("0.01")
# 42 CFR 414.48 and CMS documentation: 95 % for a non-participating physician, who may charge 115 % of that.
NONPARTICIPATING = Decimal("0.95")
LIMITING_CHARGE = Decimal("1.0925")


class Setting(Enum):
    """Where the service is given: decides which practice expense counts."""

    NONFACILITY = "non-facility"
    FACILITY = "facility"


@dataclass(frozen=True)
class Rvus:
    """One code + modifier: RVUs as printed, and those of the hospital outpatient cap (zero: no cap).

    The cap applies to the technical part of imaging, alone (TC) or within the whole service, never to the
    professional part (26): section 5102(b) of the Deficit Reduction Act of 2005.
    """

    work: Decimal
    nonfac_pe: Decimal
    fac_pe: Decimal
    mp: Decimal
    opps_nonfac_pe: Decimal = Decimal(0)
    opps_fac_pe: Decimal = Decimal(0)
    opps_mp: Decimal = Decimal(0)

    def pe(self, setting: Setting) -> Decimal:
        return self.fac_pe if setting is Setting.FACILITY else self.nonfac_pe

    def opps_pe(self, setting: Setting) -> Decimal:
        return self.opps_fac_pe if setting is Setting.FACILITY else self.opps_nonfac_pe


@dataclass(frozen=True)
class Gpcis:
    """Geographic practice cost indices; 1 each is the national amount."""

    work: Decimal = Decimal(1)
    pe: Decimal = Decimal(1)
    mp: Decimal = Decimal(1)


NATIONAL = Gpcis()


@dataclass(frozen=True)
class Payment:
    """Dollars: the fee schedule amount, the outpatient cap (None where there is none), and the lower of both."""

    fee: Decimal
    cap: Decimal | None

    @property
    def amount(self) -> Decimal:
        return self.fee if self.cap is None else min(self.fee, self.cap)

    @property
    def is_capped(self) -> bool:
        return self.cap is not None and self.cap < self.fee


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def fee(work: Decimal, pe: Decimal, mp: Decimal, gpcis: Gpcis, conversion_factor: Decimal) -> Decimal:
    """Dollars for these three RVUs in a locality."""
    return cents((work * gpcis.work + pe * gpcis.pe + mp * gpcis.mp) * conversion_factor)


def payment(rvus: Rvus, conversion_factor: Decimal, setting: Setting, gpcis: Gpcis = NATIONAL) -> Payment:
    """What Medicare allows for one service in one setting, the outpatient cap applied."""
    amount = fee(rvus.work, rvus.pe(setting), rvus.mp, gpcis, conversion_factor)
    opps_pe = rvus.opps_pe(setting)
    cap = fee(rvus.work, opps_pe, rvus.opps_mp, gpcis, conversion_factor) if opps_pe else None
    return Payment(amount, cap)


def anesthesia_payment(base_units: Decimal, minutes: int, conversion_factor: Decimal) -> Decimal:
    """Dollars for anesthesia: (base + time units) x factor; 15 minutes are a unit, to one decimal.

    Source: Medicare Claims Processing Manual, chapter 12, section 50.
    """
    time_units = (Decimal(minutes) / 15).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return cents((base_units + time_units) * conversion_factor)


def nonparticipating(amount: Decimal) -> Decimal:
    return cents(amount * NONPARTICIPATING)


def limiting_charge(amount: Decimal) -> Decimal:
    return cents(amount * LIMITING_CHARGE)
