"""Saving and filling templates in tests, with a schema that fits the data."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.domain.content import Content
from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.ids import FragmentKey, TemplateKey, TenantId
from chalicelib.domain.template import Locale, Part, Parts, TemplateVersion
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.ports.templates import About, Sources

ENGLISH = Locale("en")
TENANT = TenantId("acme")
ABOUT = About(
    recipient={"userId": "u1", "userType": "customer", "locale": "en", "attributes": {"city": "Rome"}},
    tenant={"id": "acme", "name": "Acme"},
)
DATA: dict[str, Any] = {
    "name": "Ann & Bob",
    "url": "https://acme.example/1",
    "n": 1234.5,
    "lines": [{"title": "Tea", "price": 2}, {"title": "Cup", "price": 3}],
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "url", "n", "lines"],
    "properties": {
        "name": {"type": "string"},
        "url": {"type": "string"},
        "n": {"type": "number"},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["title", "price"],
                "additionalProperties": False,
                "properties": {"title": {"type": "string"}, "price": {"type": "number"}},
            },
        },
        "coupon": {"type": "string"},
        "story": {"type": "string", "contentMediaType": "text/html"},
    },
}


def sources(parts: Mapping[Part, str], locale: str = "en", **told: Any) -> Sources:
    """Return sources in one language. `fragments` are by their keys."""
    fragments = {FragmentKey(key): text for key, text in told.pop("fragments", {}).items()}
    known = {"layout": None, "schema": SCHEMA, "sample": DATA}
    return Sources(localizations={Locale(locale): dict(parts)}, fragments=fragments, **known | told)


def saved(parts: Mapping[Part, str], locale: str = "en", **told: Any) -> Parts:
    """Return parts made ready."""
    return Renderer().ready(sources(parts, locale, **told))[Locale(locale)]


def faults(parts: Mapping[Part, str], **told: Any) -> tuple[Fault, ...]:
    """Return what is wrong with parts."""
    with pytest.raises(InvalidInputError) as refused:
        saved(parts, **told)
    return refused.value.faults


def a_version(ready: Mapping[Locale, Parts], number: int = 1, schema: Mapping[str, Any] = SCHEMA) -> TemplateVersion:
    """Return a version of a template."""
    return TemplateVersion(
        key=TemplateKey("k"),
        number=number,
        category="c",
        channels=(),
        localizations={},
        ready=dict(ready),
        schema=dict(schema),
        created_at=Millis(0),
        created_by="x",
    )


def filled(
    parts: Mapping[Part, str], channel: Channel = Channel.SMS, locale: str = "en", about: About = ABOUT, **told: Any
) -> Content:
    """Return what parts say on a channel, with `data` beside the usual or in place of it."""
    data = DATA | told.pop("data", {})
    version = a_version({Locale(locale): saved(parts, locale, **told)}, schema=told.get("schema", SCHEMA))
    return Renderer().fill(TENANT, version, channel, (Locale(locale),), data, about)


def said(source: str, **told: Any) -> str:
    """Return what a text message says."""
    return filled({Part.SMS_TEXT: source}, **told).body
