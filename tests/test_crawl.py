"""A walk over the whole site: every link leads somewhere, every page says what it is, none stands alone."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from codes.models import Code

pytestmark = pytest.mark.django_db
CODE_PAGE = re.compile(r"/cpt-codes/[a-z0-9-]+/([0-9A-Z]{5})/")
MOST_CODES = 60
MOST_QUERIES = 4  # pages of one path that differ in what stands behind the question mark
SKIPPED = ("/admin/", "/static/")


@dataclass
class Page(HTMLParser):
    """What the walk asks of a page."""

    html: str
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    counts: Counter = field(default_factory=Counter)
    title: str = ""
    in_picture: bool = False  # charts have titles of their own

    def __post_init__(self):
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids.add(values.get("id"))
        self.in_picture = tag == "svg" or self.in_picture
        self.counts[tag] += not self.in_picture
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif tag == "meta" and values.get("name") == "description":
            self.counts["description"] += len(values["content"].strip()) >= 30
        elif tag == "link" and values.get("rel") == "canonical":
            self.counts["canonical"] += values["href"].startswith("http://testserver/")

    def handle_endtag(self, tag):
        self.in_picture = self.in_picture and tag != "svg"

    def handle_data(self, data):
        if self.counts["title"] == 1 and not self.title:
            self.title = data.strip()

    @property
    def lacks(self) -> list[str]:
        return [
            name for name in ("h1", "title", "description", "canonical") if self.counts[name] != 1 or not self.title
        ]


class Walk:
    def __init__(self, client):
        self.client = client
        self.pages: dict[str, Page] = {}
        self.wrong: list[str] = []
        self.queries, self.code_pages = Counter(), 0
        self.known = {
            f"/cpt-codes/{category}/{code}/"
            for code, category in Code.objects.listed().values_list("code", "category_id")
        }
        self.seen: set[str] = set()

    def run(self, start: str) -> None:
        ahead = [(start, "")]
        while ahead:
            address, linked_from = ahead.pop(0)
            if address in self.seen:
                continue
            self.seen.add(address)
            if self._is_left_out(address, linked_from):
                continue
            page = self._get(address, linked_from)
            if page:
                self.pages[address] = page
                ahead += [
                    (self._absolute(address, link), address) for link in page.links if self._is_ours(address, link)
                ]

    def _is_left_out(self, address: str, linked_from: str) -> bool:
        """Code pages beyond the sample are looked up instead of opened."""
        path, query = urlsplit(address).path, urlsplit(address).query
        if CODE_PAGE.fullmatch(path):
            if path not in self.known:
                self.wrong.append(f"{linked_from}: {path} has no page")
            self.code_pages += 1
            return self.code_pages > MOST_CODES
        if query:
            self.queries[path] += 1
        return path.startswith(SKIPPED) or self.queries[path] > MOST_QUERIES

    def _get(self, address: str, linked_from: str) -> Page | None:
        response = self.client.get(address, follow=True)
        if response.status_code != 200:
            self.wrong.append(f"{linked_from}: {address} answers {response.status_code}")
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            return None
        page = Page(response.content.decode())
        self.wrong += [f"{address}: {what} is missing, or there are several" for what in page.lacks]
        return page

    @staticmethod
    def _absolute(address: str, link: str) -> str:
        return urldefrag(urljoin(address, link)).url

    @staticmethod
    def _is_ours(address: str, link: str) -> bool:
        parts = urlsplit(urljoin(f"http://testserver{address}", link))
        return parts.scheme in ("http", "https") and parts.netloc == "testserver"

    def broken_anchors(self) -> list[str]:
        return [
            f"{address}: there is no #{fragment} on {target}"
            for address, page in self.pages.items()
            for link in page.links
            if (fragment := urldefrag(link).fragment)
            and (target := self._absolute(address, link)) in self.pages
            and fragment not in self.pages[target].ids
        ]


@pytest.fixture
def walk(client):
    walk = Walk(client)
    walk.run("/")
    return walk


def test_the_whole_site_hangs_together(walk, client):
    assert not walk.wrong
    assert not walk.broken_anchors()
    assert walk.code_pages > MOST_CODES and len(walk.pages) > MOST_CODES + 30
    index = client.get("/sitemap.xml").content.decode()
    sections = set(re.findall(r"/sitemap-([a-z-]+)\.xml", index)) - set(
        Code.objects.values_list("category_id", flat=True)
    )
    assert {"pages", "texts", "blog"} <= sections
    listed = {path for section in sections for path in paths(client.get(f"/sitemap-{section}.xml").content.decode())}
    assert len(listed) > 20 and not listed - set(walk.pages), "orphans: no page leads to them"


def paths(sitemap: str) -> list[str]:
    return re.findall(r"<loc>http://testserver(/[^<]*)</loc>", sitemap)


@pytest.mark.parametrize(
    "html, found",
    [
        ("<title>T</title>", ["h1", "description", "canonical"]),
        ("<h1>a</h1><h1>b</h1><title>T</title>", ["h1", "description", "canonical"]),
        ("<h1>a</h1><title> </title>", ["h1", "title", "description", "canonical"]),
    ],
)
def test_the_walk_sees_what_is_missing(html, found):
    assert Page(html).lacks == found


def test_the_walk_sees_a_broken_link_and_anchor(client):
    walk = Walk(client)
    walk.pages["/a/"] = Page('<a href="/a/#there">x</a><p id="here"></p><a href="#here">y</a>')
    assert walk.broken_anchors() == ["/a/: there is no #there on /a/"]
    walk.run("/nothing/here/")
    assert walk.wrong == [": /nothing/here/ answers 404"]
