"""Pages for students, residents and attendings."""

import pytest

from codes.models import Benchmark
from tests.codes.tools.reading import page, text

pytestmark = pytest.mark.django_db


class TestStudents:
    def test_plain_words_lead_to_a_lesson_on_the_code_itself(self, client):
        said = text(page(client, "/students/?q=gallbladder+removal"))
        assert "47562" in said and "Work 10.21" in said and "Total 18.92" in said
        assert "18.92 × $33.4009 = $631.95" in said and "global period 090" in said

    def test_another_of_the_codes_found_can_be_chosen(self, client):
        said = text(page(client, "/students/?q=office+visit&code=99214"))
        assert "4.06 × $33.4009 = $135.61" in said and "In the other setting it is $84.50" in said

    @pytest.mark.parametrize("code, said, unsaid", [
        ("99244", "Medicare uses another code to report and pay for this service", "any payer"), ("72148", "CMS marks a facility as rarely or never used", "in a hospital the practice expense"),
        ("93005", "adds nothing to what employers count", "many pay by it"), ("99214", "in a hospital the practice expense is another", "Medicare wants"),
        ("47562", "those of a facility", "another code"), ("36598", "Paid only if this provider bills no other service", "another code"),
    ])  # fmt: skip
    def test_each_sentence_is_true_of_the_code(self, client, code, said, unsaid):
        shown = text(page(client, f"/students/?code={code}"))
        assert said in shown and unsaid not in shown

    @pytest.mark.parametrize("query, said", [
        ("q=qqqqzzzz", "Nothing was found"), ("code=99999", "not in this catalogue"), ("code=99242", "Medicare does not pay with these RVUs"),
        ("code=J7521", "CMS gives no RVUs for this code"), ("code=<script>", "not in this catalogue"),
    ])  # fmt: skip
    def test_what_has_no_lesson_is_said(self, client, query, said):
        assert said in text(page(client, f"/students/?{query}"))

    def test_a_cold_page_takes_few_queries(self, client, django_assert_max_num_queries):
        with django_assert_max_num_queries(8):
            page(client, "/students/?q=gallbladder")


class TestResidents:
    def test_minimums_and_codes_of_a_specialty(self, client):
        said = text(page(client, "/residents/?specialty=general-surgery"))
        assert "Total major cases 850 cases" in said and "ACGME RC for Surgery" in said and "47562" in said

    def test_the_order_of_the_codes_is_said(self, client):
        said = text(page(client, "/residents/?specialty=general-surgery"))
        assert "most stand first, counted over all specialties" in said and "physicians use most" not in said

    def test_a_specialty_without_minimums_says_so(self, client):
        assert "No case minimums of this specialty were found" in text(page(client, "/residents/?specialty=cardiology"))

    def test_an_unknown_specialty_is_said(self, client):
        assert "not in the list" in text(page(client, "/residents/?specialty=astrology"))

    def test_a_cold_page_takes_few_queries(self, client, django_assert_max_num_queries):
        with django_assert_max_num_queries(8):
            page(client, "/residents/?specialty=general-surgery")


class TestAttendings:
    def test_a_week_becomes_a_year(self, client):
        said = text(page(client, "/attendings/?codes=99213x30,99214x35&weeks=40&rate=50"))
        # 30 × 1.30 + 35 × 1.92 = 106.20 a week
        assert (
            "Work RVUs a year 4,248" in said
            and "Work RVUs a week 106.20" in said
            and "Pay a year at $50 $212,400" in said
        )
        assert "40 weeks a year" in said

    def test_the_sum_stands_among_the_benchmarks_of_the_specialty(self, client):
        html = page(client, "/attendings/?codes=99213x30,99214x35&weeks=40&specialty=cardiology")
        assert "Median, 2019 8,154 −3,906" in text(html) and "your estimate" in html

    def test_a_specialty_without_benchmarks_is_said(self, client):
        Benchmark.objects.all().delete()
        said = text(page(client, "/attendings/?codes=99213&specialty=cardiology"))
        assert "No benchmark of work RVUs is known for that choice" in said

    def test_the_reading_counts_as_the_reading(self, client):
        assert "Work RVUs a week 22.30" in text(page(client, "/attendings/?codes=70553-26x10"))

    @pytest.mark.parametrize("line, weekly", [
        ("99214-25x3", "5.76"), ("20610-50x2", "2.31"), ("27447-80x10", "30.576"), ("27447-62x2", "23.8875"), ("93306-TCx5", "0.00"),
        ("99214-GYx3", "5.76"), ("97110-GP-CQx10", "4.50"),
    ])  # fmt: skip
    def test_modifiers_count_by_the_arithmetic_of_the_calculator(self, client, line, weekly):
        assert f"Work RVUs a week {weekly}" in text(page(client, f"/attendings/?codes={line}"))

    def test_the_form_takes_modifiers_and_keeps_what_is_wrong(self, client):
        response = client.get("/attendings/?code=70553-26&units=10&code=99214-25-59&units=0")
        assert "Work RVUs a week 22.30" in text(response.content.decode())
        assert response["HX-Push-Url"] == "/attendings/?code=70553-26&units=10&code=99214-25-59&units=0"
        assert 'value="99214-25-59"' in response.content.decode()
        again = client.get("/attendings/?code=99214-25&units=1.5")
        assert again["HX-Push-Url"] == "/attendings/?code=99214-25&units=1.5"
        assert 'value="99214-25"' in again.content.decode() and 'value="1.5"' in again.content.decode()

    def test_the_form_is_pushed_as_a_short_address(self, client):
        response = client.get("/attendings/?code=99213&units=30&code=&units=1&weeks=46&rate=50&specialty=")
        assert response["HX-Push-Url"] == "/attendings/?codes=99213x30&weeks=46&rate=50"

    @pytest.mark.parametrize("query, said", [
        ("codes=99213&weeks=60", "from 1 to 52"), ("codes=99213&rate=lots", "amount in dollars"), ("codes=99213&rate=-1", "amount in dollars"),
        ("codes=99213&rate=NaN", "amount in dollars"), ("codes=99213x5000", "from 1 to 999"), ("codes=J7521", "no work RVU"),
        ("codes=00790", "no work RVU"), ("codes=99213-50", "50 is not applied"), ("codes=58558-52", "for the contract to say"), ("codes=J1885", "There is no sum"),
        ("codes=99213x3,J1885", "The sums leave out 1 line that has no value."), ("codes=J1885&rate=50", "Work RVUs a year none"), ("codes=XXXXX", "no code of this catalogue"),
    ])  # fmt: skip
    def test_wrong_input_gets_a_sentence(self, client, query, said):
        assert said in text(page(client, f"/attendings/?{query}"))

    def test_a_cold_page_takes_few_queries(self, client, django_assert_max_num_queries):
        with django_assert_max_num_queries(8):
            page(client, "/attendings/?codes=99213x30,99214x35&rate=50&specialty=cardiology")
