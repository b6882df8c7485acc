"""Writes the documents that are made of the code: docs/providers.md. Run as `python -m infra.docs`."""

from pathlib import Path
from typing import Final

from chalicelib.providers.catalogue import Entry, catalogue

DOCS: Final = Path(__file__).parents[1] / "docs"
PROVIDERS: Final = DOCS / "providers.md"

_HEAD: Final = """\
# Providers

Made of the code by `make docs`; what is written here by hand is lost.

A tenant configures any of these with `POST /api/v1/admin/providers`, by channel and name. The direct ones have a page
each. Those through [Apprise](https://appriseit.com/) take one credential, `url`, such as below; `{target}` in it stands
for the recipient: their number, device or `chatTargets` entry of this name. `herald providers test ID` tries one out.
The inbox (`in_app`) needs none.
"""
_LIMITS_OF: Final = "Limits are the vendor's, for one message; what exceeds them is left to the next provider."


def providers_page() -> str:
    """Return docs/providers.md."""
    entries = catalogue()
    through = [entry for entry in entries if entry.through is not None]
    lines = [
        _HEAD,
        f"{len(entries)} providers, {len(entries) - len(through)} of them direct. {_LIMITS_OF}",
        "",
        "| channel | provider | direct or Apprise | capabilities | limits |",
        "|---|---|---|---|---|",
        *map(_row, entries),
        "",
        "## URLs of those through Apprise",
        "",
        "| provider | URL |",
        "|---|---|",
        *(f"| {entry.vendor} | `{entry.example['url']}` |" for entry in through),
    ]
    return "\n".join(lines) + "\n"


def _row(entry: Entry) -> str:
    page = f"providers/{entry.vendor}.md"
    link = page if entry.through is None and (DOCS / page).exists() else entry.documentation
    cells = (
        str(entry.channel),
        f"[{entry.vendor}]({link})",
        entry.through or "direct",
        ", ".join(entry.capabilities),
        ", ".join(entry.limits) or "none",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PROVIDERS.write_text(providers_page())
