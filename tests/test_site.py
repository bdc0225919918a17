"""What holds for the whole site."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
KINDS = [
    "/",
    "/blog/",
    "/blog/what-is-a-work-rvu/",
    "/blog/tag/basics/",
    "/resources/glossary/",
    "/about-the-data/",
    "/privacy/",
    "/support/",
    "/cpt-codes/",
    "/cpt-codes/?q=lap+chole",
    "/cpt-codes/all/",
    "/cpt-codes/j-codes/J7521/",
    "/cpt-codes/surgery/27447/",
    "/cpt-codes/compare/?codes=99213,99214,27447",
    "/cpt-codes/changes/",
    "/resources/",
    "/resources/rvu-calculator/?codes=99214,20610-50x2&setting=facility&locality=0210201",
    "/resources/conversion-factor-history/",
    "/resources/benchmarks-by-specialty/",
    "/resources/acgme-case-log-requirements/",
    "/resources/modifiers/",
    "/students/?q=gallbladder+removal",
    "/residents/?specialty=general-surgery",
    "/attendings/?codes=99213x30,99214x35&rate=50&specialty=cardiology",
]


@pytest.mark.django_db
@pytest.mark.parametrize("address", KINDS)
class TestEveryPage:
    def test_has_one_heading_a_title_and_a_description(self, client, address):
        html = client.get(address).content.decode()
        assert html.count("<h1") == 1
        assert re.search(r"<title>\s*\S", html) and re.search(r'name="description"\s+content="[^"]{30,}', html)
        assert re.search(r'rel="canonical"\s+href="http://testserver/', html)
        assert 'property="og:title"' in html

    def test_is_the_same_for_everyone_and_may_be_kept(self, client, address):
        first, second = client.get(address), client.get(address)
        assert first.content == second.content
        assert not first.cookies and "csrfmiddlewaretoken" not in first.content.decode()
        assert "Cookie" not in first.get("Vary", "")
        assert "public" in first["Cache-Control"]

    def test_is_answered_with_304_to_who_has_it(self, client, address):
        tag = client.get(address)["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")

    def test_carries_the_security_headers(self, client, address):
        response = client.get(address)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert response["X-Content-Type-Options"] == "nosniff" and response["Referrer-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "DENY"

    def test_asks_nothing_of_third_parties_and_has_no_inline_style_or_script(self, client, address):
        html = client.get(address).content.decode()
        assert not re.findall(r'(?:src|srcset)="(?:https?:)?//', html)
        assert "style=" not in html and "<style" not in html and not re.search(r"\son[a-z]+=", html)
        scripts = re.findall(r"<script([^>]*)>", html)
        assert all("src=" in attributes or "application/ld+json" in attributes for attributes in scripts)


@pytest.mark.django_db
def test_structured_data_is_valid_json_and_names_the_code_set(client):
    html = client.get("/cpt-codes/j-codes/J7521/").content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[1])
    kinds = {item["@type"]: item for item in data["@graph"]}
    assert kinds["MedicalCode"]["codingSystem"] == "HCPCS Level II"
    assert len(kinds["FAQPage"]["mainEntity"]) >= 3 and len(kinds["BreadcrumbList"]["itemListElement"]) == 4


@pytest.mark.django_db
def test_the_sitemap_leads_to_every_category(client):
    index = client.get("/sitemap.xml").content.decode()
    parts = re.findall(r"<loc>http://testserver(/sitemap-[^<]+)</loc>", index)
    assert "/sitemap-j-codes.xml" in parts
    assert "/cpt-codes/j-codes/J7521/" in client.get("/sitemap-j-codes.xml").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


@pytest.mark.django_db
def test_an_unknown_page_is_not_found_in_our_own_words(client):
    response = client.get("/nothing/here/")
    assert response.status_code == 404 and b"This page does not exist" in response.content


@pytest.mark.django_db
def test_posting_to_a_public_page_is_refused(client):
    assert client.post("/cpt-codes/").status_code == 405


NUL_ADDRESSES = [
    "/cpt-codes/?q=knee%00", "/cpt-codes/?specialty=%00", "/cpt-codes/suggest/?q=%00", "/cpt-codes/surgery/2744%00/", "/2744%00",
    "/cpt-codes/compare/?codes=99213%00", "/cpt-codes/changes/?%00=1", "/blog/tag/%00/", "/resources/rvu-calculator/?codes=%00",
    "/students/?q=%00", "/cpt-codes/surgery/27447/?locality=%00", "/admin/codes/code/?q=%00", "/account/login/?next=%00",
]  # fmt: skip


@pytest.mark.parametrize("address", NUL_ADDRESSES)
def test_a_nul_byte_in_an_address_is_refused(admin_client, address):
    assert admin_client.get(address).status_code in (400, 404)


@pytest.mark.parametrize("address", ["/account/login/", "/support/contact/", "/admin/codes/code/99213/change/", "/admin/codes/code/import/"])  # fmt: skip
def test_a_nul_byte_in_a_form_is_refused(admin_client, address):
    assert admin_client.post(address, {"login": "a\0b@example.org", "password": "\0", "name": "\0"}).status_code == 400


def test_a_nul_byte_in_a_cookie_is_refused(client):
    client.cookies.load('sessionid="\\000abcdefghijklmnopqrstuvwxyz"')
    assert client.get("/favorites/").status_code == 400


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def imports_of(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


MAY_IMPORT = {"codes": set(), "accounts": {"codes"}, "blog": {"codes"}, "tracker": {"codes", "accounts"}}
PURE = ["codes/cms/*.py", "codes/payment.py", "codes/indicators.py", "codes/narrative.py", "codes/page.py", "codes/sections.py",
        "codes/factors.py", "codes/patient_information/*.py", "codes/modifiers.py", "codes/multiple.py", "codes/tools/charts.py", "codes/tools/lines.py",
        "codes/search/query.py", "codes/search/rank.py", "codes/search/words.py", "codes/text_checks.py",
        "codes/readability.py", "codes/typed_figures.py", "codes/wording.py"]  # fmt: skip


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_doors_between_the_rooms(app):
    others = set(MAY_IMPORT) - {app} - MAY_IMPORT[app]
    for path in (ROOT / app).rglob("*.py"):
        assert not {name.split(".")[0] for name in imports_of(path)} & others, path


@pytest.mark.parametrize(
    "path",
    [path for pattern in [*PURE, "blog/content_files.py", "blog/equations.py"] for path in ROOT.glob(pattern)],
    ids=lambda path: path.name,
)
def test_pure_modules_know_no_django(path):
    forbidden = {"django", "codes.models"}
    assert not {name for name in imports_of(path) if name.split(".")[0] in forbidden or name in forbidden}


def test_the_top_level_is_the_house_plan():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    folders = {name.split("/")[0] for name in tracked if "/" in name}
    assert folders <= {"rvuedge", "codes", "blog", "accounts", "tracker", "templates", "static", "tests", "docs", ".ci"}


def start(*arguments, **environment):
    clean = {"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite://:memory:"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=clean | environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("given, named", [({}, "SECRET_KEY"), ({"SECRET_KEY": "x" * 60}, "ALLOWED_HOSTS")])
def test_a_missing_setting_stops_the_start_with_a_sentence(given, named):
    result = start("check", **given)
    assert result.returncode == 1
    assert result.stderr.startswith(f"{named} is not set. Set it to") and "Traceback" not in result.stderr


def test_the_deployment_check_is_clean_with_production_settings():
    result = start(
        "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="aB3$xyz_" * 10, ALLOWED_HOSTS="rvuedge.example"
    )
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout
