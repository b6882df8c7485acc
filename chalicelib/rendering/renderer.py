"""Reads templates and fills them: what the rest of Herald knows of Jinja.

Nothing here loads Jinja, css-inline, nh3 or the JSON Schema validator before a template is at hand: a worker that sends
only plain content, and the API when it starts, do without them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.domain.content import Content
from chalicelib.domain.errors import Fault
from chalicelib.domain.ids import TenantId
from chalicelib.domain.template import Locale, Parts, TemplateVersion
from chalicelib.domain.words import Channel
from chalicelib.rendering import limits
from chalicelib.rendering.bounded import Bounded
from chalicelib.rendering.schema import Schemas
from chalicelib.services.ports.templates import About, Sources, TemplateError

if TYPE_CHECKING:
    from chalicelib.rendering.fill import Wording


class Renderer:
    """Implements the port `Rendering`. A process needs one: threads may share it, and it keeps what it compiled.

    `clock` counts seconds, as `time.monotonic` does.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._schemas = Schemas()
        self._wordings: Bounded[tuple[str, str, int, str], Wording] = Bounded(limits.COMPILED)

    def ready(self, sources: Sources) -> dict[Locale, Parts]:
        """See `Rendering.ready`."""
        from chalicelib.rendering.ready import made_ready

        return made_ready(sources, self._schemas, self._clock)

    def data_faults(self, version: TemplateVersion, data: Mapping[str, Any]) -> tuple[Fault, ...]:
        """See `Rendering.data_faults`."""
        return self._schemas.data_faults(version.schema, data)

    def fill(
        self,
        tenant: TenantId,
        version: TemplateVersion,
        channel: Channel,
        languages: Sequence[Locale],
        data: Mapping[str, Any],
        about: About,
    ) -> Content:
        """See `Rendering.fill`. In none of the languages, it says it in the first that it has."""
        from chalicelib.rendering.contents import content_of
        from chalicelib.rendering.fill import Filling

        locale = next((each for each in languages if each in version.ready), next(iter(version.ready), None))
        if locale is None:
            raise TemplateError("the template has no language")
        wording = self._wording(tenant, version, locale)
        filling = Filling(wording, data, about, self._clock)
        return content_of(channel, wording.parts, filling.part, locale)

    def _wording(self, tenant: TenantId, version: TemplateVersion, locale: Locale) -> "Wording":
        from chalicelib.rendering.fill import Wording

        parts = version.ready[locale]
        return self._wordings.get(
            (tenant, version.key, version.number, locale),
            lambda: Wording(locale, parts, version.schema),
            # The number comes again when a template is deleted and made anew.
            lambda kept: kept.parts == parts and kept.schema == version.schema,
        )
