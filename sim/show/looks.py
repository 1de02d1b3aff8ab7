"""How lines, bars and dots are told apart.

Colours are those of Okabe and Ito (2008), which colour-blind readers can distinguish. Neighbours also differ in
lightness, dash, marker and hatch, so that a grey copy stays readable.
"""

from typing import Any, NamedTuple

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE = "#5A5A5A", "#D9D9D9"


class Look(NamedTuple):
    """How one line, bar or group of dots is told from the others."""

    colour: str
    dash: Any = "-"
    marker: str = "o"
    hatch: str = ""


ON, OFF = Look(BLUE), Look(VERMILLION, (0, (4, 1.5)), "D")
ARM_LOOKS = (
    Look(BLACK), Look(VERMILLION, (0, (5, 1.5)), "^", "//"), Look(BLUE, (0, (1.2, 1.2)), "s", ".."),
    Look(ORANGE, (0, (6, 1.5, 1.2, 1.5)), "D", "xx"), Look(GREEN, (0, (9, 2)), "v", "\\\\"),
    Look(PURPLE, "-", "P", "++"),
)  # fmt: skip
