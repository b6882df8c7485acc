"""QR codes as text, two rows of modules a line, for terminals. Dark on light: a light terminal shows it inverted, which
phones read as well.
"""

from itertools import zip_longest
from typing import Final

QUIET: Final = 2
"""Modules of margin."""
_BLOCKS: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def ascii_qr(code: str) -> str:
    """Return the QR code of a text; raises ValueError for one that none holds."""
    import segno

    rows = [list(row) for row in segno.make(code, error="l", micro=False).matrix_iter(border=QUIET)]
    empty = [0] * len(rows[0])
    pairs = zip_longest(rows[::2], rows[1::2], fillvalue=empty)
    return "\n".join("".join(_BLOCKS[pixels] for pixels in zip(*pair, strict=True)) for pair in pairs)


def qr_data_url(code: str) -> str:
    """Return the QR code of a text as a PNG in a data URL; raises ValueError for one that none holds."""
    import segno

    return str(segno.make(code, error="l", micro=False).png_data_uri(scale=5, border=4))
