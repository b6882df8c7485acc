"""The text part of a mail that has HTML only: a source too, made once when the template is saved."""

from chalicelib.rendering.attribute_values import Place
from chalicelib.rendering.inline import Marks
from chalicelib.rendering.pieces import Kind, Piece
from chalicelib.rendering.text import text_from


def text_source(placed: list[tuple[Piece, Place]]) -> str:
    """Return the text of an HTML source as a source: what Jinja reads stays where it was said or linked.

    Statements between attributes, and all that is in them, go with the attributes.
    """
    pieces = [(piece, place) for piece, place in placed if not _is_lost(piece, place)]
    marks = Marks("".join(piece.text for piece, _ in pieces))
    text = text_from("".join(marks.put(piece, place) for piece, place in pieces), marks.stands_for_a_tag)
    return marks.restored(marks.without_their_lines(text))


def _is_lost(piece: Piece, place: Place) -> bool:
    return piece.kind not in (Kind.TEXT, Kind.TAKEN) and place not in (Place.TEXT, Place.VALUE, Place.LINK)
