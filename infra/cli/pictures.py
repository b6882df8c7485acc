"""Mails as their readers see them: the HTML as a file, and a picture of it where there is a browser to take one."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
QUIET: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--mute-audio"),
)
"""A browser that shows a file and asks nobody anything."""
_SIZE: Final = "--window-size=480,640"
_SECONDS: Final = 60


def keep(mails: Iterable[EmailMessage], folder: Path) -> Iterator[Path]:
    """Save the HTML of each mail in `folder`, with a picture where a browser is found; yield the files."""
    folder.mkdir(parents=True, exist_ok=True)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    for mail in mails:
        html = mail.get_body(("html",))
        if html is None:
            continue
        page = folder / f"{str(mail['To']).partition('@')[0]}.html"
        page.write_text(html.get_content(), encoding="utf-8")
        yield page
        if browser is not None:
            yield _picture(browser, page)


def _picture(browser: str, page: Path) -> Path:
    picture = page.with_suffix(".png")
    with TemporaryDirectory(prefix="herald-browser-", ignore_cleanup_errors=True) as profile:
        command = [browser, *QUIET, _SIZE, f"--user-data-dir={profile}", f"--screenshot={picture}", page.as_uri()]
        subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
    return picture
