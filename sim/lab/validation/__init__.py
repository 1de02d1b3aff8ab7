"""Published findings as virtual experiments: what a row is, where rows live, how they are run and scored.

A row is a file of `experiments/validation/`, `<id>_<slug>.py`, with a `ROW` and a `measure(bench, seed)`.
"""

from sim.lab.validation.pooling import counts, pooled, total
from sim.lab.validation.row import Row, Target
from sim.lab.validation.workbench import Bench

__all__ = ["Bench", "Row", "Target", "counts", "pooled", "total"]
