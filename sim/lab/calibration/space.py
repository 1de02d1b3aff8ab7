"""The search space: one axis per fitted parameter, from 0 to 1 across its prior.

The prior is uniform on an axis. An axis spans from a third to three times the declared default, within the declared
range. Defaults come from prototypes and the literature, and a few hundred evaluations cannot search the whole ranges of
forty parameters, most of which hold worlds that everybody leaves. `prior=wide` uses the declared ranges. An axis that
spans a factor of `SPREAD` or more is logarithmic, so that half and double are equally far.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.lab.settings import keys
from sim.lab.settings.errors import refuse_if_any
from sim.lab.sweeps.factors import around
from sim.world.parameters import Declared

Floats = NDArray[np.float64]
Vector = dict[str, float]
PRIORS = ("near", "wide")
NEAR = 3.0  # factor above and below the default
SPREAD = 5.0
FIGURES = 6  # significant digits, so that a vector is the same after it was written and read
GRADE = "calibrated"
TAKEN = ("setting", "experiment", "association")  # grades that the literature or a definition fixes
ABOVE = "params."


class Axis(NamedTuple):
    """A parameter by dotted name (`bonding.replied`), with its prior range and declared default."""

    name: str
    low: float
    high: float
    default: float
    logarithmic: bool

    def value(self, place: float) -> float:
        """Return the parameter's value at a coordinate from 0 to 1."""
        place = min(1.0, max(0.0, place))
        if self.logarithmic:
            value = self.low * (self.high / self.low) ** place
        else:
            value = self.low + (self.high - self.low) * place
        return min(self.high, max(self.low, float(f"{value:.{FIGURES}g}")))

    def place(self, value: float) -> float:
        """Return the coordinate of a value, from 0 to 1. A value beyond an end is moved to the end."""
        if self.logarithmic:
            place = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            place = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, place))


@dataclass(frozen=True)
class Space:
    """The axes, and the parameters that are held at another value than the declared default."""

    axes: tuple[Axis, ...]
    held: Mapping[str, float] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The parameters that are fitted."""
        return [axis.name for axis in self.axes]

    def vector(self, point: Sequence[float] | Floats) -> Vector:
        """Return the parameters at a point of the unit cube."""
        return {**self.held, **{axis.name: axis.value(place) for axis, place in zip(self.axes, point, strict=True)}}

    def point(self, vector: Mapping[str, float]) -> Floats:
        """Return the point of a vector in the unit cube. Missing parameters are at their declared defaults."""
        return np.array([axis.place(vector.get(axis.name, axis.default)) for axis in self.axes])


def free() -> dict[str, Declared]:
    """Return the declarations of all parameters that the evidence may move, by dotted name: no settings, no figures."""
    return {
        key.removeprefix(ABOVE): row
        for key, row in keys.declarations().items()
        if key.startswith(ABOVE) and row.grade not in TAKEN
    }


def fitted() -> dict[str, Declared]:
    """Return the declarations of the parameters that are graded *calibrated*: those that the screen picked."""
    return {name: row for name, row in free().items() if row.grade == GRADE}


def space(only: Sequence[str] = (), prior: str = PRIORS[0], held: Mapping[str, float] | None = None) -> Space:
    """Return the space of the calibrated parameters, or of `only` some. Others may be held at undeclared values.

    Raises `SettingsError` if a parameter is not free, or there is no such prior.
    """
    known = free()
    names = [name.removeprefix(ABOVE) for name in only] or list(fitted())
    wrong = [f"only={name} is no free parameter{keys.hint(name, known)}" for name in names if name not in known]
    refuse_if_any([*wrong, None if prior in PRIORS else f"prior={prior} is none of {', '.join(PRIORS)}"])
    axes = tuple(axis(name, known[name], prior) for name in dict.fromkeys(names))
    return Space(axes, {name: value for name, value in (held or {}).items() if name not in names})


def axis(name: str, row: Declared, prior: str) -> Axis:
    """Return a parameter's axis."""
    low, high = around(row, NEAR if prior == "near" else None)
    return Axis(name, low, high, row.default, low > 0.0 and high / low >= SPREAD)
