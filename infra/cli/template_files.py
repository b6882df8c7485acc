"""Templates as files: what a tenant has and what lies in a folder, both as texts by path.

`<key>/template.yaml` says what a template is, `<key>/<locale>/<part>.j2` what it says (`en/email.html.j2`);
`_layouts/<key>.html.j2` and `_partials/<key>.j2` are what templates share. A source has one line break more as a file.
Lines end with a line feed, whichever way they did for the tenant or do in the folder: templates read all ways alike.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import yaml

from chalicelib.domain.ids import TEMPLATE_KEY
from chalicelib.domain.template import Locale, Part
from chalicelib.services.input_rules import LOCALE
from chalicelib.services.template_drafts import channels_of
from infra.cli.errors import CommandError, files_told

Files = dict[str, str]
"""Texts by path, with slashes, below the folder."""
Draft = dict[str, Any]
"""A version of a template as the API takes it, and its `name`."""

ABOUT: Final = "template.yaml"
SHARED: Final = {"layouts": ("_layouts/", ".html.j2"), "partials": ("_partials/", ".j2")}
"""Where layouts and partials lie: what comes before and after their keys."""
_FIELDS: Final = ("name", "category", "type", "channels", "layout", "schema", "sample")
_PARTS: Final = {f"{part}.j2": part for part in Part}


def read_files(folder: Path) -> Files:
    """Return the texts in a folder; CommandError when something in it is none of ours, or cannot be read."""
    with files_told("read"):
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        return {path.relative_to(folder).as_posix(): _text_of(path) for path in sorted(_files_in(folder))}


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not a text in UTF-8.") from error


def _files_in(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        # What lies beside the templates (a README, .git) is nobody's business here.
        ours = entry.is_dir() and (entry.name in ("_layouts", "_partials") or is_key(entry.name))
        if ours:
            yield from (path for path in entry.rglob("*") if path.is_file())


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts below a folder; CommandError for one that would lie elsewhere, or cannot be written."""
    for name, text in files.items():
        path = inside(folder, name)
        with files_told("written"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")


def inside(folder: Path, name: str) -> Path:
    """Return where a text lies; CommandError when that is outside of the folder, be it by a link."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise CommandError(f"{name} would lie outside of {folder}.")
    return path


def with_line_feeds(text: str) -> str:
    """Return a text whose lines end with a line feed, as those of a file that was read do."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_key(text: str) -> bool:
    """Tell whether a template, layout or partial may be called so."""
    return re.fullmatch(TEMPLATE_KEY, text) is not None


def checked(text: str, what: str, *, right: bool) -> str:
    """Return a text that is to be a part of a path; CommandError unless it is right."""
    if not right:
        raise CommandError(f"{text!r} is no {what} that a file can be named by.")
    return text


def files_of(key: str, draft: Draft) -> Files:
    """Return a template as files."""
    checked(key, "key", right=is_key(key))
    told = {field: draft[field] for field in _FIELDS if draft.get(field)}
    parts = sources_in(draft)
    if told.get("channels") == _derived(parts):
        del told["channels"]
    sources = {f"{key}/{locale}/{part}.j2": f"{source}\n" for (locale, part), source in parts.items()}
    return {f"{key}/{ABOUT}": _yaml(told)} | sources


def sources_in(draft: Draft) -> dict[tuple[str, Part], str]:
    """Return what a template says, by language and part."""
    return {
        (checked(locale, "locale", right=LOCALE.match(locale) is not None), part): with_line_feeds(source)
        for locale, said in draft["localizations"].items()
        for part, source in _flat(said).items()
    }


def fragment_file(kind: str, key: str) -> str:
    """Return the path of a layout or partial."""
    before, after = SHARED[kind]
    return before + checked(key, "key", right=is_key(key)) + after


def fragments_in(files: Mapping[str, str], kind: str) -> dict[str, str]:
    """Return the sources of layouts or partials by key."""
    before, after = SHARED[kind]
    found = {}
    for name, text in files.items():
        if name.startswith(before):
            key = name.removeprefix(before).removesuffix(after)
            if not name.endswith(after) or not is_key(key):
                raise CommandError(f"{name} is not the file of a layout or partial ({before}<key>{after}).")
            found[key] = text.removesuffix("\n")
    return found


def drafts_in(files: Mapping[str, str]) -> dict[str, Draft]:
    """Return the templates in files by key; CommandError when something in a template's folder is none of its files."""
    keys = sorted({PurePosixPath(name).parts[0] for name in files} - {"_layouts", "_partials"})
    return {
        key: _draft(key, {name: text for name, text in files.items() if name.startswith(f"{key}/")}) for key in keys
    }


def _draft(key: str, files: Mapping[str, str]) -> Draft:
    about = files.get(f"{key}/{ABOUT}")
    if about is None:
        raise CommandError(f"{key}/{ABOUT} is missing.")
    draft = _about(f"{key}/{ABOUT}", about)
    said: dict[str, dict[str, Any]] = {}
    parts = {}
    for name, text in files.items():
        match PurePosixPath(name).parts[1:]:
            case (locale, file) if file in _PARTS and LOCALE.match(locale):
                parts[locale, _PARTS[file]] = text.removesuffix("\n")
            case (file,) if file == ABOUT:
                continue
            case (locale, _) if LOCALE.match(locale):
                raise CommandError(f"{name} is not the file of a part (<part>.j2): these are {', '.join(Part)}.")
            case _:
                raise CommandError(f"{name} is not a file of a template (<key>/<locale>/<part>.j2).")
    for (locale, part), source in parts.items():
        _nest(said.setdefault(locale, {}), part, source)
    if "channels" not in draft:
        draft["channels"] = _derived(parts)
    return draft | {"localizations": said}


def _about(name: str, text: str) -> Draft:
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CommandError(f"{name} is not YAML: {error}") from error
    if not isinstance(told, dict) or not {"name", "category"} <= told.keys() <= {*_FIELDS}:
        raise CommandError(f"{name} needs name and category, and may have {', '.join(_FIELDS[2:])}.")
    try:
        plain: Draft = json.loads(json.dumps(told, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        detail = "dates, for one, need quotation marks"
        raise CommandError(f"{name} has something that JSON has not: {detail} ({error}).") from error
    return plain


def _yaml(told: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(dict(told), sort_keys=False, allow_unicode=True, width=120)
    return text


def _derived(parts: Mapping[tuple[str, Part], str]) -> list[str]:
    said = {Locale(locale): {each: "" for of, each in parts if of == locale} for locale, _ in parts}
    return [channel.value for channel in channels_of(said)]


def _flat(said: Mapping[str, Any]) -> dict[Part, str]:
    """Return the sources of a language by part, in the order of parts."""
    found = {}
    for part in Part:
        name, _, place = part.partition(".")
        source = said.get(name, {}).get(place) if place else said.get("actionUrl")
        if source is not None:
            found[part] = source
    return found


def _nest(said: dict[str, Any], part: Part, source: str) -> None:
    name, _, place = part.partition(".")
    if place:
        said.setdefault(name, {})[place] = source
    else:
        said["actionUrl"] = source
