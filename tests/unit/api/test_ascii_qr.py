"""Codes as text hold what the picture holds."""

import base64

import pytest
import segno

from chalicelib.api.ascii_qr import QUIET, ascii_qr, qr_data_url

HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
CODES = ["2@short", "2@" + "k3y/+=," * 30]


@pytest.mark.parametrize("code", CODES)
def test_a_code_as_text_has_every_module_of_the_code(code: str) -> None:
    lines = ascii_qr(code).splitlines()

    rows = [[HALVES[block][half] for block in line] for line in lines for half in (0, 1)]
    wanted = [list(row) for row in segno.make(code, error="l", micro=False).matrix_iter(border=QUIET)]
    assert rows[: len(wanted)] == wanted
    assert not any(any(row) for row in rows[len(wanted) :])


def test_a_code_as_a_picture_is_a_png() -> None:
    kind, _, content = qr_data_url(CODES[0]).partition(",")

    assert kind == "data:image/png;base64"
    assert base64.b64decode(content).startswith(b"\x89PNG")
