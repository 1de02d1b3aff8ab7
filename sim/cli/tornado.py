"""The command `tornado`: what an answer depends on most."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.lab.settings.errors import SettingsError, refuse_if_any

if TYPE_CHECKING:
    from sim.cli.front import Asked


def run(line: "Asked", metric: str, only: Sequence[str] | None) -> int:
    """Move each lever and each unknown alone, write the folder and its page, and print the folder last."""
    from sim.cli import compose, hydra_flags
    from sim.cli.run import conclude, only_planned
    from sim.lab.settings import keys, scenarios, sweep_options
    from sim.lab.sweeps import tornado

    hydra_flags.refuse_hydras(line.settings, "a tornado")
    compose.refuse_twice(line.settings)
    refuse_if_any([sweep_options.unknown_metric(metric)])
    named, rest = compose.split_alternatives(line.settings)
    asked = compose.request(line.settings, compares=bool(named))
    base = compose.sorted_out([text for text in rest if not text.startswith("change_day")])
    own = {} if "profile" in base.choices else scenarios.read(base.choices.get("scenario") or scenarios.default())
    levers = [key for tree in (own, dict(base.values)) for key, _ in keys.flat(tree)]
    moves = tornado.moves(asked, levers, metric, only)
    if not moves:
        raise SettingsError("nothing can be moved here: no lever of venue and host has an effect; name some by only=")
    job = tornado.job(asked, line.command, metric, moves)
    ends = {move.name: f"{move.low:g} and {move.high:g} ({move.kind})" for move in moves}
    if only_planned(job, {"base": " ".join(asked.settings) or "as the scenario has it"} | ends, line.is_dry):
        return 0
    done = tornado.perform(job, line.plugins, shows_progress=True)
    from sim.show.comparisons import tornado as page

    return conclude(job, done, "\n".join(page.answer(page.Tornado(done.folder))))
