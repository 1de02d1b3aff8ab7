"""A run of one world and the command `compare`: replicates, a result folder, a report."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.cli import report
from sim.lab.settings.errors import BROKEN, STOPPED

if TYPE_CHECKING:
    from sim.cli.front import Asked
    from sim.lab.runs.execute import Done
    from sim.lab.runs.jobs import Job


def perform(asked: "Asked", compares: bool) -> int:
    """Run what is asked for, write its folder and report, and print the folder last."""
    from sim.cli import compose, hydra_flags
    from sim.lab.runs import execute, headline, jobs, plan

    hydra_flags.refuse_hydras(asked.settings, "a run")
    compose.refuse_twice(asked.settings)
    request = compose.request(asked.settings, compares)
    job = jobs.job(request, asked.command)
    if only_planned(job, plan.arms(request), asked.is_dry):
        return 0
    try:
        done = execute.perform(job, asked.plugins, shows_progress=True)
    except execute.UnwrittenError as error:
        print(headline.text(job, error.finished), flush=True)
        raise
    from sim.show.report import answer  # with pandas: not before the work
    from sim.show.results import Results

    return conclude(job, done, headline.text(job, done.finish.finished, answer.answer(Results(done.folder))))


def only_planned(job: "Job", arms: Mapping[str, str], is_dry: bool) -> bool:
    """Print what is to be known before a job begins, and its plan if that is all that is wanted."""
    from sim.lab.runs import plan

    for note in job.notes:
        print(f"barnraise: {note}", file=sys.stderr)
    if is_dry:
        print(plan.text(job, arms))
    return is_dry


def conclude(job: "Job", done: "Done", words: str) -> int:
    """Print the results, write the report, print the folder last, and return the exit code."""
    from sim.lab.runs.jobs import quoted

    print(words, flush=True)
    code, why_partial = 0, done.finish.why_partial
    again = f"write it with: {quoted(['barnraise', 'report', str(done.folder)])}"
    try:
        report.render(done.folder)
    except KeyboardInterrupt:
        why_partial = "interrupted"
        print(f"barnraise: the report is missing; {again}", file=sys.stderr)
    except OSError as error:
        code = BROKEN
        print(f"barnraise: the report is missing ({error.strerror or error}); {again}", file=sys.stderr)
    finally:
        print(done.folder, flush=True)
    if why_partial is None:
        return code
    kept = f"{len(done.finish.finished)} of {len(job.tasks)} replicates are kept"
    print(f"barnraise: {why_partial}; {kept}", file=sys.stderr)
    return STOPPED if why_partial == "interrupted" else BROKEN
