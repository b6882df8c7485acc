"""What Herald knows of a service that Apprise speaks to."""

import msgspec

from chalicelib.domain.content import AlertAction
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel

TARGET = "{target}"
"""Stands in a URL for the recipient: their phone number, device or chat target."""


class Service(Value, frozen=True):
    """One vendor. A tenant may use only the URL `schemes` and `parameters` named here: Apprise knows many more, and
    some of them read files, follow redirects or call other hosts.

    `plugin` is Apprise's class, as `<module>.<class>` in `apprise.plugins`; of two `schemes` that an s at the end tells
    apart, the other one is without TLS. `limit` is in characters, None where the vendor names none. `hosted` tells that
    the tenant's URL names the server; `fixed` are parameters that every URL gets. `sample` is what a target looks like,
    `target` and `url` are patterns that targets and URLs must match in full, where that matters: who names a target
    must not say what else is called, nor reach many. `html`: Apprise is given HTML, because in text it would take
    `<b>` for a tag. `actions` are Apprise's words for what an alert does, `dedup` is its parameter for the incident's
    key.
    """

    channel: Channel
    vendor: str
    name: str
    plugin: str
    schemes: tuple[str, ...]
    documentation: str
    example: str
    limit: int | None = None
    hosted: bool = False
    parameters: frozenset[str] = frozenset()
    fixed: dict[str, str] = msgspec.field(default_factory=dict)
    sample: str = "target"
    target: str | None = None
    url: str | None = None
    html: bool = False
    dedup: str = ""
    actions: dict[AlertAction, str] = msgspec.field(default_factory=dict)
