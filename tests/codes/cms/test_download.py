"""Downloads, from a server of our own on this machine."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from codes.cms.archive import SourceFile
from codes.cms.download import download
from codes.cms.errors import CmsFileError

BODY = bytes(range(256)) * 1000
ELSEWHERE = "http://cms.example/RVU25D.zip"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append(self.path)
        answer = getattr(self, "answer_" + self.path.rpartition("/")[2].partition(".")[0], self.answer_missing)
        answer()

    def answer(self, status: int, body: bytes = b"", **headers: str):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_RVU25D(self):  # noqa: N802 - named after the file
        self.answer(200, BODY, Content_Length=str(len(BODY)))

    def answer_endless(self):
        self.answer(200, BODY)

    def answer_short(self):
        self.answer(200, BODY[:1000], Content_Length=str(len(BODY)))

    def answer_missing(self):
        self.answer(404, b"<html>not here</html>")

    def answer_moved(self):
        self.answer(302, Location="/files/RVU25D.zip")

    def answer_page(self):
        self.answer(200, b"\n<!DOCTYPE html><title>Sign in</title>")

    def answer_other(self):
        self.answer(302, Location="https://files.example.org/RVU25D.zip")

    def answer_away(self):
        self.answer(302, Location=ELSEWHERE)

    def log_message(self, *args):
        pass


class Bar:
    """Remembers what a progress bar was told."""

    total = None
    done = 0
    is_closed = False

    def start(self, total):
        self.total = total
        return self.advance, self.close

    def advance(self, count):
        self.done += count

    def close(self):
        self.is_closed = True


@pytest.fixture
def server(monkeypatch):
    """A server on this machine, which also stands as proxy in front of every other address: it sees all requests."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, server.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def refusal(url: str, **options) -> str:
    with pytest.raises(CmsFileError) as caught:
        download(url, **options)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_a_file_arrives_whole_under_its_name(server):
    assert download(f"{server.url}/files/RVU25D.zip") == SourceFile("RVU25D.zip", BODY)
    assert server.seen == ["/files/RVU25D.zip"]


def test_progress_is_told_from_the_announced_length_to_the_end(server):
    bar = Bar()
    download(f"{server.url}/RVU25D.zip", progress=bar.start)
    assert (bar.total, bar.done, bar.is_closed) == (len(BODY), len(BODY), True)


def test_a_length_that_is_not_announced_is_unknown(server):
    bar = Bar()
    assert download(f"{server.url}/endless", progress=bar.start).data == BODY
    assert (bar.total, bar.done, bar.is_closed) == (None, len(BODY), True)


def test_a_redirect_on_the_same_machine_is_followed(server):
    assert download(f"{server.url}/moved").data == BODY


@pytest.mark.parametrize("path", ["RVU25D.zip", "endless"])
def test_a_file_over_the_limit_is_refused(server, path):
    bar = Bar()
    assert "larger than 0 MB" in refusal(f"{server.url}/{path}", limit=len(BODY) - 1, progress=bar.start)
    assert bar.is_closed
    assert download(f"{server.url}/{path}", limit=len(BODY)).data == BODY


def test_a_missing_file_is_refused_with_the_servers_answer(server):
    assert refusal(f"{server.url}/RVU31A.zip").endswith("the server answered 404")


def test_a_connection_that_breaks_off_gives_nothing(server):
    bar = Bar()
    assert "broke off" in refusal(f"{server.url}/short", progress=bar.start)
    assert bar.is_closed


def test_a_server_that_is_not_there_is_named():
    assert "broke off" in refusal("http://127.0.0.1:9/RVU25D.zip")


@pytest.mark.parametrize(
    "url", [ELSEWHERE, "http://192.0.2.7/a.zip", "http://127.0.0.1.example/a.zip", "file:///a", ""]
)
def test_an_address_that_is_not_https_is_refused_without_a_request(server, url):
    assert "only https" in refusal(url)
    assert server.seen == []


def test_a_redirect_away_from_https_is_not_followed(server):
    assert refusal(f"{server.url}/away") == f"{ELSEWHERE}: only https addresses are downloaded"
    assert server.seen == ["/away"]


def test_a_redirect_to_another_site_is_not_followed(server):
    said = refusal(f"{server.url}/other")
    assert said.startswith(f"{server.url}/other: the server sends us on to another site")
    assert "https://files.example.org/RVU25D.zip" in said
    assert server.seen == ["/other"]


@pytest.mark.parametrize("name", ["page.zip", "page.csv", "page"])
def test_a_web_page_with_a_good_answer_is_no_file(server, name):
    assert refusal(f"{server.url}/{name}").endswith("the server sent a web page instead of the file")


def test_what_is_no_address_is_refused(server):
    assert "not an address" in refusal("https://[::1")
    assert server.seen == []
