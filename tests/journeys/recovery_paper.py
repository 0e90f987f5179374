"""The paper in the hands of a person: a downloaded recovery sheet, printed to an image and scanned from that."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
import zxingcpp

DOTS_PER_INCH = 200


@dataclass(frozen=True)
class Paper:
    """A printed sheet; what is scanned from it is an address."""

    scanned: str = field(repr=False)
    text: str = field(repr=False)

    @property
    def code(self) -> str:
        """The code on it, as somebody without a camera reads it."""
        return self.scanned.partition("#")[2]


def print_out(pdf: Path) -> Paper:
    """Print the only page of a PDF and scan the code on it."""
    document = pdfium.PdfDocument(pdf)
    image = document[0].render(scale=DOTS_PER_INCH / 72).to_pil()
    text = document[0].get_textpage().get_text_range()
    document.close()
    image.save(pdf.with_suffix(".png"))
    (found,) = zxingcpp.read_barcodes(image)
    return Paper(found.text, text)
