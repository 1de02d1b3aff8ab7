"""Virtual trials: randomised experiments inside the world.

`run_trial(trial, settings, seed)` runs one on one seed and returns a row a person enrolled; `analysis` pools seeds.
Who is enrolled, what is done to them and what is measured are small registered functions: `selectors`, `actions`,
`outcomes`. Nothing here knows what anybody has found outside.
"""

from sim.lab.trials import actions, outcomes, selectors
from sim.lab.trials.run import TrialRun, run_trial
from sim.lab.trials.trial import Arm, Measured, Trial, Use, measured, use

__all__ = [
    "Arm", "Measured", "Trial", "TrialRun", "Use", "actions", "measured", "outcomes", "run_trial", "selectors", "use",
]  # fmt: skip
