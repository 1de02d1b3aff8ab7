"""History matching in waves: a start that fills the space, then waves of proposals, all evaluated by the world itself.

After Vernon, Goldstein & Bower 2010 and Andrianakis et al. 2015, with two changes. Where the emulator is trusted, it
takes the seeds' noise out of a figure and says where a proposal may do better; every other target keeps the world's own
figure. And since some findings are met nowhere in the space, nothing is ruled out by one finding: the capped, weighted
loss over all of them decides (`losses`).

Each evaluation has seeds of its own, so that nothing is fitted to the luck of one seed. The noise between seeds is
measured once, at the declared values. Proposals are written to a journal, and an interrupted search goes on.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from sim.lab.calibration import emulator
from sim.lab.calibration.emulator import Fitted, Floats, Learned
from sim.lab.calibration.evaluate import FIRST, VectorStore, Wanted
from sim.lab.calibration.losses import Aim, aims, losses, simulated, weights
from sim.lab.calibration.space import Space, Vector
from sim.lab.validation import evaluate
from sim.lab.validation.row_files import Entry

SEED = 20
WAVE = 24  # proposals of a wave
REACHES = (0.25, 0.25, 0.25, 0.5)  # of an axis, from which the start's points are drawn in turn
PARENTS, FEWEST_PARENTS = 0.15, 8  # proposals differ from the best evaluations in some parameters
CANDIDATES = 2000
STRIDES = (0.02, 0.05, 0.1)  # standard deviations of a candidate's moves, as shares of an axis
MOST_MOVED = 0.5  # share of the axes; most candidates move fewer
EXPLORES = 4  # every so many proposals one is far from all that is known, instead of the best
STEPS = 1.5  # growth factor of the evaluations after which the emulator's scales are learned again
NOISE_SEEDS = 8
OWN_SEEDS = 500  # evaluations take turns among so many sets of seeds
Report = Callable[[int, int, int], object]


class Proposal(NamedTuple):
    """A vector with its wave (0 is the start) and its predicted loss (NaN in the start)."""

    vector: Vector
    wave: int
    predicted: float


@dataclass
class Journal:
    """All proposals in order, on disk."""

    path: Path
    proposals: list[Proposal] = field(default_factory=list)

    def __post_init__(self) -> None:
        for record in evaluate.records(self.path):
            try:
                vector, wave, predicted = record
                vector = {str(name): float(value) for name, value in vector.items()}
                self.proposals.append(Proposal(vector, int(wave), float(predicted)))
            except (TypeError, ValueError, AttributeError):  # damaged: what follows may depend on it, and goes as well
                kept, self.proposals = self.proposals, []
                self.path.unlink()
                self.write(kept)
                break

    def write(self, proposals: Sequence[Proposal]) -> None:
        """Append proposals."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        evaluate.append(self.path, proposals)
        self.proposals += proposals


@dataclass(frozen=True)
class Problem:
    """A calibration problem: the space, the rows that may be fitted, and the seeds of an evaluation."""

    space: Space
    entries: tuple[Entry, ...]
    seeds: int
    given: tuple[Vector, ...] = ()  # vectors in the start, in addition to the declared values

    @cached_property
    def rows(self) -> list[str]:
        """The rows that can be measured."""
        return [entry.row.id for entry in self.entries if not entry.row.missing]

    @cached_property
    def aims(self) -> list[Aim]:
        """The targets of these rows."""
        return aims(self.entries)

    @cached_property
    def weights(self) -> Floats:
        """The targets' weights."""
        return weights(self.aims)

    def wanted(self, place: int, vector: Vector) -> Wanted:
        """Return what the evaluation at a place of the journal measures: seeds of its own."""
        first = FIRST + NOISE_SEEDS + place % OWN_SEEDS * self.seeds
        return Wanted(vector, self.rows, range(first, first + self.seeds))

    @property
    def of_noise(self) -> Wanted:
        """What the noise between seeds is measured by."""
        return Wanted(self.space.vector(self.space.point({})), self.rows, range(FIRST, FIRST + NOISE_SEEDS))

    def figures(self, store: VectorStore, wanted: Wanted) -> Floats:
        """Return the figure of each target, NaN where there is none."""
        return np.array([one.mean for one in simulated(self.aims, store.samples(wanted))])

    def by_seed(self, store: VectorStore) -> Floats:
        """Return each target's figure under the declared values, shape (noise seeds, targets)."""
        each = self.of_noise.numbers
        return np.array([self.figures(store, self.of_noise._replace(numbers=[number])) for number in each])

    def values(self, figures: Floats) -> Floats:
        """Return figures as an emulator sees them, shape (any, targets)."""
        return np.array([[emulator.seen(*one) for one in zip(self.aims, line, strict=True)] for line in figures])


class Evaluated:
    """All evaluations: points (evaluations x axes), figures and losses (evaluations x targets)."""

    def __init__(self, problem: Problem, proposals: Sequence[Proposal], store: VectorStore) -> None:
        by_seed = problem.by_seed(store)
        self.problem, self.proposals, self.noise = problem, list(proposals), spread(by_seed)
        self.points = np.array([problem.space.point(one.vector) for one in proposals])
        wanted = [problem.wanted(place, one.vector) for place, one in enumerate(proposals)]
        self.figures = np.array([problem.figures(store, one) for one in wanted])
        self.losses = np.array([losses(problem.aims, one, self.noise) for one in self.figures])
        self.values = problem.values(self.figures)
        self.of_seeds = np.array([losses(problem.aims, one, self.noise) for one in by_seed])
        self.value_noise = spread(problem.values(by_seed)) / np.sqrt(problem.seeds)

    def without_noise(self, emulators: "Emulators") -> Floats:
        """Return the weighted loss of each evaluation, by the emulator where it is trusted."""
        found, weigh = self.losses.copy(), self.problem.weights
        for place, (aim, one) in enumerate(zip(self.problem.aims, emulators.trusted, strict=True)):
            if one is not None:
                mean, doubt = emulator.expected(one, self.points)
                known = np.isfinite(self.values[:, place])
                found[known, place] = emulator.loss_of(aim, mean, doubt, self.noise[place])[known]
        others, rest = np.array([one is None for one in emulators.trusted]), emulators.rest
        of_others = found[:, others] @ weigh[others]
        if rest is not None and emulator.skill(rest, self.rest_noise(others)) > emulator.TRUSTED:
            of_others = np.maximum(emulator.expected(rest, self.points)[0], 0.0)
        return np.asarray(found[:, ~others] @ weigh[~others] + of_others)

    def rest_noise(self, others: NDArray[np.bool_]) -> float:
        """Return the noise between seeds of the weighted loss of some targets in sum."""
        loss = self.of_seeds[:, others] @ self.problem.weights[others]
        return float(loss.std(ddof=1) / np.sqrt(self.problem.seeds))


def spread(by_seed: Floats) -> Floats:
    """Return the standard deviation between seeds of each target, 0 where a seed has no figure."""
    return np.array([values.std(ddof=1) if np.isfinite(values).all() else 0.0 for values in by_seed.T])


@dataclass
class Emulators:
    """The processes of all targets. Their scales are learned again when the evaluations have grown by half."""

    size: int = 0
    scales: list[Learned | None] = field(default_factory=list)
    skills: dict[str, float] = field(default_factory=dict)  # by target; absent where nothing could be learned
    trusted: list[Fitted | None] = field(default_factory=list)  # by target; None where the world itself decides
    rest: Fitted | None = None  # the weighted loss of all targets that are not emulated, in sum

    def update(self, evaluated: Evaluated) -> None:
        """Learn from all evaluations so far, and settle for which targets the emulator may be trusted."""
        if len(evaluated.points) >= STEPS * self.size:
            self.size = len(evaluated.points)
            self.scales = [emulator.learn(aim, evaluated.points, values) for aim, values in self._each(evaluated)]
        fitted = [
            None if learned is None else emulator.condition(aim, learned, evaluated.points, values)
            for learned, (aim, values) in zip(self.scales, self._each(evaluated), strict=True)
        ]
        names = [aim.name for aim in evaluated.problem.aims]
        self.skills = {
            name: emulator.skill(one, noise)
            for name, one, noise in zip(names, fitted, evaluated.value_noise, strict=True) if one is not None
        }  # fmt: skip
        self.trusted = [
            one if one is not None and self.skills[name] > emulator.TRUSTED else None
            for name, one in zip(names, fitted, strict=True)
        ]
        others = np.array([one is None for one in self.trusted])
        loss = evaluated.losses[:, others] @ evaluated.problem.weights[others]
        learned = emulator.learn(None, evaluated.points, loss)
        self.rest = None if learned is None else emulator.condition(None, learned, evaluated.points, loss)

    def _each(self, evaluated: Evaluated) -> list[tuple[Aim, Floats]]:
        return list(zip(evaluated.problem.aims, evaluated.values.T, strict=True))


def start(space: Space, size: int, given: Sequence[Vector]) -> list[Vector]:
    """Return the start: the declared values, the given vectors, and scrambled Sobol points.

    Three of four points lie in the middle quarter of each axis, around the declared values, the others in the middle
    half. Farther out in thirty axes most worlds are deserted, and show nothing of what moves a figure.
    """
    middle = space.point({})
    cube = qmc.Sobol(len(middle), rng=SEED).random_base2(max(1, (max(2, size) - 1).bit_length()))
    points = np.clip(middle + np.resize(REACHES, len(cube))[:, None] * (cube - 0.5), 0.0, 1.0)
    vectors = [space.vector(middle), *({**space.held, **vector} for vector in given), *map(space.vector, points)]
    return vectors[: max(size, 1 + len(given))]


def next_wave(evaluated: Evaluated, emulators: Emulators, room: int) -> list[Proposal]:
    """Return the proposals of the next wave, at most `room`.

    Each is the best of many candidates, of other ones each time. Every fourth is the farthest from all known points
    among those that look as good as parents. What the emulator does not know counts against a candidate: a search that
    was drawn to the unknown came back with worlds much worse than those of the start.
    """
    wave, space = 1 + max(one.wave for one in evaluated.proposals), evaluated.problem.space
    draw = np.random.default_rng((SEED, wave))
    known = evaluated.without_noise(emulators)
    parents = np.argsort(known, kind="stable")[: max(FEWEST_PARENTS, int(PARENTS * len(known)))]
    limit, taken, made = float(known[parents].max()), evaluated.points, []
    for number in range(min(WAVE, room)):
        points = candidates(evaluated.points, parents, draw)
        predicted = predict(evaluated, emulators, points)
        best = int(np.argmin(predicted))
        if number % EXPLORES == EXPLORES - 1 and (predicted <= limit).any():
            gaps = np.linalg.norm(points[:, None] - taken[None], axis=2).min(axis=1)
            best = int(np.argmax(np.where(predicted <= limit, gaps, -1.0)))
        taken = np.vstack([taken, points[best]])
        made.append(Proposal(space.vector(points[best]), wave, float(predicted[best])))
    return made


def candidates(points: Floats, parents: NDArray[np.int64], draw: np.random.Generator) -> Floats:
    """Return candidate points, each a parent with some parameters moved."""
    of = parents[draw.integers(len(parents), size=CANDIDATES)]
    moves = draw.standard_normal((CANDIDATES, points.shape[1])) * draw.choice(STRIDES, size=(CANDIDATES, 1))
    moves *= draw.random(moves.shape) < MOST_MOVED * draw.random((CANDIDATES, 1)) ** 2
    return np.asarray(np.clip(points[of] + moves, 0.0, 1.0))


def predict(evaluated: Evaluated, emulators: Emulators, points: Floats) -> Floats:
    """Return the loss to be expected of candidates."""
    weigh, found = evaluated.problem.weights, np.zeros(len(points))
    for place, (aim, one) in enumerate(zip(evaluated.problem.aims, emulators.trusted, strict=True)):
        if one is not None:
            found += weigh[place] * emulator.loss_of(aim, *emulator.expected(one, points), evaluated.noise[place])
    if emulators.rest is not None:
        found += np.maximum(emulator.expected(emulators.rest, points)[0], 0.0)
    return found


def search(
    problem: Problem, store: VectorStore, journal: Journal, budget: int, ends: float, report: Report
) -> tuple[Evaluated, Emulators]:
    """Evaluate until the budget (with earlier sessions) is spent or time is up, and return all evaluations.

    `ends` is a time of `time.monotonic`; a wave that has begun is finished. `report` is called with the number of
    finished evaluations, and the finished and all units of this wave.
    """
    if not journal.proposals:
        size = max(2, min(budget // 2, 2 * len(problem.space.axes)))  # two per axis, at most half of the budget
        journal.write([Proposal(vector, 0, float("nan")) for vector in start(problem.space, size, problem.given)])
    emulators, finished = Emulators(), 0
    while True:
        wanted = [problem.wanted(place, one.vector) for place, one in enumerate(journal.proposals)]
        store.measure([problem.of_noise, *wanted], partial(report, finished))
        finished = len(wanted)
        evaluated = Evaluated(problem, journal.proposals, store)
        emulators.update(evaluated)
        room = budget - finished
        if room <= 0 or time.monotonic() >= ends:
            return evaluated, emulators
        journal.write(next_wave(evaluated, emulators, room))
