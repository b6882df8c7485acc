"""The templates that every new tenant begins with, as they lie in chalicelib/templates: a folder each, with what holds
for all languages in `template.yaml` and a file per language.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

import msgspec

from chalicelib.domain.ids import FragmentKey, TemplateKey
from chalicelib.domain.template import Locale, Part
from chalicelib.domain.words import Channel
from chalicelib.services.template_drafts import Draft

LAYOUT: Final = FragmentKey("default")
"""The layout of their e-mails."""
UNSUBSCRIBE: Final = FragmentKey("unsubscribe")
"""The partial with the words of the link that ends e-mails of a kind."""


class BuiltIn(msgspec.Struct, frozen=True):
    """A template and its first version."""

    key: TemplateKey
    name: str
    draft: Draft


@cache
def built_in_templates() -> tuple[BuiltIn, ...]:
    """Return the templates, in order of key."""
    folders = sorted((folder for folder in _root().iterdir() if folder.is_dir()), key=lambda folder: folder.name)
    return tuple(_template(folder) for folder in folders if folder.joinpath("template.yaml").is_file())


@cache
def built_in_fragments() -> dict[FragmentKey, str]:
    """Return the sources of what they share."""
    named = {LAYOUT: "_layout.html.j2", UNSUBSCRIBE: "_unsubscribe.j2"}
    return {key: _root().joinpath(name).read_text(encoding="utf-8") for key, name in named.items()}


def _root() -> Traversable:
    return files("chalicelib").joinpath("templates")


def _template(folder: Traversable) -> BuiltIn:
    said = _read(folder.joinpath("template.yaml"))
    languages = sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name != "template.yaml")
    draft = Draft(
        category=said["category"],
        type=said.get("type"),
        channels=tuple(map(Channel, said["channels"])),
        layout=LAYOUT,
        schema=said["schema"],
        sample=said["sample"],
        localizations={
            Locale(language): dict(_parts(_read(folder.joinpath(f"{language}.yaml")))) for language in languages
        },
    )
    return BuiltIn(TemplateKey(folder.name), said["name"], draft)


def _parts(said: dict[str, Any]) -> Iterator[tuple[Part, str]]:
    """Yield the parts of a language as the API nests them."""
    for name, value in said.items():
        if name == "actionUrl":
            yield Part.ACTION_URL, value
        else:
            yield from ((Part(f"{name}.{place}"), source) for place, source in value.items())


def _read(file: Traversable) -> dict[str, Any]:
    # Only who creates a tenant needs it.
    import yaml

    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read
