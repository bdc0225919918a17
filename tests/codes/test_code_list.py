import re

import pytest

from codes.models import Code

pytestmark = pytest.mark.django_db


def codes_of(response):
    return re.findall(r'<b class="code">(\w{5})</b>', response.content.decode().split('id="results"')[1])


def test_the_list_shows_everything_by_code(client):
    response = client.get("/cpt-codes/")
    assert codes_of(response)[:2] == sorted(Code.objects.listed().values_list("code", flat=True))[:2]
    assert "Page 1 of" in response.content.decode()


def test_a_search_shows_its_best_match_first(client):
    assert codes_of(client.get("/cpt-codes/", {"q": "lap chole"}))[0] == "47562"


def test_filters_narrow_a_search(client):
    found = codes_of(client.get("/cpt-codes/", {"q": "gallbladder", "category": "anesthesia"}))
    assert found
    assert set(Code.objects.filter(code__in=found).values_list("category_id", flat=True)) == {"anesthesia"}


@pytest.mark.parametrize(
    "query, check",
    [({"has_work": "on"}, lambda row: row.work > 0), ({"work_min": "30", "work_max": "40"}, lambda row: 30 <= row.work <= 40),
     ({"global_days": "090"}, lambda row: row.global_days == "090"), ({"status": "C"}, lambda row: row.status == "C")],
)  # fmt: skip
def test_a_filter_holds_for_every_row(client, query, check):
    found = codes_of(client.get("/cpt-codes/", query))
    assert found
    for code in Code.objects.filter(code__in=found):
        assert check(code.rows.get(release__is_current=True, modifier=""))


def test_specialty_and_code_set_filter(client):
    found = codes_of(client.get("/cpt-codes/", {"specialty": "nephrology", "code_set": "hcpcs2"}))
    assert "J7521" in found


def test_sorted_by_work_the_unvalued_stand_last(client):
    found = codes_of(client.get("/cpt-codes/", {"sort": "-work"}))
    works = [Code.objects.get(code=c).rows.get(release__is_current=True, modifier="").work for c in found]
    assert works == sorted(works, reverse=True)
    assert None not in works


def test_a_code_that_left_the_fee_schedule_is_marked_in_lists_and_offered_by_no_page(client):
    gone = Code.objects.filter(rows__release__name="RVU25D").exclude(rows__release__name="RVU26C").first()
    for address in ("/cpt-codes/", "/cpt-codes/suggest/"):
        assert "no longer in use, last in RVU25D" in client.get(address, {"q": gone.code}).content.decode()
        assert "no longer in use" not in client.get(address, {"q": "99214"}).content.decode()
    office = Code.objects.get(pk="99214")
    office.related.set([gone, "99213"])
    html = client.get(office.get_absolute_url()).content.decode()
    related = html.split('id="related"')[1].split("</ul>")[0]
    assert "99213" in related and gone.code not in related


def test_a_code_of_which_the_reading_alone_has_rvus_shows_that(client):
    html = client.get("/cpt-codes/", {"q": "70170"}).content.decode()
    assert "wRVU, with 26" in html and "no work RVU" not in html


def test_pages_follow_each_other_without_a_gap(client):
    first, second = (codes_of(client.get("/cpt-codes/", {"category": "surgery", "page": n})) for n in (1, 2))
    assert len(first) == len(second) == 25
    assert max(first) < min(second)


@pytest.mark.parametrize(
    "query",
    [{"page": "x"}, {"page": "99999"}, {"work_min": "abc"}, {"category": "nope"}, {"sort": "'"}, {"q": "x" * 5000}],
)
def test_nonsense_in_the_address_is_no_error(client, query):
    assert client.get("/cpt-codes/", query).status_code == 200


def test_counts_by_category(client):
    html = client.get("/cpt-codes/", {"q": "colonoscopy"}).content.decode()
    assert "By category" in html and "category=surgery" in html


def test_nothing_found_says_what_to_try(client):
    assert "Nothing was found" in client.get("/cpt-codes/", {"q": "qqqqzzzzxxxx"}).content.decode()


def test_htmx_gets_the_results_alone(client):
    html = client.get("/cpt-codes/", {"q": "ekg"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html and 'id="results"' in html


def test_suggestions_are_a_fragment_with_links(client):
    html = client.get("/cpt-codes/suggest/", {"q": "tacr"}).content.decode()
    assert "/cpt-codes/j-codes/J7521/" in html and "<html" not in html


@pytest.mark.parametrize(
    "query",
    [
        {"q": "lap chole"},
        {"q": "egd with biopsy", "category": "surgery"},
        {"q": "992"},
        {"category": "radiology", "sort": "work"},
        {},
    ],
)
def test_a_search_takes_at_most_six_queries(client, django_assert_max_num_queries, query):
    with django_assert_max_num_queries(6):
        client.get("/cpt-codes/", query)


def test_all_codes_links_every_code(client):
    html = client.get("/cpt-codes/all/").content.decode()
    linked = set(re.findall(r'href="\.\./[a-z-]+/(\w{5})/"', html))
    assert linked == set(Code.objects.listed().values_list("code", flat=True))
