"""Trials as files: `conf/trial/NAME.yaml` says who is enrolled, what is done and measured, and with which settings."""

import copy
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from sim.lab.settings import folders, settings_file
from sim.lab.settings.config import Closed, Name, Whole
from sim.lab.settings.errors import SettingsError, refuse_if_any
from sim.lab.settings.keys import Tree
from sim.lab.settings.read_yaml import read_yaml
from sim.lab.trials.trial import Arm, Measured, Trial, Use

Calls = dict[str, dict[str, Any] | None]  # registered functions by name, each with its options
Number = Annotated[float, Field(strict=True)]
Day = Annotated[Whole, Field(ge=0)]


class ArmFile(Closed):
    """One arm, as a file describes it."""

    does: Calls = Field(default_factory=dict)
    share: Number = Field(1.0, gt=0.0)
    for_days: Annotated[Whole, Field(ge=1)] | None = None
    dose: Number | None = None


class TrialFile(Closed):
    """A trial, as a file describes it. It runs in a `scenario` or a `profile`, with `settings` that differ from it."""

    name: str
    title: str
    question: str
    story: str = ""
    scenario: str | None = None
    profile: str | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    replicates: Annotated[Whole, Field(ge=1, le=100_000)] = 30
    who: Calls = Field(min_length=1)
    start: Day
    until: Day | None = None
    between: bool = False
    arms: dict[Name, ArmFile] = Field(min_length=2)
    outcomes: dict[str, tuple[tuple[Whole, Whole], ...]] = Field(min_length=1)
    primary: str | None = None
    association: str | None = None
    dose_of: str = "dose"

    @model_validator(mode="after")
    def _names_columns(self) -> "TrialFile":
        columns = self.trial().columns()
        for name in filter(None, (self.primary, self.association)):
            if name not in columns:
                near = get_close_matches(name, columns, n=1, cutoff=0.0)[0]
                raise ValueError(f"{name} is not an outcome and window of this trial; did you mean {near}?")
        return self

    def trial(self) -> Trial:
        """Return the trial to run."""
        arms = tuple(Arm(name, uses(arm.does), arm.share, arm.for_days, arm.dose) for name, arm in self.arms.items())
        outcomes = tuple(Measured(name, windows) for name, windows in self.outcomes.items())
        return Trial(self.name, uses(self.who), arms, outcomes, self.start, self.until, self.between)

    def first_column(self) -> str:
        """Return the column of the primary outcome and window."""
        return self.primary or self.trial().columns()[0]


def uses(calls: Calls) -> tuple[Use, ...]:
    """Return registered functions with their options."""
    return tuple(Use(name, options or {}) for name, options in calls.items())


def tree(name: str) -> Tree:
    """Return the content of a trial's file. Raises `SettingsError` if there is none, or it cannot be read."""
    found = read_yaml(settings_file.file_of("trial", name, folders.files("trial"), "trials"), f"trial {name}")
    if not isinstance(found, dict):
        raise SettingsError(f"trial {name}: the file holds no settings")
    settings = found.get("settings")
    entries = settings.items() if isinstance(settings, dict) else ()
    wrong = (line for key, value in entries for line in settings_file.misplaced(key, value))
    refuse_if_any(f"trial {name}: settings: {line}" for line in wrong)
    return found | {"name": name}


def read(name: str, changes: Tree | None = None) -> TrialFile:
    """Return a trial, with some entries changed by dotted names within the file (`{"arms.award.share": 2}`)."""
    content = copy.deepcopy(tree(name))
    for key, value in (changes or {}).items():
        put(content, key, value)
    try:
        return TrialFile.model_validate(content)
    except ValidationError as error:
        raise SettingsError(*(_line(name, dict(detail)) for detail in error.errors())) from None


def put(content: Tree, key: str, value: Any) -> None:
    """Set an entry of a trial's tree. An empty entry is filled; a value is never replaced by a branch."""
    *branches, leaf = key.split(".")
    at: Any = content
    for branch in branches:
        if isinstance(at, dict):
            at[branch] = {} if at.get(branch) is None else at[branch]
            at = at[branch]
    if not isinstance(at, dict):
        raise SettingsError(f"trial.{key}: {'.'.join(branches)} is a value and has no entries")
    at[leaf] = value


def _line(name: str, detail: Tree) -> str:
    """Say in one line what pydantic found."""
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        fields = ArmFile.model_fields if key.startswith("arms.") else TrialFile.model_fields
        near = get_close_matches(key.rsplit(".", 1)[-1], list(fields), n=1)
        return f"trial {name}: unknown entry {key}; " + (f"did you mean {near[0]}?" if near else ", ".join(fields))
    said = detail["msg"].removeprefix("Value error, ")
    return f"trial {name}: {key + ': ' if key else ''}{said[0].lower() + said[1:]}"
