"""The payment arithmetic against the amounts CMS itself published."""

import csv
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.cms.archive import SourceFile
from codes.cms.localities import read_gpci
from codes.cms.oppscap import read_oppscap
from codes.cms.pprrvu import read_pprrvu
from codes.payment import Gpcis, Rvus, Setting, anesthesia_payment, limiting_charge, nonparticipating, payment

FACTOR_2026, FACTOR_2026_QPP, FACTOR_2025 = D("33.4009"), D("33.5675"), D("32.3465")
money = st.decimals(0, 500, places=2)
index = st.decimals("0.3", "2", places=3)


def rvus_of(row) -> Rvus:
    # Contractor-priced rows have no RVUs, and their cap is printed all the same.
    figures = [D(0) if value is None else value for value in (row.work, row.nonfac_pe, row.fac_pe, row.mp)]
    return Rvus(*figures, row.opps_nonfac_pe, row.opps_fac_pe, row.opps_mp)


@pytest.fixture(scope="module")
def rows_25(cms):
    path = cms / "rvu25d" / "PPRRVU2025_Oct.csv"
    return {(row.code, row.modifier): row for row in read_pprrvu(SourceFile(path.name, path.read_bytes()))}


@pytest.fixture(scope="module")
def gpcis_25(cms):
    path = cms / "rvu25d" / "GPCI2025.csv"
    return {(g.mac, g.number): Gpcis(g.work, g.pe, g.mp) for g in read_gpci(SourceFile(path.name, path.read_bytes()))}


def test_99214_nationally_in_2026():
    visit = Rvus(D("1.92"), D("2.00"), D("0.47"), D("0.14"))
    assert payment(visit, FACTOR_2026, Setting.NONFACILITY).amount == D("135.61")
    assert payment(visit, FACTOR_2026, Setting.FACILITY).amount == D("84.50")
    assert payment(visit, FACTOR_2026_QPP, Setting.NONFACILITY).amount == D("136.28")


def test_every_locality_of_the_published_2025_amounts_comes_out_to_the_cent(cms, rows_25, gpcis_25):
    lines = csv.reader((cms / "payments" / "PFREV25C.txt").open(encoding="cp1252"))
    published = [line for line in lines if len(line) > 6]
    assert len(published) == 109
    for _, mac, number, code, modifier, nonfacility, facility, *_ in published:
        rvus, gpcis = rvus_of(rows_25[code, modifier.strip()]), gpcis_25[mac, number]
        assert payment(rvus, FACTOR_2025, Setting.NONFACILITY, gpcis).amount == D(nonfacility)
        assert payment(rvus, FACTOR_2025, Setting.FACILITY, gpcis).amount == D(facility)


def test_the_outpatient_cap_comes_out_to_the_cent_for_all_active_imaging(cms, rows_25, gpcis_25):
    path = cms / "rvu25d" / "OPPSCAP_Oct.csv"
    checked = 0
    for cap in read_oppscap(SourceFile(path.name, path.read_bytes())):
        gpcis = gpcis_25.get((cap.mac, cap.number))
        if cap.status != "A" or gpcis is None:
            continue
        rvus = rvus_of(rows_25[cap.code, cap.modifier])
        assert payment(rvus, FACTOR_2025, Setting.FACILITY, gpcis).amount == cap.facility
        assert payment(rvus, FACTOR_2025, Setting.NONFACILITY, gpcis).amount == cap.nonfacility
        checked += 1
    assert checked == 6322


def test_the_cap_of_a_contractor_priced_technical_part_comes_out_to_the_cent(cms, rows_25, gpcis_25):
    path = cms / "rvu25d" / "OPPSCAP_Oct.csv"
    for cap in read_oppscap(SourceFile(path.name, path.read_bytes())):
        gpcis = gpcis_25.get((cap.mac, cap.number))
        if (cap.status, cap.modifier) == ("C", "TC") and gpcis:
            rvus = rvus_of(rows_25[cap.code, "TC"])
            assert payment(rvus, FACTOR_2025, Setting.FACILITY, gpcis).cap == cap.facility


def test_the_reading_alone_is_never_capped(rows_25):
    assert payment(rvus_of(rows_25["70553", "26"]), FACTOR_2025, Setting.NONFACILITY).cap is None


def test_anesthesia_counts_fifteen_minutes_as_a_unit_to_one_decimal():
    assert anesthesia_payment(D(7), 129, D("20.4976")) == D("319.76")


def test_a_nonparticipating_physician_and_the_limiting_charge():
    assert nonparticipating(D("135.61")) == D("128.83")
    assert limiting_charge(D("135.61")) == D("148.15")


@given(money, money, money, index, index, index)
def test_a_payment_is_in_whole_cents_and_never_below_zero(work, pe, mp, gw, gp, gm):
    amount = payment(Rvus(work, pe, pe, mp), FACTOR_2026, Setting.FACILITY, Gpcis(gw, gp, gm)).amount
    assert amount >= 0
    assert amount == amount.quantize(D("0.01"))


@given(money, money, money, money, money)
def test_the_cap_only_ever_lowers_a_payment(work, pe, mp, cap_pe, cap_mp):
    free = payment(Rvus(work, pe, pe, mp), FACTOR_2026, Setting.NONFACILITY)
    capped = payment(Rvus(work, pe, pe, mp, cap_pe, cap_pe, cap_mp), FACTOR_2026, Setting.NONFACILITY)
    assert capped.amount <= free.amount
    assert capped.fee == free.fee


@given(money, money, money, index)
def test_more_work_is_never_paid_less(work, pe, mp, gpci):
    gpcis = Gpcis(gpci, gpci, gpci)
    less = payment(Rvus(work, pe, pe, mp), FACTOR_2026, Setting.FACILITY, gpcis).amount
    more = payment(Rvus(work + 1, pe, pe, mp), FACTOR_2026, Setting.FACILITY, gpcis).amount
    assert more > less
