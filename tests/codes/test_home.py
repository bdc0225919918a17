"""The start page's list of codes: what visitors look at, once enough did."""

from datetime import timedelta

import pytest
from django.utils import timezone

from codes.home import WELL_KNOWN
from codes.models import CodeViews

pytestmark = pytest.mark.django_db

SEEN = ["20611", "27448", "93000", "71046", "36415", "99212", "99215", "99203", "12001", "10060", "69210", "11721"]


def look(codes, day):
    CodeViews.objects.bulk_create(CodeViews(code_id=code, day=day, count=99 - i) for i, code in enumerate(codes))


def shown(client):
    response = client.get("/")
    return [code.pk for code in response.context["popular"]], response.content.decode()


def test_a_new_site_offers_codes_to_start_with(client):
    codes, html = shown(client)
    assert codes == WELL_KNOWN and "Codes to start with" in html


def test_what_is_looked_at_most_stands_there_with_the_most_seen_first(client):
    look(SEEN, timezone.localdate() - timedelta(days=2))
    codes, html = shown(client)
    assert codes == SEEN and "Most looked up here in the last month" in html


@pytest.mark.parametrize("days", [0, 45])
def test_today_and_last_season_do_not_count(client, days):
    look(SEEN, timezone.localdate() - timedelta(days=days))
    assert shown(client)[0] == WELL_KNOWN
