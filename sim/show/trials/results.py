"""A trial's folder, read once: what its figures and its page draw from."""

from pathlib import Path

from pydantic import ValidationError

from sim.lab.settings.errors import SettingsError
from sim.lab.settings.read_yaml import read_yaml
from sim.lab.trials import summary
from sim.lab.trials.analysis import EVERYBODY, Effect
from sim.lab.trials.files import TrialFile
from sim.show.looks import ARM_LOOKS, Look
from sim.show.results import Results, read_table
from sim.show.words import plural


class TrialResults:
    """A trial's folder.

    `runs` are the seeds that an effect is over, `arms` all but the first, `outcome` the one in question, and `best` the
    most precise randomised comparison.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.results = folder, Results(folder)
        self.manifest = self.results.manifest
        try:
            self.trial = TrialFile.model_validate(read_yaml(folder / "trial.yaml"))
        except ValidationError:
            raise SettingsError(f"{folder / 'trial.yaml'} is of another version; run the trial again") from None
        table = read_table(folder / "effects.csv", Effect._fields)[list(Effect._fields)]
        self.effects = [Effect(**{str(name): value for name, value in row.items()}) for row in table.to_dict("records")]
        self.runs = self.effects[0].seeds if self.effects else 0
        self.arms = list(self.trial.arms)[1:]
        self.outcome, self.best = summary.outcome(self.trial), summary.best(self.trial)

    @property
    def footer(self) -> str:
        """How many seeds of what, for the foot of a picture."""
        partial = " (stopped early)" if self.manifest.get("partial") else ""
        return f"{plural(self.runs, 'seed')}{partial} · trial {self.trial.name} · run {self.results.short_hash}"

    def look(self, arm: str) -> Look:
        """Return the look of an arm, the same in every picture."""
        return ARM_LOOKS[list(self.trial.arms).index(arm) % len(ARM_LOOKS)]

    def of(self, comparison: str, arm: str | None = None, outcome: str | None = None) -> list[Effect]:
        """Return the effects of a comparison on everybody, by window."""
        wanted = (comparison, EVERYBODY, outcome or self.outcome)
        found = [one for one in self.effects if (one.comparison, one.subgroup, one.outcome) == wanted]
        return sorted((one for one in found if arm in (None, one.arm)), key=lambda one: (one.end, one.start))

    @property
    def leading(self) -> list[Effect]:
        """The effects that answer the question: the first outcome and window, an arm each."""
        found = [effect for arm in self.arms for effect in self.of(self.best, arm)]
        return [effect for effect in found if summary.column(effect) == self.trial.first_column()]

    def deciles(self, arm: str) -> dict[int, Effect]:
        """Return the effects on the outcome and window of the question by decile of activity before."""
        wanted = (self.best, arm, self.trial.first_column())
        found = [one for one in self.effects if (one.comparison, one.arm, summary.column(one)) == wanted]
        return {int(one.subgroup.removeprefix("decile ")): one for one in found if one.subgroup != EVERYBODY}
