import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from infra.cli.api import Api
from infra.cli.errors import CommandError, ProblemError

PROBLEM = {
    "code": "invalid_input",
    "detail": "The request is not valid.",
    "faults": [{"pointer": "/channels/0", "code": "unknown_channel"}],
}


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; refuses /refused, knows nothing of /missing, and says nothing to a deletion."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        asked = {"path": self.path, "headers": dict(self.headers), "body": self.rfile.read(length).decode()}
        status, said = {"/refused": (422, PROBLEM), "/missing": (404, {"code": "not_found"})}.get(
            self.path, (200, asked)
        )
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    do_GET = do_POST = _answer  # noqa: N815 (named by http.server)

    def do_DELETE(self) -> None:
        self.send_response(204)
        self.send_header("Content-Type", "application/json")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_answer_without_a_body_is_none_whatever_type_it_names(url: str) -> None:
    answer = Api(url).demand("DELETE", "/things/1")
    assert (answer.status, answer.body) == (204, None)


def test_a_call_carries_token_tenant_query_and_headers(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given: a shell with a proxy that leads nowhere
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    api = Api(url, token="t0", tenant="acme")
    # When
    listed = api.get("/things", unread="true")
    sent = api.post("/things", {"a": 1}, idempotency_key="k")
    # Then
    assert listed["path"] == "/things?unread=true"
    assert listed["headers"]["Authorization"] == "Bearer t0"
    assert listed["headers"]["X-Tenant-ID"] == "acme"
    assert sent["headers"]["idempotency-key"] == "k"
    assert json.loads(sent["body"]) == {"a": 1}


def test_a_refusal_is_a_sentence_with_every_fault(url: str) -> None:
    with pytest.raises(ProblemError) as refused:
        Api(url).post("/refused", {})
    assert str(refused.value) == (
        "POST /refused answered 422 invalid_input: The request is not valid (/channels/0 unknown_channel)."
    )
    assert (refused.value.status, refused.value.code) == (422, "invalid_input")


def test_a_call_answers_with_any_status_and_find_with_nothing_for_404(url: str) -> None:
    assert Api(url).call("GET", "/refused").body == PROBLEM
    assert Api(url).find("/missing") is None


def test_an_api_that_does_not_answer_is_a_sentence() -> None:
    with pytest.raises(CommandError, match="does not answer"):
        Api("http://127.0.0.1:9").get("/health")
