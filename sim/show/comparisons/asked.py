"""What the pages of a tornado and of a passport share: a folder with a table of its own, and a short page."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.runs.result_folder import write_text
from sim.lab.settings.errors import SettingsError
from sim.show.report.figures import Plan, draw_all
from sim.show.report.page import environment, provenance
from sim.show.results import Results, read_table
from sim.show.words import plural

UNSURE = ("Intervals are 95 %, Student's t over seeds, not corrected for the number of rows. They cover chance between "
          "runs and, where replicates draw their behaviour from several vectors, what the evidence leaves open about "
          "it. They do not cover how wrong the other parameters may be.")  # fmt: skip


class Folder:
    """A result folder whose page is about one table."""

    name, table_name = "", ""
    needed: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.folder, self.results = folder, Results(folder)
        self.manifest, self.scenario = self.results.manifest, self.results.scenario
        self.runs = int((self.manifest.get("replicates") or {"finished": 0})["finished"])

    @cached_property
    def table(self) -> pd.DataFrame:
        """The table that the page is about."""
        found = read_table(self.folder / self.table_name, self.needed)
        if found.empty:
            raise SettingsError(f"{self.folder / self.table_name} has no rows; run it again")
        return found

    @property
    def footer(self) -> str:
        """How many seeds of what, for the foot of a picture."""
        partial = " (stopped early)" if self.manifest.get("partial") else ""
        return f"{plural(self.runs, 'seed')}{partial} · scenario {self.results.name} · run {self.results.short_hash}"

    def write(
        self, plan: Plan, question: str, answer: Sequence[str], sections: Sequence[Any], how: Sequence[str]
    ) -> Path:
        """Draw the figure and write the page. A section is a title, headings and rows, the first cell a row's name."""
        template, page = environment().get_template("comparisons/asked.html.j2"), self.folder / "report.html"
        write_text(page, template.render(
            kind=self.name, title=self.scenario.get("title") or self.results.name, question=question, answer=answer,
            sections=sections, how=[*how, UNSURE], manifest=self.manifest, command=self.scenario.get("command", ""),
            provenance=provenance(self.results), pictures=draw_all((plan,), self), runs=plural(self.runs, "seed"),
            tables=self.table_name,
        ))  # fmt: skip
        return page
