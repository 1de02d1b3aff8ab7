"""The command `live`: it lets the live page compose worlds and questions as the command line does."""

import threading
from collections.abc import Sequence
from pathlib import Path

from sim.cli import compose
from sim.lab.runs import jobs
from sim.lab.runs.jobs import Job, quoted
from sim.lab.settings import config
from sim.lab.settings.config import Experiment
from sim.lab.settings.errors import SettingsError


class CommandLine:
    """Composes what the page asks for. Hydra is one for the whole process, so one composition is made at a time."""

    def __init__(self, results: str) -> None:
        self.results = Path(results)
        self.lock = threading.Lock()

    def experiment(self, overrides: Sequence[str]) -> Experiment:
        """Return the experiment of overrides. Raises `SettingsError` as the command line would."""
        with self.lock:
            compose.refuse_twice(overrides)
            return config.experiment(compose.composed(overrides))

    def question(self, arguments: Sequence[str]) -> Job:
        """Return the job of the arguments of a comparison, or of a run if they name no alternative."""
        if any(text.partition("=")[0].strip() in ("results", "workers") for text in arguments):
            raise SettingsError("the folder and the processes of a question are those of the live page")
        compares = any(text.startswith("alt.") for text in arguments)
        command = ["barnraise", *(["compare"] if compares else []), *arguments]
        with self.lock:
            compose.refuse_twice(arguments)
            request = compose.request([*arguments, f"results={quoted([str(self.results)])}"], compares)
        return jobs.job(request, quoted(command))
