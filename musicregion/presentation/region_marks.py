"""Colour and shape of each region, so that no region is told by its colour alone.

The colours are those of Okabe and Ito, "Color universal design" (2008): they differ for
colour-blind eyes as well.
"""

from dataclasses import dataclass

COLOURS = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#000000"),
)
SHAPES = (  # SVG paths around 0 0
    "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z",  # circle
    "M-7-7h14v14h-14z",  # square
    "M0-9l9 16h-18z",  # triangle
    "M0-10l10 10l-10 10l-10-10z",  # diamond
    "M-3-9h6v6h6v6h-6v6h-6v-6h-6v-6h6z",  # cross
)


@dataclass(frozen=True)
class RegionMark:
    """How pictures show a region."""

    colour: str
    shape: str  # path of an SVG, about 18 wide


def region_marks(regions: list[str]) -> dict[str, RegionMark]:
    """The mark of each region; 40 regions have different ones."""
    return {
        region: RegionMark(COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)])
        for number, region in enumerate(regions)
    }
