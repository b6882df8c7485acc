"""`herald templates`: files and a tenant's templates, brought together without losing either."""

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from typer.testing import CliRunner, Result

from infra.cli import api as cli
from infra.cli import template_sync
from infra.cli.app import app
from infra.cli.errors import CommandError, ProblemError
from infra.cli.template_files import files_of, write_files
from tests.api import Api, in_memory_api
from tests.callers import ADMIN
from tests.fakes import ManualClock
from tests.world import World

FILES = {
    "order/template.yaml": "category: transactional\nname: Order\nlayout: main\nschema:\n  type: object\n"
    "  properties: {id: {type: string}}\n  required: [id]\nsample: {id: '42'}\n",
    "order/en/email.subject.j2": "Order {{ id }}\n",
    "order/en/email.html.j2": '<p>{% include "greeting" %}\n{{ id }}</p>\n',
    "order/en/in_app.title.j2": "Order {{ id }}\n",
    "order/en/action_url.j2": "https://example.com/{{ id }}\n",
    "order/fr-CA/email.subject.j2": "Commande {{ id }}\n",
    "order/fr-CA/email.html.j2": "<p>Été: {{ id }}</p>",
    "_layouts/main.html.j2": "<div>{{ content }}</div>\n",
    "_partials/greeting.j2": "Hello\n",
}


class InProcess(cli.Api):
    """The API of the command line, without a network."""

    def __init__(self, api: Api) -> None:
        super().__init__("http://in.process")
        self._api = api

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> cli.Answer:
        asked = {name: str(value) for name, value in (query or {}).items()}
        answer = self._api.call(method, path, ADMIN, body, query=asked, headers=headers)
        return cli.Answer(answer.status, answer.json if answer.text else None, answer.headers)


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> InProcess:
    return InProcess(in_memory_api(monkeypatch, World(clock=ManualClock(), providers=())))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path / "templates", FILES)
    return tmp_path / "templates"


def push(tenant: InProcess, folder: Path, *, publish: bool = False) -> dict[str, str]:
    return {done.what: done.became for done in template_sync.push(tenant, folder, publish=publish)}


def pull(tenant: InProcess, folder: Path, *, force: bool = False) -> dict[str, str]:
    return {done.what: done.became for done in template_sync.pull(tenant, folder, force=force)}


def diff(tenant: InProcess, folder: Path) -> list[str]:
    return list(template_sync.compare(tenant, folder))


def test_what_is_pushed_is_there_and_pushing_again_changes_nothing(tenant: InProcess, folder: Path) -> None:
    assert push(tenant, folder) == {
        "_layouts/main.html.j2": "created",
        "_partials/greeting.j2": "created",
        "order": "created",
    }
    version = tenant.get("/api/v1/admin/templates/order/versions/1")
    assert version["localizations"]["en"]["email"]["html"] == '<p>{% include "greeting" %}\n{{ id }}</p>'
    assert version["channels"] == ["email", "in_app"]
    assert [*version["localizations"]] == ["en", "fr-CA"]

    assert set(push(tenant, folder).values()) == {"unchanged"}
    assert tenant.get("/api/v1/admin/templates/order")["latest"] == 1
    assert diff(tenant, folder) == []


def test_what_differs_becomes_a_draft_and_is_published_when_asked(tenant: InProcess, folder: Path) -> None:
    push(tenant, folder, publish=True)
    (folder / "order/en/email.subject.j2").write_text("Your order {{ id }}\n")
    assert push(tenant, folder)["order"] == "created version 2"
    template = tenant.get("/api/v1/admin/templates/order")
    assert (template["latest"], template["published"]) == (2, 1)
    assert push(tenant, folder, publish=True)["order"] == "published"
    assert tenant.get("/api/v1/admin/templates/order")["published"] == 2
    assert push(tenant, folder, publish=True)["order"] == "unchanged"


def test_a_changed_partial_makes_a_version_of_the_templates_that_have_a_copy(tenant: InProcess, folder: Path) -> None:
    push(tenant, folder)
    (folder / "_partials/greeting.j2").write_text("Dear customer\n")
    changed = push(tenant, folder)
    assert (changed["_partials/greeting.j2"], changed["order"]) == ("changed", "created version 2")
    assert tenant.get("/api/v1/admin/templates/order/versions/2")["fragments"]["greeting"] == "Dear customer"
    assert set(push(tenant, folder).values()) == {"unchanged"}


def test_a_layout_and_a_partial_of_one_key_are_told_apart(tenant: InProcess, folder: Path) -> None:
    write_files(folder, {"_partials/main.j2": "Bye\n", "_layouts/greeting.html.j2": "<p>{{ content }}</p>\n"})
    push(tenant, folder)
    assert set(push(tenant, folder).values()) == {"unchanged"}
    (folder / "_layouts/main.html.j2").write_text("<b>{{ content }}</b>\n")
    assert push(tenant, folder)["order"] == "created version 2"


def test_how_lines_end_makes_no_difference(tenant: InProcess, folder: Path) -> None:
    push(tenant, folder)
    source = "One\r\n{{ id }}\r\n\r"
    said = {"email": {"subject": "Order {{ id }}", "text": source}}
    tenant.put("/api/v1/admin/templates/order/localizations/de", said)
    tenant.patch("/api/v1/admin/partials/greeting", {"source": "Hello\r\nyou", "version": 1})
    tenant.put("/api/v1/admin/templates/order/localizations/de", said)

    pull(tenant, folder, force=True)

    assert (folder / "order/de/email.text.j2").read_bytes() == b"One\n{{ id }}\n\n\n"
    assert pull(tenant, folder) == {}
    assert diff(tenant, folder) == []
    assert set(push(tenant, folder).values()) == {"unchanged"}
    for file in folder.rglob("*.*"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert set(push(tenant, folder).values()) == {"unchanged"}
    assert pull(tenant, folder) == {}


def test_another_name_is_no_other_version(tenant: InProcess, folder: Path) -> None:
    push(tenant, folder)
    about = folder / "order/template.yaml"
    about.write_text(about.read_text().replace("name: Order", "name: Orders"))
    push(tenant, folder)
    template = tenant.get("/api/v1/admin/templates/order")
    assert (template["name"], template["latest"]) == ("Orders", 1)


def test_what_is_pulled_is_what_was_pushed(tenant: InProcess, folder: Path, tmp_path: Path) -> None:
    push(tenant, folder)
    other = tmp_path / "other"
    assert set(pull(tenant, other).values()) == {"written"}
    pulled = {path.relative_to(other).as_posix(): path.read_text() for path in other.rglob("*") if path.is_file()}
    assert pulled.keys() == FILES.keys()
    about = "order/template.yaml"
    assert yaml.safe_load(pulled.pop(about)) == yaml.safe_load(FILES[about])
    assert pulled == {name: text.rstrip("\n") + "\n" for name, text in FILES.items() if name != about}
    assert set(push(tenant, other).values()) == {"unchanged"}
    assert pull(tenant, other) == {}
    assert pull(tenant, folder) == {}


def test_local_changes_are_not_overwritten(tenant: InProcess, folder: Path) -> None:
    push(tenant, folder)
    mine = folder / "order/en/email.subject.j2"
    mine.write_text("Mine\n")
    (folder / "order/en/sms.text.j2").write_text("Mine, too\n")
    with pytest.raises(CommandError, match=r"order/en/email\.subject\.j2, order/en/sms\.text\.j2 would be lost"):
        pull(tenant, folder)
    assert mine.read_text() == "Mine\n"

    assert pull(tenant, folder, force=True) == {
        "order/en/sms.text.j2": "removed",
        "order/en/email.subject.j2": "written",
    }
    assert mine.read_text() == "Order {{ id }}\n"
    assert diff(tenant, folder) == []


def test_templates_that_only_the_folder_has_stay(tenant: InProcess, folder: Path) -> None:
    assert pull(tenant, folder) == {}
    assert (folder / "order/template.yaml").exists()


def test_a_diff_shows_what_a_push_would_change(tenant: InProcess, folder: Path) -> None:
    push(tenant, folder)
    (folder / "order/en/in_app.title.j2").write_text("Sent: {{ id }}\n")
    assert diff(tenant, folder) == [
        "--- tenant/order/en/in_app.title.j2",
        "+++ templates/order/en/in_app.title.j2",
        "@@ -1 +1 @@",
        "-Order {{ id }}",
        "+Sent: {{ id }}",
    ]


def test_what_is_refused_is_told_with_its_place(tenant: InProcess, folder: Path) -> None:
    (folder / "order/en/email.html.j2").write_text("<p>\n{{ unknown }}</p>\n")
    with pytest.raises(ProblemError, match=r"/localizations/en/email/html .* in line 2, column"):
        push(tenant, folder)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "order/en/email.headline.j2",
            "x",
            r"not the file of a part \(<part>\.j2\): these are action_url, email\.subject,",
        ),
        ("order/en/actionUrl.j2", "x", "of a part .*: these are action_url,"),
        ("order/english/sms.text.j2", "x", "is not a file of a template"),
        ("order/en/deep/sms.text.j2", "x", "is not a file of a template"),
        ("order/notes.txt", "x", "is not a file of a template"),
        ("other/en/sms.text.j2", "x", r"other/template\.yaml is missing"),
        ("order/template.yaml", "name: [", "is not YAML"),
        (
            "order/template.yaml",
            "name: A\ncategory: system\nsample: {on: 2026-01-31}",
            r"order/template\.yaml has .* quotation",
        ),
        (
            "order/template.yaml",
            "name: A\ncategory: system\nsample: {2026-01-31: a}",
            r"order/template\.yaml has .* quotation",
        ),
        (
            "order/template.yaml",
            "name: A\ncategory: system\nsample: {total: .nan}",
            r"order/template\.yaml has .* JSON",
        ),
        ("order/template.yaml", "name: A\ncategory: system\nsample: &a [*a]", r"order/template\.yaml has .* JSON"),
        ("order/template.yaml", "- a", "needs name and category"),
        ("order/template.yaml", "name: A\ncategory: system\nkey: x\n", "needs name and category"),
        ("_layouts/main.txt", "x", "is not the file of a layout"),
        ("_partials/.j2", "x", "is not the file of a layout"),
    ],
)
def test_what_is_no_template_is_refused_before_anything_is_pushed(
    tenant: InProcess, folder: Path, name: str, text: str, said: str
) -> None:
    write_files(folder, {name: text})
    with pytest.raises(CommandError, match=said):
        push(tenant, folder)
    assert tenant.get("/api/v1/admin/templates")["items"] == []
    assert tenant.get("/api/v1/admin/layouts")["items"] == []


def test_a_folder_without_templates_is_not_pushed(tenant: InProcess, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("About")
    with pytest.raises(CommandError, match=f"^There are no templates in {tmp_path}.$"):
        push(tenant, tmp_path)


def test_what_is_no_folder_is_told_in_a_sentence(tenant: InProcess, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for way in (push, pull, diff):
        with pytest.raises(CommandError, match=f"^There is no folder {file}.$|^{file} is no folder.$"):
            way(tenant, file)
    with pytest.raises(CommandError, match=f"^{file}/inside cannot be written: Not a directory.$"):
        pull(tenant, file / "inside")
    with pytest.raises(CommandError, match="cannot be read: File name too long"):
        push(tenant, tmp_path / ("x" * 300))
    assert file.read_text() == "mine"


def test_a_file_where_a_folder_belongs_is_told_in_a_sentence(tenant: InProcess, folder: Path, tmp_path: Path) -> None:
    push(tenant, folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "order").write_text("mine")
    with pytest.raises(CommandError, match=f"^{other}/order is no folder.$"):
        pull(tenant, other)


def test_a_file_that_is_no_text_is_refused(tenant: InProcess, folder: Path) -> None:
    (folder / "order/en/sms.text.j2").write_bytes(b"\xff")
    with pytest.raises(CommandError, match="is not a text in UTF-8"):
        push(tenant, folder)


def test_what_lies_beside_the_templates_does_not_matter(tenant: InProcess, folder: Path) -> None:
    write_files(folder, {"README.md": "About", ".git/HEAD": "ref", ".github/x.yaml": "a"})
    assert push(tenant, folder)["order"] == "created"


@pytest.mark.parametrize("key", ["../evil", "/etc/passwd", "a/b", "..", ".ssh", "_layouts", ""])
def test_a_server_cannot_write_outside_of_the_folder_by_a_key(key: str) -> None:
    draft = {"name": "A", "category": "system", "localizations": {"en": {"sms": {"text": "x"}}}}
    with pytest.raises(CommandError, match="is no key"):
        files_of(key, draft)
    with pytest.raises(CommandError, match="is no locale"):
        files_of("order", draft | {"localizations": {key or "..": {"sms": {"text": "x"}}}})


def test_a_link_does_not_lead_outside_of_the_folder(tenant: InProcess, folder: Path, tmp_path: Path) -> None:
    push(tenant, folder)
    outside, other = tmp_path / "outside", tmp_path / "other"
    outside.mkdir()
    other.mkdir()
    (other / "order").symlink_to(outside)
    with pytest.raises(CommandError, match="outside"):
        pull(tenant, other)
    assert list(outside.iterdir()) == []


def test_what_is_removed_is_the_link_and_not_what_it_leads_to(tenant: InProcess, folder: Path) -> None:
    push(tenant, folder)
    kept, link = folder / "order/en/email.subject.j2", folder / "order/en/sms.text.j2"
    link.symlink_to(kept)
    assert pull(tenant, folder, force=True) == {"order/en/sms.text.j2": "removed"}
    assert (kept.exists(), link.is_symlink()) == (True, False)


class Served(BaseHTTPRequestHandler):
    """Hands requests on to the API in memory."""

    api: InProcess

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.api.call(self.command, path, json.loads(body or b"null"), query=dict(parse_qsl(query)))
        self.send_response(answer.status if self.headers["Authorization"] == "Bearer t" else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer.body).encode())

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 (called so by the server)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tenant: InProcess) -> Iterator[str]:
    """The address of the tenant's API."""
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (Served,), {"api": tenant}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_diff_says_by_its_status_whether_there_is_any(served: str, folder: Path) -> None:
    def run(command: str, *options: str) -> Result:
        return CliRunner().invoke(app, ["templates", command, str(folder), "--api", served, "--token", "t", *options])

    assert run("diff").exit_code == 1
    pushed = run("push", "--publish")
    assert pushed.output.splitlines()[-2:] == ["order: created", "order: published"]
    same = run("diff")
    assert (same.exit_code, same.output) == (0, "")
    assert (run("pull").exit_code, run("pull", "--force").output) == (0, "Nothing to write.\n")


def test_what_was_pulled_is_told_in_a_line_for_each_template(served: str, folder: Path, tmp_path: Path) -> None:
    def run(command: str, into: Path, *options: str) -> list[str]:
        given = ["templates", command, str(into), "--api", served, "--token", "t", *options]
        return CliRunner().invoke(app, given).output.splitlines()

    run("push", folder)
    assert run("pull", tmp_path / "other") == ["_layouts: 1 written", "_partials: 1 written", "order: 7 written"]
    (folder / "order/en/sms.text.j2").write_text("Mine\n")
    (folder / "order/en/email.subject.j2").write_text("Mine\n")
    assert run("pull", folder, "--force") == ["order: 1 removed", "order: 1 written"]


def test_the_commands_are_offered() -> None:
    shown = CliRunner().invoke(app, ["templates", "--help"]).output
    assert all(f" {command} " in shown for command in ("push", "pull", "diff"))


def test_an_address_needs_a_token(folder: Path) -> None:
    refused = CliRunner().invoke(app, ["templates", "push", str(folder), "--api", "http://127.0.0.1:1"])
    assert (refused.exit_code, str(refused.exception)) == (1, "--api needs a --token.")
