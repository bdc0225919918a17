"""The blog, guides and pages, as a visitor sees them."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from blog.models import Correction, Tag, Text
from codes.models import CatalogueState, Release
from tests.blog.small import ahead, get, post

pytestmark = pytest.mark.django_db
BODY = '## One\n\nOf 99214.\n\n## Two\n\n{% payment "99214" %}\n\n## Three\n\nEnd.\n' + "word " * 600


def test_a_post(client):
    text = post("on-pay", body=BODY, tags=("pay",), stages=["resident"], sources=[["CMS", "https://www.cms.gov/x"]])
    html = get(client, text.get_absolute_url())
    assert (
        "<h1>On pay</h1>" in html and "Ada Marsh" in html and "January 2, 2026" in html and "3 minutes to read" in html
    )
    assert re.findall(r'<a href="#([a-z]+)">', html) == ["one", "two", "three"]
    assert "$135.61" in html and 'href="https://www.cms.gov/x"' in html and "For residents" in html
    assert "release RVU26C of June 30, 2026" in html
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])
    assert (data["@type"], data["headline"], data["author"]["name"]) == ("Article", "On pay", "Ada Marsh")
    assert data["datePublished"] == "2026-01-02T12:00:00+00:00" and data["url"] == "http://testserver/blog/on-pay/"


def test_a_scheduled_post_was_not_changed_before_it_was_published(client):
    moment = timezone.now() - timedelta(seconds=5)
    text = post("on-pay", published=moment)
    Text.objects.filter(pk=text.pk).update(updated_at=moment - timedelta(days=9))
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', get(client, text.get_absolute_url()))[1])
    assert data["dateModified"] == data["datePublished"] == moment.isoformat()


def test_related_posts_share_tags(client):
    text = post("one", tags=("zoo", "pay"))
    post("two", tags=("zoo", "pay"))
    post("three", tags=("zoo",))
    html = get(client, text.get_absolute_url())
    related = re.findall(r'href="/blog/([a-z-]+)/"', html.partition('id="related"')[2])
    assert related[:2] == ["two", "three"] and len(related) == 3


@pytest.mark.parametrize("hidden", [{"status": "draft"}, {"published": ahead(hours=1)}], ids=["draft", "scheduled"])
def test_what_is_not_published_is_nowhere(client, hidden):
    post("secret-quokka", tags=("pay",), **hidden)
    assert client.get("/blog/secret-quokka/").status_code == 404
    for address in ("/", "/blog/", "/blog/?q=quokka", "/blog/tag/pay/", "/blog/feed/", "/sitemap-texts.xml"):
        assert "secret-quokka" not in get(client, address)


def test_a_scheduled_post_appears_when_its_time_comes(client):
    address = "/blog/tag/soon/"
    text = post("soon", tags=("soon",), published=ahead(seconds=30))
    tag = client.get("/blog/")["ETag"]
    assert client.get("/blog/", headers={"If-None-Match": tag}).status_code == 304
    moment = timezone.now() - timedelta(seconds=1)
    Text.objects.filter(pk=text.pk).update(published=moment)
    CatalogueState.schedule([moment, ahead(days=1)])  # as if the half minute were over
    again = client.get("/blog/", headers={"If-None-Match": tag})
    assert again.status_code == 200 and "/blog/soon/" in again.content.decode()
    assert client.get("/blog/", headers={"If-None-Match": again["ETag"]}).status_code == 304
    assert "/blog/soon/" in get(client, address)


def test_saving_schedules_every_post_ahead():
    first, second = ahead(hours=2), ahead(hours=1)
    post("later", published=first)
    post("sooner", published=second)
    scheduled = CatalogueState.objects.get(pk=1).changes_at.split()
    assert scheduled == [second.isoformat(), first.isoformat()]


def test_an_edit_makes_every_kept_page_stale(client):
    text = post("on-pay")
    tag = client.get(text.get_absolute_url())["ETag"]
    text.title = "On better pay"
    text.save()
    again = client.get(text.get_absolute_url(), headers={"If-None-Match": tag})
    assert again.status_code == 200 and "On better pay" in again.content.decode()


def test_the_archive_in_pages(client):
    for i in range(25):
        post(f"old-{i}", tags=("many",))
    first, third = get(client, "/blog/tag/many/"), get(client, "/blog/tag/many/?page=3")
    assert first.count("post-card") == 10 and third.count("post-card") == 5
    assert 'rel="canonical"' in third and '/blog/tag/many/?page=3"' in third and "Page 3 of 3" in third


def test_search(client):
    post("on-bonuses", body="A threshold and a bonus above it.", tags=("zebra",))
    assert "/blog/on-bonuses/" in get(client, "/blog/?q=bonus+threshold")
    assert "/blog/on-bonuses/" in get(client, "/blog/?q=zebra")
    html = get(client, "/blog/?q=qqqqzzzz")
    assert "No post holds all of these words" in html and 'name="robots"' in html


def test_visitors_search_what_they_see_and_not_the_source_of_figures(client):
    post(
        "on-tags", body='Words of {% rvu "99214" "nonfac_total" %} wombats {a} and {% payment "99215" %}, then numbats.'
    )
    for word in ("nonfac_total", "rvu%20wombats%20%7B%25", "99215"):
        assert "/blog/on-tags/" not in get(client, f"/blog/?q={word}")
    for word in ("words", "WOMBAT", "numbats", "and"):
        assert "/blog/on-tags/" in get(client, f"/blog/?q={word}+words")
    assert "No answer holds all" in get(client, "/support/?q=nonfac_total")


def test_a_search_can_not_write_into_the_page(client):
    assert "<b>x" not in get(client, "/blog/?q=<b>x</b>") and "<b>x" not in get(client, "/support/?q=<b>x</b>")


def test_the_feed(client):
    post("on-pay", tags=("pay",), published=timezone.now() - timedelta(minutes=1))
    response = client.get("/blog/feed/")
    assert response["Content-Type"].startswith("application/atom+xml") and "public" in response["Cache-Control"]
    feed = response.content.decode()
    assert '<link href="http://testserver/blog/on-pay/" rel="alternate"' in feed and "<name>Ada Marsh</name>" in feed


def test_the_glossary_jumps_by_letter(client):
    html = get(client, "/resources/glossary/")
    letters = re.search(r'aria-label="A to Z">(.*?)</nav>', html, re.S)[1]
    anchors = re.findall(r'href="#([^"]+)">([A-Z])<', letters)
    assert len(anchors) > 10 and [letter for _, letter in anchors] == sorted(letter for _, letter in anchors)
    assert all(f'id="{anchor}"' in html for anchor, _ in anchors)


def test_about_the_data_lists_releases_files_and_corrections(client):
    Correction.objects.create(date="2026-11-01", wrong="It said 5.", right="It is 4.", page="/cpt-codes/surgery/27447/")
    html = get(client, "/about-the-data/")
    for release in Release.objects.prefetch_related("files"):
        assert f'id="{release.name.lower()}"' in html
        assert all(file.name in html and file.sha256[:16] in html for file in release.files.all())
    assert "November 1, 2026" in html and "It is 4." in html and "$33.4009" in html and "19,356 rows" in html


def test_the_start_page_has_real_numbers_and_the_newest_posts(client):
    post("newest-of-all", published=timezone.now() - timedelta(seconds=5))
    html = get(client, "/")
    said = " ".join(strip_tags(html).split())
    assert "17,096 codes in CMS release RVU26C, June 30, 2026" in said and "/blog/newest-of-all/" in html
    assert 'title="Published figure' in html and "every CPT" not in html, "the second factor is of no loaded file"
    assert html.index('id="home-search"') < html.index("<h2")


def test_questions_are_found_by_their_words(client):
    html = get(client, "/support/?q=percentile")
    assert "What does the percentile on a code" in html and html.count("<details open>") >= 1
    assert "No answer holds all of these words" in get(client, "/support/?q=qqqqzzzz")
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', get(client, "/support/"))[1])
    assert data["@type"] == "FAQPage" and len(data["mainEntity"]) > 10


COLD = ["/", "/blog/", "/blog/?q=pay", "/blog/what-is-a-work-rvu/", "/blog/geography-and-gpci/", "/blog/tag/basics/", "/blog/feed/",
        "/resources/glossary/", "/resources/wrvu-tracking-guide/", "/privacy/", "/about-the-data/", "/support/", "/support/?q=pay"]  # fmt: skip


@pytest.mark.parametrize("address", COLD)
def test_a_cold_page_takes_at_most_eight_queries(client, django_assert_max_num_queries, address):
    with django_assert_max_num_queries(8):
        client.get(address)


def test_the_navigation_marks_where_one_is(client):
    html = get(client, "/blog/")
    assert re.search(r'href="/blog/" aria-current="page">Blog<', html)
    footer = html.partition('aria-label="Footer"')[2]
    for name in ("All CPT Codes", "About the data", "Privacy", "Terms", "Accessibility", "Support"):
        assert f">{name}</a>" in footer


def test_the_sitemap_and_robots(client):
    assert "/sitemap-texts.xml" in get(client, "/sitemap.xml")
    assert "http://testserver/resources/glossary/" in get(client, "/sitemap-texts.xml")
    assert "/support/contact/" in get(client, "/sitemap-blog.xml")
    assert "Disallow: /support/ticket/" in get(client, "/robots.txt")
    assert Tag.objects.exists()
