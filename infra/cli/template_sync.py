"""Brings templates from files to a tenant and back."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final, NamedTuple

from infra.cli.api import Api
from infra.cli.errors import CommandError, files_told
from infra.cli.template_files import (
    SHARED,
    Draft,
    Files,
    drafts_in,
    files_of,
    fragment_file,
    fragments_in,
    inside,
    read_files,
    sources_in,
    with_line_feeds,
    write_files,
)

ADMIN: Final = "/api/v1/admin"
TEMPLATES: Final = f"{ADMIN}/templates"
_DRAFT: Final = ("category", "type", "channels", "layout", "schema", "sample", "localizations")


class Done(NamedTuple):
    """What became of something: `created`, `changed`, `published`, `unchanged`, `written`."""

    what: str
    became: str


def push(api: Api, folder: Path, *, publish: bool) -> Iterator[Done]:
    """Bring what lies in a folder to the tenant, and yield what became of each: layouts and partials first, for
    templates get copies of them. What differs becomes a draft; `publish`: the latest version of each is published.
    CommandError when there are none, or something is none of theirs.
    """
    files = read_files(folder)
    if not files:
        raise CommandError(f"There are no templates in {folder}.")
    drafts = drafts_in(files)
    sources = {kind: fragments_in(files, kind) for kind in SHARED}
    for kind, fragments in sources.items():
        for key, source in fragments.items():
            yield Done(fragment_file(kind, key), _push_fragment(api, f"{ADMIN}/{kind}", key, source))
    for key, draft in drafts.items():
        yield Done(key, _push_template(api, key, draft, sources))
        if publish:
            template = api.get(f"{TEMPLATES}/{key}")
            if template.get("published") != template["latest"]:
                seen = {"number": template["latest"], "version": template["version"]}
                api.post(f"{TEMPLATES}/{key}/publish", seen)
                yield Done(key, "published")


def pull(api: Api, folder: Path, *, force: bool) -> Iterator[Done]:
    """Write the latest versions of the tenant's templates and what they share into a folder; yield what became of each
    file. Templates that only the folder has stay.

    Raises
    ------
    CommandError
        Something in the folder would be lost (`force` lets it be), or cannot be read or written.
    """
    theirs = remote_files(api)
    with files_told("written"):
        folder.mkdir(parents=True, exist_ok=True)
    mine = read_files(folder)
    stale = sorted(name for name in mine.keys() - theirs.keys() if _belongs_to(name, theirs))
    changed = sorted(name for name, text in theirs.items() if name in mine and not _same(name, mine, theirs))
    if (lost := [*changed, *stale]) and not force:
        raise CommandError(f"{_listed(lost)} would be lost: it differs from what the tenant has. --force lets it be.")
    for name in stale:
        with files_told("removed"):
            inside(folder, name).unlink()
        yield Done(name, "removed")
    for name, text in theirs.items():
        if name not in mine or name in changed:
            write_files(folder, {name: text})
            yield Done(name, "written")


def compare(api: Api, folder: Path) -> Iterator[str]:
    """Yield the lines of a unified diff, from what the tenant has to what lies in a folder."""
    theirs, mine = remote_files(api), _canonical(read_files(folder))
    for name in sorted({*theirs, *mine}):
        before, after = (texts.get(name, "").splitlines() for texts in (theirs, mine))
        yield from unified_diff(before, after, f"tenant/{name}", f"{folder.name}/{name}", lineterm="")


def remote_files(api: Api) -> Files:
    """Return the latest versions of a tenant's templates, and what they share, as files."""
    files: Files = {}
    for kind in SHARED:
        for fragment in _all(api, f"{ADMIN}/{kind}"):
            files[fragment_file(kind, fragment["key"])] = f"{with_line_feeds(fragment['source'])}\n"
    for template in _all(api, TEMPLATES):
        latest = api.get(f"{TEMPLATES}/{template['key']}/versions/{template['latest']}")
        files |= files_of(template["key"], latest | {"name": template["name"]})
    return files


def _push_fragment(api: Api, path: str, key: str, source: str) -> str:
    stored = api.find(f"{path}/{key}")
    if stored is None:
        api.post(path, {"key": key, "source": source})
        return "created"
    if with_line_feeds(stored["source"]) == source:
        return "unchanged"
    api.patch(f"{path}/{key}", {"source": source, "version": stored["version"]})
    return "changed"


def _push_template(api: Api, key: str, draft: Draft, sources: Mapping[str, Mapping[str, str]]) -> str:
    path = f"{TEMPLATES}/{key}"
    body = {field: draft[field] for field in _DRAFT if draft.get(field)}
    template = api.find(path)
    if template is None:
        api.post(TEMPLATES, {"key": key, "name": draft["name"], **body})
        return "created"
    if template["name"] != draft["name"]:
        template = api.patch(path, {"name": draft["name"], "version": template["version"]})
    latest = api.get(f"{path}/versions/{template['latest']}")
    if _says(latest) == _says(draft) and not _outdated(latest, sources):
        return "unchanged"
    added = api.post(f"{path}/versions", body | {"version": template["version"]})
    return f"created version {added['number']}"


def _says(draft: Draft) -> dict[str, Any]:
    said = {field: draft[field] for field in _DRAFT if draft.get(field)}
    return said | {"localizations": sources_in(draft)}


def _outdated(latest: Draft, sources: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether a version has other copies of layouts and partials than these."""
    for key, copy in latest["fragments"].items():
        # A layout and a partial may have the same key; a template that uses the one cannot use the other.
        kind = "layouts" if key == latest.get("layout") else "partials"
        if key in sources[kind] and sources[kind][key] != with_line_feeds(copy):
            return True
    return False


def _all(api: Api, path: str) -> Iterator[dict[str, Any]]:
    query: dict[str, Any] = {"limit": 100}
    while True:
        page = api.get(path, **query)
        yield from page["items"]
        if "nextCursor" not in page:
            return
        query["cursor"] = page["nextCursor"]


def _canonical(files: Files) -> Files:
    """Return files as they would have been pulled."""
    shared = {
        fragment_file(kind, key): f"{source}\n" for kind in SHARED for key, source in fragments_in(files, kind).items()
    }
    templates = [files_of(key, draft) for key, draft in drafts_in(files).items()]
    return shared | {name: text for each in templates for name, text in each.items()}


def _same(name: str, mine: Files, theirs: Files) -> bool:
    if mine[name] == theirs[name]:
        return True
    try:
        return _canonical(mine)[name] == theirs[name]
    except CommandError:
        # What cannot be read is something else for certain.
        return False


def _belongs_to(name: str, theirs: Files) -> bool:
    """Tell whether a file lies in the folder of a template that the tenant has."""
    folder = name.split("/", 1)[0]
    return not folder.startswith("_") and f"{folder}/template.yaml" in theirs


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")  # noqa: PLR2004 (enough to see what it is about)
