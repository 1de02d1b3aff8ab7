"""Published findings as virtual experiments: what a row is, where its file is, how rows are run and scored.

A row is a file `experiments/validation/<id>_<slug>.py` with a `ROW` and a function `measure(bench, seed)`.
"""

from sim.lab.validation.pooling import counts, pooled, total
from sim.lab.validation.row import Row, Target
from sim.lab.validation.workbench import Bench

__all__ = ["Bench", "Row", "Target", "counts", "pooled", "total"]
