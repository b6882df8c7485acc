"""Making sources ready when a template is saved: all that sending should not have to do, and every check there is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from jinja2 import Template

from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.template import Locale, Part, Parts
from chalicelib.rendering import limits
from chalicelib.rendering.compose import Composed, Composer, CompositionError, Written
from chalicelib.rendering.derived import text_source
from chalicelib.rendering.environment import SOURCE_NAME, Sandbox
from chalicelib.rendering.fill import FAILURES, Filling, Wording, finished, sandbox_of, told
from chalicelib.rendering.grammar import parse
from chalicelib.rendering.html_data import marked
from chalicelib.rendering.inline import guarded, inlined
from chalicelib.rendering.pieces import pieces_of
from chalicelib.rendering.refusal import RefusalError
from chalicelib.rendering.samples import Sample, samples_of
from chalicelib.rendering.schema import Schemas
from chalicelib.rendering.variables import unknown_names
from chalicelib.services.ports.templates import About, Sources

_SAMPLE_RECIPIENT: Final = {"userId": "u1", "userType": "customer", "attributes": {}}
_UNSUBSCRIBE: Final = "https://example.com/unsubscribe/token"


def made_ready(sources: Sources, schemas: Schemas, clock: Callable[[], float]) -> dict[Locale, Parts]:
    """Return sources that can be filled at once; see `Rendering.ready`."""
    faults = [*_placed("/schema", schemas.schema_faults(sources.schema))]
    if faults:
        raise InvalidInputError(faults=faults)
    faults += _placed("/sample", schemas.data_faults(sources.schema, sources.sample))
    if faults:
        raise InvalidInputError(faults=faults)
    samples = [
        sample
        for sample in samples_of(sources.sample, sources.schema)
        if not schemas.data_faults(sources.schema, sample[1])
    ]
    maker = _Maker(sources, samples, clock)
    ready = {locale: maker.ready(locale, parts) for locale, parts in sources.localizations.items()}
    if maker.faults:
        raise InvalidInputError(faults=list(dict.fromkeys(maker.faults))[: limits.FAULTS])
    return ready


def pointer_to(locale: Locale, part: Part) -> str:
    """Return where the API has a part: `/localizations/fr/email/html`."""
    place = "actionUrl" if part is Part.ACTION_URL else part.replace(".", "/")
    return f"/localizations/{locale}/{place}"


def _placed(where: str, faults: tuple[Fault, ...]) -> Iterator[Fault]:
    for fault in faults:
        yield Fault(pointer=where + fault.pointer, code=fault.code, detail=fault.detail)


@dataclass
class _Maker:
    """Makes the parts of all languages ready; what is wrong with any of them gathers in `faults`."""

    sources: Sources
    samples: list[Sample]
    clock: Callable[[], float]
    faults: list[Fault] = field(default_factory=list)
    ends: float = field(init=False)
    _composers: dict[Sandbox, Composer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ends = self.clock() + limits.READY_SECONDS

    def ready(self, locale: Locale, parts: Parts) -> Parts:
        """Return the parts of a language; those with faults are missing."""
        made: Parts = {}
        trial = _Trial(self.sources, locale, self.samples, self.clock)
        for part, source in parts.items():
            try:
                ready = self._part(part, Written.at(pointer_to(locale, part), source), trial)
            except CompositionError as error:
                self.faults.append(error.fault)
            else:
                # The text that is made of HTML gives way to one that was written.
                made |= {each: text for each, text in ready.items() if each is part or each not in parts}
        return made

    def _part(self, part: Part, written: Written, trial: "_Trial") -> Parts:
        if self.clock() > self.ends:
            detail = "All parts in all languages take too long together"
            raise CompositionError(written.fault(RefusalError("too_large", detail)))
        kind = sandbox_of(part)
        composed = self._composer(kind).composed(written, self.sources.layout if part is Part.EMAIL_HTML else None)
        try:
            tree = parse(composed.text, kind)
            unknown = [composed.fault(refusal) for refusal in unknown_names(tree, self.sources.schema)]
            self.faults += unknown
            if unknown:
                return {}
            if part is not Part.EMAIL_HTML:
                self.faults += trial.faults(part, composed)
                return {part: composed.text}
            return self._html(composed, trial)
        except RefusalError as refusal:
            self.faults.append(composed.fault(refusal))
        except ValueError as error:
            # Python reads no number of thousands of digits, as `&#999…;` may have.
            detail = f"This HTML cannot be read: {str(error)[:100]}"
            self.faults.append(composed.fault(RefusalError("unsafe_html", detail)))
        return {}

    def _html(self, composed: Composed, trial: "_Trial") -> Parts:
        """Return HTML with its style sheets inlined, and the text that follows from it."""
        pieces = pieces_of(composed.text, sandbox_of(Part.EMAIL_HTML).lexer)
        placed = guarded(pieces, self.sources.url_schemes, marked=bool(marked(self.sources.schema)))
        guarded_source = composed.changed(piece for piece, _ in placed)
        faults = trial.faults(Part.EMAIL_HTML, guarded_source)
        self.faults += faults
        made = {Part.EMAIL_TEXT: text_source(placed), Part.EMAIL_HTML: inlined(placed)}
        for part, source in made.items() if not faults else ():
            self._check_made(part, source, composed.origin(0)[0], trial)
        return made

    def _check_made(self, part: Part, source: str, written: Written, trial: "_Trial") -> None:
        """Check what was made of a source as if it were one; what is wrong by now has no place in the author's."""
        made = Composed()
        try:
            made.add(source, written, 0)
            parse(source, sandbox_of(part))
            faults = trial.faults(part, made)
        except (RefusalError, CompositionError) as error:
            faults = [Fault(pointer=written.pointer, code="not_ready", detail=str(error), line=1, column=1)]
        self.faults += [msgspec.structs.replace(fault, line=1, column=1) for fault in faults]

    def _composer(self, kind: Sandbox) -> Composer:
        return self._composers.setdefault(kind, Composer(self.sources.fragments, kind))


class _Trial:
    """Fills sources of one language with the samples."""

    def __init__(self, sources: Sources, locale: Locale, samples: list[Sample], clock: Callable[[], float]) -> None:
        self._schemes = sources.url_schemes
        wording = Wording(locale, {}, sources.schema)
        recipient = {**_SAMPLE_RECIPIENT, "locale": locale}
        self._fillings = [
            (name, Filling(wording, data, About(recipient, _TENANT, link, sources.url_schemes), clock))
            for name, data in samples
            for link in (_UNSUBSCRIBE, None)
        ]

    def faults(self, part: Part, composed: Composed) -> list[Fault]:
        """Return how a source fails (`sample_fails`), the first time that it does."""
        kind = sandbox_of(part)
        template = kind.compiled(composed.text)
        for name, filling in self._fillings:
            try:
                finished(part, filling.raw(template, kind), self._schemes)
            except FAILURES as error:
                return [composed.fault(RefusalError("sample_fails", f"{name}: {told(error)}", _index(error, template)))]
        return []


_TENANT: Final[Mapping[str, Any]] = {"id": "acme", "name": "Acme"}


def _index(error: BaseException, template: Template) -> int:
    """Return the index in the source of what ran when it failed; 0 where nothing of it did."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SOURCE_NAME:
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return max(0, line - 1)
