"""Virtual trials: randomised experiments inside the world.

`run_trial(trial, settings, seed)` runs a trial on one seed and returns a row per person enrolled. `analysis` pools
seeds. Small registered functions say who is enrolled (`selectors`), what is done to them (`actions`) and what is
measured (`outcomes`). Nothing here knows any published finding.
"""

from sim.lab.trials import actions, outcomes, selectors
from sim.lab.trials.run import TrialRun, run_trial
from sim.lab.trials.trial import Arm, Measured, Trial, Use, measured, use

__all__ = [
    "Arm", "Measured", "Trial", "TrialRun", "Use", "actions", "measured", "outcomes", "run_trial", "selectors", "use",
]  # fmt: skip
