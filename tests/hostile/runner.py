"""Runs hostile templates, one after another, in a process that is allowed 64 MB more than it has when each begins.

Started by judge.py: reads cases from standard input, writes how each ended to standard output, both as JSON.
"""

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.ids import FragmentKey, TemplateKey, TenantId
from chalicelib.domain.template import Locale, Parts, TemplateVersion
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.ports.templates import About, Sources, TemplateError
from tests.hostile.canary import Canary, Watch
from tests.hostile.case import Case, Ending

ALLOWED = 64 * 1024 * 1024
ENGLISH = Locale("en")
SAMPLE: dict[str, Any] = {
    "s": "text",
    "n": 3,
    "xs": ["a", "b"],
    "rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
    "o": {"k": "v", "inner": {"deep": "d"}},
    "url": "https://shop.example/1",
    "html": "<b>bold</b>",
    "canary": "sings",
}
TEXT = {"type": "string"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": list(SAMPLE),
    "properties": {
        "s": TEXT,
        "n": {"type": "number"},
        "xs": {"type": "array", "items": TEXT, "minItems": 1},
        "rows": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["a", "b"]}},
        "o": {"type": "object", "required": ["k", "inner"]},
        "url": TEXT,
        "html": {"type": "string", "contentMediaType": "text/html"},
        "canary": {},
    },
}


class Runner:
    """Saves templates and fills them, as one process does for all tenants."""

    def __init__(self, watch: Watch) -> None:
        self._renderer = Renderer()
        self._watch = watch

    def run(self, case: Case) -> Ending:
        """Return how a case ends."""
        ending = Ending(name=case.name)
        began = time.process_time()
        with bounded() as grown, self._watch:
            try:
                ending = self._tried(case)
            except MemoryError:
                ending = msgspec.structs.replace(ending, crash="MemoryError")
            except Exception as error:  # noqa: BLE001 (the test is that there is no other)
                ending = msgspec.structs.replace(ending, crash=f"{type(error).__name__}: {error}"[:300])
        took = time.process_time() - began
        return msgspec.structs.replace(ending, seconds=took, grown=grown[0], reached=self._watch.take())

    def _tried(self, case: Case) -> Ending:
        sources = Sources(
            localizations={ENGLISH: case.parts},
            layout=FragmentKey(case.layout) if case.layout else None,
            fragments={FragmentKey(key): text for key, text in case.fragments.items()},
            schema=SCHEMA if case.schema is None else case.schema,
            sample=SAMPLE if case.sample is None else case.sample,
        )
        try:
            ready = self._renderer.ready(sources)
        except InvalidInputError as error:
            faults = tuple((fault.pointer, fault.code, fault.line, fault.column) for fault in error.faults)
            return Ending(name=case.name, faults=faults)
        return self._filled(case, ready, sources)

    def _filled(self, case: Case, ready: dict[Locale, Parts], sources: Sources) -> Ending:
        version = TemplateVersion(
            key=TemplateKey("hostile"),
            number=1,
            category="c",
            channels=(),
            localizations={},
            ready=ready,
            schema=dict(sources.schema),
            created_at=Millis(0),
            created_by="x",
        )
        data = dict(sources.sample) | (case.data or {})
        if data.get("canary") == "sings":
            data["canary"] = Canary(self._watch)
        about = About({"userId": "u", "attributes": {}}, {"id": "acme", "name": "Acme"}, "https://u.example/1")
        said: list[str] = []
        errors: list[str] = []
        html = ""
        for channel in (Channel.EMAIL, Channel.SMS):
            try:
                content = self._renderer.fill(TenantId("acme"), version, channel, (ENGLISH,), data, about)
                html = content.html or html
                said += [text for text in (content.subject, content.body, content.html, content.action_url) if text]
            except TemplateError as error:
                errors.append(error.detail)
        return Ending(
            name=case.name, html=html[:20_000], said=tuple(text[:2_000] for text in said), errors=tuple(errors)
        )


@contextmanager
def bounded() -> Iterator[list[int]]:
    """Allow ALLOWED bytes of address space more; give, at the end, how much memory was taken at the peak."""
    grown = [0]
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    resource.setrlimit(resource.RLIMIT_AS, (_status("VmSize") + ALLOWED, resource.RLIM_INFINITY))
    try:
        yield grown
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        grown[0] = _status("VmHWM") - before


def _status(name: str) -> int:
    """Return a figure of this process in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    """Warm up, so that what is loaded once is no template's doing, and run."""
    cases = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Case])
    watch = Watch(os.environ["HERALD_CANARY"])
    runner = Runner(watch)
    styled = "<style>p{color:red}</style><p>{{ s }} {{ html }}</p>{% if n %}{{ n|date }}{% endif %}"
    for source in ("{{ s }}", styled, "<p>{{ s|upper }} {{ html }}</p>", "{{ s.x }}", "{{ '\\x41' }}", "{{"):
        runner.run(Case(name="warm-up", source=source))
    sys.addaudithook(watch.hear)
    endings = [runner.run(case) for case in cases]
    sys.stdout.buffer.write(msgspec.json.encode(endings))


if __name__ == "__main__":
    main()
