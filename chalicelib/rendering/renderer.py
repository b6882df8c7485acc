"""Reads templates and fills them: what the rest of Herald knows of Jinja.

Nothing here loads Jinja, css-inline, nh3 or the JSON Schema validator before a template is at hand: a worker that sends
only plain content, and the API when it starts, do without them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.domain.content import Content
from chalicelib.domain.errors import Fault
from chalicelib.domain.ids import TenantId
from chalicelib.domain.template import Locale, Parts, TemplateVersion
from chalicelib.domain.words import Channel
from chalicelib.services.ports.templates import About, Sources


class Renderer:
    """Implements the port `Rendering`. One is enough for a process: threads may share it, and it keeps what it compiled.

    `clock` counts seconds, as `time.monotonic` does.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock

    def ready(self, sources: Sources) -> dict[Locale, Parts]:
        """See `Rendering.ready`."""
        raise NotImplementedError

    def data_faults(self, version: TemplateVersion, data: Mapping[str, Any]) -> tuple[Fault, ...]:
        """See `Rendering.data_faults`."""
        raise NotImplementedError

    def fill(
        self,
        tenant: TenantId,
        version: TemplateVersion,
        channel: Channel,
        languages: Sequence[Locale],
        data: Mapping[str, Any],
        about: About,
    ) -> Content:
        """See `Rendering.fill`."""
        raise NotImplementedError
