"""Several services of one day: examples worked by hand, CMS's published amounts, and what must always hold.

The factor of the examples is $100, so that an RVU of 1.00 is $100.
"""

import csv
from dataclasses import replace
from decimal import Decimal as D
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.cms.archive import SourceFile
from codes.cms.localities import read_gpci
from codes.cms.pprrvu import read_pprrvu
from codes.multiple import Entry, Terms, calculate
from codes.page import service_payment
from codes.payment import Gpcis, Setting

TERMS = Terms(D(100), Setting.NONFACILITY)
FACTOR_2025, FACTOR_2026 = D("32.3465"), D("33.4009")


def row(work="1.00", pe="0.00", mp="0.00", **changes):
    """A row as CMS prints it: an operation without a global package, no modifier allowed but what `changes` say."""
    values = {
        "work": D(work), "nonfac_pe": D(pe), "fac_pe": D(pe), "mp": D(mp), "nonfac_na": False, "fac_na": False, "status": "A",
        "not_used": False, "pctc": "0", "global_days": "000", "pre_op": D(0), "intra_op": D(0), "post_op": D(0), "mult_proc": "2",
        "bilat_surg": "0", "asst_surg": "1", "co_surg": "0", "team_surg": "0", "endo_base": "", "opps_nonfac_pe": D(0),
        "opps_fac_pe": D(0), "opps_mp": D(0),
    }  # fmt: skip
    return SimpleNamespace(**values | changes)


def entry(code, *modifiers, units=1, others=None, **values):
    return Entry(code, {"": row(**values)}, modifiers, units, others or {})


def test_kind(work, reading, technical, kind, code, *modifiers):
    """A test with a reading and a technical part, in dollars of the factor 100."""
    work, reading, technical = D(work), D(reading), D(technical)
    common = {"mult_proc": kind, "pctc": "1"}
    rows = {
        "": row(work, reading + technical, **common),
        "26": row(work, reading, **common),
        "TC": row("0.00", technical, **common),
    }
    return Entry(code, rows, modifiers)


test_kind.__test__ = False


def amounts(*entries, terms=TERMS):
    return [line.amount for line in calculate(entries, terms).lines]


class TestOperations:
    def test_the_highest_is_paid_in_full_and_the_next_four_at_half(self):
        works = ["1.00", "6.00", "2.00", "5.00", "3.00"]
        bill = calculate([entry(f"1000{i}", work=work) for i, work in enumerate(works)], TERMS)
        assert [line.amount for line in bill.lines] == [50, 600, 100, 250, 150]
        assert (bill.full, bill.amount, bill.reduction) == (1700, 1150, 550)

    def test_beyond_five_is_by_report_and_not_in_the_sum(self):
        bill = calculate([entry(f"1000{i}", work=f"{9 - i}.00") for i in range(6)], TERMS)
        assert bill.lines[5].amount is None and bill.lines[5].full is None and bill.lines[5].is_by_report
        assert (bill.lines[5].work, bill.lines[5].ranked_work) == (4, None)
        assert bill.amount == 900 + (800 + 700 + 600 + 500) / 2
        assert "eyond the fifth in the ranking: by report" in bill.lines[5].steps[-1].text

    def test_each_unit_is_ranked(self):
        assert amounts(entry("10000", units=3, work="2.00")) == [200 + 100 + 100]

    def test_what_is_no_operation_is_not_ranked(self):
        assert amounts(entry("10000", work="5.00"), entry("99214", work="2.00", mult_proc="0")) == [500, 200]

    def test_work_rvus_are_told_with_and_without_the_ranking(self):
        bill = calculate([entry("10000", work="4.00"), entry("10001", work="2.00")], TERMS)
        assert (bill.work, bill.ranked_work) == (6, 5)

    def test_a_return_to_the_operating_room_is_not_ranked_whatever_its_global_period(self):
        package = {"pre_op": D("0.10"), "intra_op": D("0.70"), "post_op": D("0.20"), "global_days": "090"}
        major, minor = entry("44140", "78", work="4.00", **package), entry("45378", "78", work="2.00")
        bill = calculate([entry("10000", work="5.00"), major, minor], TERMS)
        assert [line.amount for line in bill.lines] == [500, 280, 200]
        assert all("is not ranked" in " ".join(line.notes) for line in bill.lines[1:])

    def test_scopes_of_a_return_are_no_family(self):
        base = row("2.00")
        scopes = [entry(code, "78", work="3.00", mult_proc="3", endo_base="45378", others={"45378": base}) for code in ("45380", "45385")]  # fmt: skip
        assert amounts(*scopes) == [300, 300]


class TestScopes:
    BASE = row("2.00")
    FAMILY = {"mult_proc": "3", "endo_base": "45378"}

    def scope(self, code, work, *modifiers, **more):
        return entry(code, *modifiers, work=work, others={"45378": self.BASE}, **self.FAMILY | more)

    def test_the_others_are_paid_what_they_exceed_the_base_by(self):
        # 500 + (400 − 200), the example of CMS's documentation in our own numbers
        assert amounts(self.scope("45385", "5.00"), self.scope("45380", "4.00")) == [500, 200]

    def test_the_base_itself_is_not_paid_beside_its_family(self):
        base = entry("45378", work="2.00", others={"45378": self.BASE})
        assert amounts(base, self.scope("45380", "4.00")) == [0, 400]

    def test_a_family_that_ranks_second_is_halved_as_a_whole(self):
        lines = [entry("10000", work="9.00"), self.scope("45385", "5.00"), self.scope("45380", "4.00")]
        assert amounts(*lines) == [900, 250, 100]

    def test_one_scope_alone_ranks_as_an_operation(self):
        assert amounts(entry("10000", work="9.00"), self.scope("45385", "5.00")) == [900, 250]

    def test_a_family_whose_base_has_no_amount_is_ranked_code_by_code(self):
        family = {"mult_proc": "3", "endo_base": "0652T"}
        bill = calculate([entry("0653T", work="3.00", **family), entry("0654T", work="2.00", **family)], TERMS)
        assert bill.amount == 400 and "base scope 0652T has no amount" in bill.lines[0].notes[0]


class TestTests:
    def test_further_imaging_loses_half_of_the_technical_part_and_a_twentieth_of_the_reading(self):
        first, second = test_kind(2, 1, 5, "4", "70553"), test_kind(1, 1, 4, "4", "70551")
        assert amounts(first, second) == [800, 600 - 200 - 10]

    def test_technical_part_and_reading_are_ranked_apart(self):
        # The reading of the first is the higher one, the technical part of the second.
        first, second = test_kind(3, 0, 2, "4", "70001"), test_kind(1, 0, 4, "4", "70002")
        assert amounts(first, second) == [500 - 100, 500 - 5]

    def test_readings_alone_lose_a_twentieth(self):
        assert amounts(test_kind(2, 0, 5, "4", "70553", "26"), test_kind(1, 0, 4, "4", "70551", "26")) == [200, 95]

    def test_heart_tests_lose_a_quarter_and_eye_tests_a_fifth_of_the_technical_part(self):
        for kind, lost in (("6", 100), ("7", 80)):
            assert amounts(test_kind(2, 1, 5, kind, "93306"), test_kind(1, 1, 4, kind, "93880")) == [800, 600 - lost]

    def test_kinds_of_tests_do_not_reduce_each_other(self):
        assert amounts(test_kind(1, 1, 4, "6", "93306"), test_kind(1, 1, 4, "7", "92133")) == [600, 600]

    def test_the_outpatient_cap_comes_after_the_reduction(self):
        capped = {"mult_proc": "4", "pctc": "1", "opps_nonfac_pe": D("1.50"), "opps_fac_pe": D("1.50")}
        second = Entry("70551", {"": row("0.00", "4.00", **capped), "TC": row("0.00", "4.00", **capped)}, ("TC",))
        assert amounts(test_kind(0, 0, 9, "4", "70553"), second) == [900, 150]  # half is 200, the cap 150
        capped |= {"opps_nonfac_pe": D("3.00")}
        second = Entry("70551", {"": row("0.00", "4.00", **capped), "TC": row("0.00", "4.00", **capped)}, ("TC",))
        assert amounts(test_kind(0, 0, 9, "4", "70553"), second) == [900, 200]  # capped at 300 alone, halved below it

    def test_a_whole_test_whose_technical_part_is_another_code_is_measured_by_it(self):
        tracing = row("0.00", "2.00", mult_proc="6", pctc="3")
        whole = Entry("93000", {"": row("1.00", "3.00", mult_proc="6", pctc="4")}, others={"93005": tracing})
        assert amounts(test_kind(1, 1, 5, "6", "93306"), whole) == [700, 400 - 50]

    def test_where_the_technical_part_is_unknown_it_is_said(self):
        whole = Entry("93000", {"": row("1.00", "3.00", mult_proc="6", pctc="4")})
        bill = calculate([test_kind(1, 1, 5, "6", "93306"), whole], TERMS)
        assert bill.lines[1].amount == 400 and "no technical part" in bill.lines[1].notes[0]


def test_therapy_keeps_the_highest_practice_expense_and_halves_all_others_by_unit():
    lines = [
        entry("97110", units=2, work="0.50", pe="0.40", mult_proc="5"),
        entry("97140", work="0.40", pe="0.60", mult_proc="5"),
    ]
    assert amounts(*lines) == [2 * (90 - 20), 100]


@pytest.mark.parametrize("indicator, amount, said", [("1", 150, ""), ("3", 200, "each side"), ("0", 100, "not applied"), ("2", 100, "already covers"), ("9", 100, "no concept")])  # fmt: skip
def test_both_sides_follow_the_bilateral_indicator(indicator, amount, said):
    (line,) = calculate([entry("20610", "50", bilat_surg=indicator, mult_proc="0")], TERMS).lines
    assert line.amount == amount and said in " ".join(line.notes)


def test_sides_come_before_the_ranking():
    assert amounts(entry("10000", "50", work="4.00", bilat_surg="1"), entry("10001", work="5.00")) == [600, 250]


@pytest.mark.parametrize("modifier, indicator, amount", [("80", "2", "16"), ("81", "0", "16"), ("82", "2", "16"), ("AS", "2", "13.6"), ("80", "1", "100"), ("AS", "9", "100")])  # fmt: skip
def test_assistants_are_paid_their_share_where_the_indicator_allows_it(modifier, indicator, amount):
    (line,) = calculate([entry("27447", modifier, asst_surg=indicator)], TERMS).lines
    assert line.amount == D(amount) and line.work == D(amount) / 100
    assert ("not applied" in " ".join(line.notes)) is (amount == "100")


@pytest.mark.parametrize("indicator, amount", [("0", "100"), ("1", "62.5"), ("2", "62.5"), ("9", "100")])
def test_two_surgeons_are_paid_where_the_indicator_allows_it(indicator, amount):
    assert amounts(entry("22558", "62", co_surg=indicator)) == [D(amount)]


def test_an_assistant_of_two_operations_is_ranked_before_the_share():
    lines = [entry("10000", "80", work="10.00", asst_surg="2"), entry("10001", "80", work="6.00", asst_surg="2")]
    assert amounts(*lines) == [160, 48]


@pytest.mark.parametrize("modifier, amount", [("54", 79), ("55", 21), ("56", 10), ("78", 69)])
def test_parts_of_the_global_package_are_its_shares(modifier, amount):
    package = {"pre_op": D("0.10"), "intra_op": D("0.69"), "post_op": D("0.21"), "global_days": "090"}
    assert amounts(entry("27447", modifier, **package)) == [amount]
    (line,) = calculate([entry("99214", modifier, global_days="XXX")], TERMS).lines
    assert line.amount == 100 and "no shares of a global package" in line.notes[0]


@pytest.mark.parametrize("modifier", ["52", "53", "66"])
def test_by_report_has_no_amount_and_no_sum_and_its_work_is_for_the_contract_to_say(modifier):
    bill = calculate([entry("10000", modifier, work="4.07", team_surg="2")], TERMS)
    (line,) = bill.lines
    assert line.amount is None and line.is_by_report and "by report" in line.notes[-1]
    assert (
        line.work is None
        and "Its work RVU is 4.07 in full; what of it is credited is for the contract" in line.notes[-1]
    )
    assert (bill.full, bill.amount, bill.work, bill.ranked_work, bill.reduction) == (None, None, None, None, 0)


def test_a_stopped_scope_has_a_row_of_its_own():
    rows = {"": row("4.00"), "53": row("2.00")}
    (line,) = calculate([Entry("45378", rows, ("53",))], TERMS).lines
    assert (line.amount, line.work, line.is_by_report) == (200, 2, False)


class TestStatusT:
    """Paid only if no other service payable under the fee schedule is billed the same day by the same clinician."""

    def alone(self, code="36591", work="1.00", **more):
        return entry(code, work=work, status="T", **{"mult_proc": "0"} | more)

    def test_a_blood_draw_from_a_port_beside_a_visit_is_part_of_the_visit(self):
        bill = calculate([entry("99214", work="2.00", mult_proc="0"), self.alone()], TERMS)
        assert [line.amount for line in bill.lines] == [200, 0] and (bill.full, bill.amount, bill.work) == (300, 200, 3)
        assert "another service of the list is paid by the fee schedule" in bill.lines[1].steps[-1].text

    def test_alone_it_is_paid_and_says_so(self):
        (line,) = calculate([self.alone()], TERMS).lines
        assert line.amount == 100 and "only if nothing else is paid" in line.notes[0]

    def test_of_several_the_highest_is_paid(self):
        lines = calculate([self.alone("94760", "0.11"), self.alone("94761", "0.12")], TERMS).lines
        assert [line.amount for line in lines] == [0, 12] and "94761, of the same status, is" in lines[0].steps[-1].text

    def test_it_takes_no_rank_of_an_operation(self):
        lines = [self.alone("36598", "9.00", mult_proc="2"), entry("10000", work="5.00"), entry("10001", work="4.00")]
        assert amounts(*lines) == [0, 500, 200]

    @pytest.mark.parametrize("other, amount", [
        (entry("J1885", work="0.00", status="E", not_used=True), 100), (entry("99214", "GY"), 100), (entry("99242", status="I", not_used=True), 100),
        (entry("10000", "52"), 0), (Entry("38999", {"": row(status="C")}), 0),
    ])  # fmt: skip
    def test_only_what_the_fee_schedule_pays_stands_in_its_way(self, other, amount):
        if other.code == "38999":
            other.rows[""].work = None
        assert calculate([self.alone(), other], TERMS).lines[0].amount == amount


@pytest.mark.parametrize("modifier", ["CQ", "CO"])
def test_a_therapy_assistant_is_paid_85_percent_after_the_ranking_and_the_work_stays(modifier):
    lines = [entry("97110", modifier, work="0.50", pe="0.40", mult_proc="5"), entry("97140", work="0.40", pe="0.60", mult_proc="5")]  # fmt: skip
    bill = calculate(lines, TERMS)
    assert [line.amount for line in bill.lines] == [D("59.5"), 100] and bill.lines[0].work == D("0.50")


@pytest.mark.parametrize("modifier, said", [("GY", "not covered by law"), ("GZ", "expected to be denied")])
def test_what_medicare_denies_is_paid_nothing_ranks_nowhere_and_keeps_its_work(modifier, said):
    bill = calculate([entry("10000", modifier, work="9.00"), entry("10001", work="4.00")], TERMS)
    assert [line.amount for line in bill.lines] == [0, 400] and bill.lines[0].work == 9
    assert said in bill.lines[0].steps[-1].text and "work RVU" in bill.lines[0].steps[-1].text


class TestEquipment:
    """Film, computed radiography and CT below the standard: a share of the technical part, also within the whole."""

    @pytest.mark.parametrize("modifiers, amount", [
        (("FX",), 700), (("FY",), 750), (("CT",), 725), (("FX", "TC"), 400), (("FX", "26"), 300), (("FY", "FX"), 660),
    ])  # fmt: skip
    def test_the_technical_part_is_reduced_and_the_reading_is_not(self, modifiers, amount):
        (line,) = calculate([test_kind(2, 1, 5, "0", "71046", *modifiers)], TERMS).lines
        assert line.amount == amount and line.work == (0 if "TC" in modifiers else 2)
        assert ("no technical part" in " ".join(line.notes)) is ("26" in modifiers)

    def test_what_has_no_technical_part_is_not_reduced_and_says_so(self):
        (line,) = calculate([entry("99214", "FX")], TERMS).lines
        assert line.amount == 100 and "FX changes nothing" in line.notes[0]

    def test_it_comes_after_the_ranking_of_tests(self):
        assert amounts(test_kind(2, 1, 5, "4", "70553"), test_kind(1, 1, 4, "4", "70450", "CT")) == [800, 390 - 30]


@pytest.mark.parametrize("modifiers, said", [
    (("26",), "does not split"), (("ZZ",), "no modifier this calculator knows"), (("QK",), "anesthesia"), (("AD",), "anesthesia"),
    (("25",), "does not change"), (("73",), "hospitals and surgery centers"), (("FS",), "does not say who bills"), (("LT",), "one line with 50"),
])  # fmt: skip
def test_a_modifier_that_does_nothing_is_said_and_not_applied(modifiers, said):
    (line,) = calculate([entry("99214", *modifiers)], TERMS).lines
    assert line.amount == 100 and said in line.notes[0]


@pytest.mark.parametrize("other", ["AS", "62"])
def test_two_modifiers_of_a_kind_are_not_both_applied(other):
    (line,) = calculate([entry("27447", "80", other, asst_surg="2", co_surg="2")], TERMS).lines
    assert line.amount == 16 and "does not go with 80" in line.notes[0]


@pytest.mark.parametrize("changes, said", [({"status": "I"}, "does not pay"), ({"nonfac_na": True}, "rarely or never done outside"), ({"work": None}, "gives no RVUs")])  # fmt: skip
def test_what_medicare_does_not_pay_has_no_amount_but_keeps_its_work(changes, said):
    line_row = row("2.00")
    vars(line_row).update(changes)
    (line,) = calculate([Entry("99242", {"": line_row})], TERMS).lines
    assert line.amount is None and said in line.notes[0]
    assert line.work == (None if "work" in changes else 2)


@pytest.fixture(scope="module")
def rows_26(cms):
    path = cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
    rows: dict = {}
    for one in read_pprrvu(SourceFile(path.name, path.read_bytes())):
        rows.setdefault(one.code, {})[one.modifier] = one
    return rows


def test_one_code_alone_is_paid_what_its_page_says(rows_26):
    checked = 0
    for code, rows in rows_26.items():
        for modifier, one in rows.items():
            for setting in Setting:
                (line,) = calculate(
                    [Entry(code, rows, (modifier,) if modifier else ())], Terms(FACTOR_2026, setting)
                ).lines
                paid = one.work is not None and one.status in "ART" and not one.not_used
                expected = service_payment(one, FACTOR_2026, setting) if paid else None
                assert line.amount == (expected.amount if expected else None), (code, modifier)
                checked += line.amount is not None
    assert checked > 12_000


def test_colonoscopies_with_polyps_and_biopsy_in_2026(rows_26):
    # National, office: 45385 and 45380 are of the family of 45378; 43239 ranks second beside it.
    scopes = [
        Entry(code, rows_26[code], others={base: rows_26[base][""] for base in ("45378", "43235")})
        for code in ("45385", "45380", "43239")
    ]
    fees = {
        code: service_payment(rows_26[code][""], FACTOR_2026, Setting.NONFACILITY).amount
        for code in ("45385", "45380", "45378", "43239")
    }
    bill = calculate(scopes, Terms(FACTOR_2026, Setting.NONFACILITY))
    expected = fees["45385"] + fees["45380"] - fees["45378"] + fees["43239"] / 2
    assert abs(bill.amount - expected) < D("0.01")


def test_every_locality_of_the_published_2025_amounts_comes_out_to_the_cent(cms):
    sources = (cms / "rvu25d" / "PPRRVU2025_Oct.csv", cms / "rvu25d" / "GPCI2025.csv")
    rows, gpcis = (
        reader(SourceFile(p.name, p.read_bytes())) for reader, p in zip((read_pprrvu, read_gpci), sources, strict=True)
    )
    # CMS prints an amount for the facility too, although its file marks it as never used: the mark is taken off.
    of_code = {one.modifier: replace(one, fac_na=False) for one in rows if one.code == "76145"}
    places = {(g.mac, g.number): Gpcis(g.work, g.pe, g.mp) for g in gpcis}
    published = [
        line for line in csv.reader((cms / "payments" / "PFREV25C.txt").open(encoding="cp1252")) if len(line) > 6
    ]
    for _, mac, number, code, _, nonfacility, facility, *_ in published:
        for setting, amount in ((Setting.NONFACILITY, nonfacility), (Setting.FACILITY, facility)):
            terms = Terms(FACTOR_2025, setting, places[mac, number])
            assert calculate([Entry(code, of_code)], terms).amount == D(amount)
    assert len(published) == 109


value = st.decimals(0, 60, places=2)
base = row("1.50", "0.50")


@st.composite
def a_line(draw):
    kind = draw(st.sampled_from(["0", "2", "3", "4", "5", "6", "7", "9"]))
    common = {
        "mult_proc": kind, "pctc": "1" if kind in "467" else "0", "endo_base": draw(st.sampled_from(["45378", "43235"])) if kind == "3" else "",
        "bilat_surg": draw(st.sampled_from("01239")), "asst_surg": draw(st.sampled_from("0129")), "co_surg": draw(st.sampled_from("012")),
        "pre_op": D("0.1"), "intra_op": D("0.7"), "post_op": D("0.2"), "status": draw(st.sampled_from("AAT")),
    }  # fmt: skip
    work, reading, technical = draw(value), draw(value), draw(value)
    rows = {"": row(work, reading + technical, **common)}
    if kind in "467":
        rows |= {"26": row(work, reading, **common), "TC": row("0.00", technical, **common)}
    modifiers = draw(
        st.lists(
            st.sampled_from(["26", "TC", "50", "51", "52", "54", "59", "62", "78", "80", "AS", "CQ", "FX", "GY"]),
            max_size=2,
            unique=True,
        )
    )
    code = draw(st.sampled_from(["10001", "10002", "70551", "45385", "45380", "43239"]))
    return Entry(code, rows, tuple(modifiers), draw(st.integers(1, 4)), {"45378": base, "43235": base})


@given(st.lists(a_line(), max_size=7), st.randoms())
def test_the_order_of_the_lines_changes_nothing(lines, random):
    shuffled = random.sample(lines, len(lines))
    first, second = calculate(lines, TERMS), calculate(shuffled, TERMS)
    assert (first.amount, first.work, first.ranked_work) == (second.amount, second.work, second.ranked_work)


@given(st.lists(a_line(), max_size=7))
def test_the_sum_is_never_more_than_the_full_sum_and_never_below_zero(lines):
    bill = calculate(lines, TERMS)
    if any(line.amount is not None for line in bill.lines):
        assert 0 <= bill.amount <= bill.full
    else:
        assert bill.amount is None and bill.full is None
    assert bill.ranked_work is None or bill.ranked_work <= bill.work


@given(st.lists(a_line(), min_size=1, max_size=5))
def test_every_line_is_in_whole_cents_and_its_last_step_is_its_amount(lines):
    for line in calculate(lines, TERMS).lines:
        if line.amount is not None:
            assert line.amount == line.amount.quantize(D("0.01"))
            if line.effect.shares or line.effect.pay_shares:
                assert line.steps[-1].amount == line.amount


@given(a_line())
def test_one_line_of_one_unit_alone_is_never_reduced(line):
    bill = calculate(
        [Entry(line.code, line.rows, tuple(m for m in line.modifiers if m != "50"), 1, line.others)], TERMS
    )
    assert bill.amount == bill.full
