"""Hindi that can be searched for in a PDF: each piece of text carries, beside its glyphs, what it says (PDF 32000-1, 14.9.4).

WeasyPrint maps one glyph to one text. In Devanagari a matra stands before its consonant and several letters share a glyph,
so that by glyphs alone six words of eight cannot be found again.
"""

from types import ModuleType
from typing import Any

FIRST, LAST = "\u0900", "\u097f"


def make_searchable(drawing: ModuleType) -> None:
    """Wrap the drawing of a line in ``weasyprint.draw.text``, so that lines with Devanagari say their text."""
    draw_line = drawing.draw_first_line

    def draw_and_say(stream: Any, textbox: Any, *args: Any) -> Any:
        if not any(FIRST <= letter <= LAST for letter in textbox.text):
            return draw_line(stream, textbox, *args)
        said = textbox.text.encode("utf-16-be").hex()
        stream.stream.append(f"/Span <</ActualText <feff{said}>>> BDC".encode())
        drawn = draw_line(stream, textbox, *args)
        stream.stream.append(b"EMC")
        return drawn

    drawing.draw_first_line = draw_and_say  # type: ignore[attr-defined]
