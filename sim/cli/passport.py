"""The command `passport`: how a community takes a standard set of shocks."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.cli.front import Asked


def run(line: "Asked") -> int:
    """Run all shocks, write the folder and its page, and print the folder last."""
    from sim.cli import compose, hydra_flags
    from sim.cli.run import conclude, only_planned
    from sim.lab.runs import passport, plan

    hydra_flags.refuse_hydras(line.settings, "a passport")
    compose.refuse_twice(line.settings)
    days = [text for text in line.settings if text.partition("=")[0].strip() == "change_day"]
    base = compose.request([text for text in line.settings if text not in days], compares=False)
    made = base.experiment.model_copy(update={"host_off": None})
    day = compose.change_day(days[-1], made) if days else made.days // 2
    asked = passport.request(base, day)
    job = passport.job(asked, line.command)
    if only_planned(job, plan.arms(asked), line.is_dry):
        return 0
    done = passport.perform(job, line.plugins, shows_progress=True)
    from sim.show.comparisons import passport as page

    return conclude(job, done, "\n".join(page.answer(page.Passport(done.folder))))
