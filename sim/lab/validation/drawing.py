"""Which findings are shut away: a third, drawn by a hash of their ids with a word that was committed before the draw.

Rows that are shut away are written and frozen like the others. Nothing is fitted to them, and they are run once, after
the calibration has ended. So their score says what the world predicts, and the score of the others what it can be
fitted to.
"""

import hashlib
from collections.abc import Iterable

WORD = "crossbeam"  # committed before it was tried out
FIRST = (
    "A1 A3 A4 A6 A7 A9 G1 G3 G5 G6 G7 G8 G11 H1 H2 H4 H5 H7 H9 H10 M1 M3 N1 N3 N4 N5 N9 N11 N12 N15 P1 P2 P3 P5 P7 "
    "R1 R3 R6 R7 R9 R10 R12 S1 S5 S6 V1 V3 V5 V6"
)  # these had been looked at before anything was frozen
SECOND = "L1 L2 L3 L6 W1 W3 W14 X1 D1 Z1 Q1 Q5"
THIRD = "E5 O1 C3 C7 X3 F1 F4 K3 K6 W10 T1 T3"  # those that need several places, criticism, money or a product
FOURTH = "C2 C6 E1 E7 O4 O6 Q2 Q7 Q8 T5 W7 Z4"  # further ones; the list was fixed before any of them was written


def drawn(ids: Iterable[str], number: int, word: str = WORD) -> frozenset[str]:
    """Return the `number` ids whose hashes with the word are least."""
    return frozenset(sorted(ids, key=lambda row: hashlib.sha256(f"{word} {row}".encode()).digest())[:number])


def shut_away() -> frozenset[str]:
    """Return the ids that the word shuts away: sixteen of the first list, and four of each of the others."""
    later = (drawn(ids.split(), 4) for ids in (SECOND, THIRD, FOURTH))
    return drawn(FIRST.split(), 16).union(*later)
