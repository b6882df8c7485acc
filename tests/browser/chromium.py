"""Debian's Chromium without a window: it shows pages from files, asks no network and leaves nothing behind."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

import pytest

from infra.cli.pictures import BROWSERS, QUIET

CHROMIUM: Final = next(filter(None, map(shutil.which, BROWSERS)), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
_MEASURE: Final = """
<script>
addEventListener("load", () => {
  const seen = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument.documentElement;
    seen[frame.id] = {
      width: page.scrollWidth,
      direction: getComputedStyle(page).direction,
      language: page.lang,
      text: page.innerText,
    };
  }
  const answer = document.createElement("pre");
  answer.id = "seen";
  answer.textContent = JSON.stringify(seen);
  document.body.replaceChildren(answer);
});
</script>
"""


def look_at(pages: Mapping[str, str], folder: Path, width: int) -> dict[str, dict[str, Any]]:
    """Return what a window of so many pixels shows of each page: how wide it is, its direction, language and text."""
    frames = [
        f'<iframe id="{escape(name)}" width="{width}" height="800" style="border: 0" srcdoc="{escape(page)}"></iframe>'
        for name, page in pages.items()
    ]
    harness = folder / "harness.html"
    harness.write_text(f'<!doctype html><meta charset="utf-8"><body>{"".join(frames)}{_MEASURE}', encoding="utf-8")
    shown = subprocess.run(
        [str(CHROMIUM), *QUIET, f"--user-data-dir={folder / 'profile'}", "--dump-dom", harness.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    _, _, rest = shown.partition('<pre id="seen">')
    text, _, _ = rest.partition("</pre>")
    seen: dict[str, dict[str, Any]] = json.loads(_unescaped(text))
    return seen


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u00a0").replace("&amp;", "&")
