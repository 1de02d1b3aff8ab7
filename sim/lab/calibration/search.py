"""The search: a start that fills the space, then rounds of proposals, all of which are evaluated.

There is one search for all rows and one for each fold, side by side. A fold's search uses only the start, its own
proposals and the rows that it is fitted to. So the rows held out do not influence its choice. Proposals are written to
a journal, so that an interrupted search goes on.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import qmc

from sim.lab.calibration import emulator, propose
from sim.lab.calibration.emulator import Fitted, Floats, Learned
from sim.lab.calibration.evaluate import FIRST, VectorStore, Wanted
from sim.lab.calibration.losses import Aim, aims, losses, simulated, tolerance, weights
from sim.lab.calibration.space import Space, Vector
from sim.lab.validation import evaluate
from sim.lab.validation.row_files import Entry
from sim.lab.validation.scoring import Simulated

START, ALL = -1, 0  # owners of a vector: all searches, the fit to all rows. Folds are numbered from 1
FOR_ALL = 3  # proposals per round for the fit to all rows, in addition to one per fold
CHUNK = 16  # vectors measured between two looks at the clock
BATCH = 8  # proposals per round without folds
STEPS = 1.5  # growth factor of the evaluations after which scales are learned again
SEED = 20
Report = Callable[[int, int, int], object]


class Proposal(NamedTuple):
    """A vector with its owner, its round and its predicted loss (NaN in the start)."""

    vector: Vector
    owner: int
    round: int
    predicted: float


@dataclass
class Journal:
    """All proposals in order, on disk."""

    path: Path
    proposals: list[Proposal] = field(default_factory=list)

    def __post_init__(self) -> None:
        for record in evaluate.records(self.path):
            try:
                vector, owner, number, predicted = record
                vector = {str(name): float(value) for name, value in vector.items()}
                self.proposals.append(Proposal(vector, int(owner), int(number), float(predicted)))
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
    """A calibration problem: the space, the rows, the seeds and the folds."""

    space: Space
    entries: tuple[Entry, ...]
    seeds: int
    folds: Mapping[str, int]  # by row. Empty without cross-validation
    given: tuple[Vector, ...] = ()  # vectors in the start, in addition to the declared defaults

    @property
    def rows(self) -> list[str]:
        """The rows that can be measured."""
        return [entry.row.id for entry in self.entries if not entry.row.missing]

    @property
    def aims(self) -> list[Aim]:
        """The targets of these rows."""
        return aims(self.entries)

    @property
    def owners(self) -> list[int]:
        """The searches: one for all rows, and one per fold."""
        return [ALL, *sorted(set(self.folds.values()))]

    @property
    def turns(self) -> list[int]:
        """The owners of a round's proposals."""
        return [ALL] * FOR_ALL + self.owners[1:] if self.folds else [ALL] * BATCH

    def weights(self, owner: int) -> Floats:
        """Return the targets' weights in a search: 0 if the row is held out."""
        return weights(self.aims, self.rows_of(owner))

    def rows_of(self, owner: int) -> list[str]:
        """Return the rows that a search is fitted to: those that are not held out from it."""
        return [row for row in self.rows if owner == ALL or self.folds.get(row) != owner]

    def wanted(self, vector: Vector) -> Wanted:
        """Return what the search measures of a vector."""
        return Wanted(vector, self.rows, range(FIRST, FIRST + self.seeds))


def start(space: Space, size: int, given: Sequence[Vector]) -> list[Vector]:
    """Return the start: the declared defaults, the given vectors, and scrambled Sobol points.

    Every other point lies in the middle half of each axis, around the defaults. In the corners of forty axes most
    worlds are empty, and show nothing of what moves a figure.
    """
    middle = space.point({})
    vectors = [space.vector(middle), *({**space.held, **vector} for vector in given)]
    cube = qmc.Sobol(len(middle), rng=SEED).random_base2(max(1, (max(2, size) - 1).bit_length()))
    near = np.clip(middle + 0.5 * (cube - 0.5), 0.0, 1.0)
    points = [point for pair in zip(near, cube, strict=True) for point in pair]
    return [*vectors, *map(space.vector, points)][: max(size, len(vectors))]


class Evaluated:
    """All evaluations as arrays: points (evaluations x axes), losses and figures (evaluations x targets)."""

    def __init__(self, problem: Problem, proposals: Sequence[Proposal], store: VectorStore) -> None:
        self.problem, self.aims, self.proposals = problem, problem.aims, list(proposals)
        self.found = [simulated(self.aims, store.samples(problem.wanted(one.vector))) for one in proposals]
        self.points = np.array([problem.space.point(one.vector) for one in proposals])
        self.losses = np.array([losses(self.aims, one) for one in self.found])
        self.owners = np.array([one.owner for one in proposals])

    def open_to(self, owner: int) -> Any:
        """Return the evaluations that a search may use: the start and its own, or all for the fit to all rows."""
        if owner == ALL:
            return np.arange(len(self.owners))
        return np.flatnonzero(np.isin(self.owners, (START, owner)))

    def loss(self, owner: int) -> Floats:
        """Return the weighted loss of all evaluations in a search."""
        return np.asarray(self.losses @ self.problem.weights(owner))

    def best(self, owner: int) -> int:
        """Return the best evaluation that a search may use, by the rows that it is fitted to."""
        known = self.open_to(owner)
        return int(known[np.argmin(self.loss(owner)[known])])

    def plausible(self, owner: int = ALL) -> list[int]:
        """Return the plausible evaluations that a search may use, the best first."""
        known, loss = self.open_to(owner), self.loss(owner)
        least = float(loss[known].min())
        limit = least + tolerance(least, len(self.problem.rows_of(owner)))
        return [int(one) for one in known[np.argsort(loss[known], kind="stable")] if loss[one] <= limit]

    def course(self, owner: int) -> list[float]:
        """Return the least loss so far, after each round in which a search made proposals."""
        known, loss = self.open_to(owner), self.loss(owner)
        rounds = np.array([self.proposals[one].round for one in known])
        own = sorted({self.proposals[one].round for one in known if self.proposals[one].owner == owner} | {0})
        return [float(loss[known[rounds <= number]].min()) for number in own]

    def seen(self, known: Any) -> Iterator[tuple[Aim, list[Simulated], Floats]]:
        """Yield each target with its figures and their values for a process."""
        for place, aim in enumerate(self.aims):
            found = [self.found[one][place] for one in known]
            yield aim, found, np.array([emulator.seen(aim, one) for one in found])


@dataclass
class Emulators:
    """The processes of all searches. Scales are learned from what a search may use, and again as that grows."""

    learned: dict[int, tuple[int, list[Learned | None]]] = field(default_factory=dict)

    def of(self, owner: int, evaluated: Evaluated) -> list[Fitted]:
        """Return a search's processes, conditioned on all evaluations that it may use."""
        known = evaluated.open_to(owner)
        return [
            emulator.condition(aim, learned, evaluated.points[known], values)
            for learned, (aim, _, values) in zip(self.scales(owner, evaluated), evaluated.seen(known), strict=True)
        ]

    def scales(self, owner: int, evaluated: Evaluated) -> list[Learned | None]:
        """Return the scales of a search's processes. While it has few evaluations of its own, those of the start."""
        beginning = evaluated.open_to(START)
        known = evaluated.open_to(owner)
        whose, known = (owner, known) if len(known) >= STEPS * len(beginning) else (START, beginning)
        size, scales = self.learned.get(whose, (0, []))
        if not scales or len(known) >= STEPS * size:
            points, seeds = evaluated.points[known], evaluated.problem.seeds
            scales = [
                emulator.learn(aim, points, values, emulator.spread_of(aim, found, seeds))
                for aim, found, values in evaluated.seen(known)
            ]
            self.learned[whose] = (len(known), scales)
        return scales


def next_round(evaluated: Evaluated, emulators: Emulators, room: int) -> list[Proposal]:
    """Return the proposals of the next round, at most `room`."""
    number = 1 + max(one.round for one in evaluated.proposals)
    turns = evaluated.problem.turns[:room]
    return [
        proposal
        for owner in sorted(set(turns))
        for proposal in of_search(owner, turns.count(owner), number, evaluated, emulators.of(owner, evaluated))
    ]


def of_search(
    owner: int, count: int, number: int, evaluated: Evaluated, fitted: list[Fitted]
) -> Iterator[Proposal]:  # fmt: skip
    """Yield a search's proposals of a round. The last of several explores and does not look for the best."""
    draw = np.random.default_rng((SEED, number, owner))
    space, weighed = evaluated.problem.space, evaluated.problem.weights(owner)
    middle, half = evaluated.points[evaluated.best(owner)], propose.radius(evaluated.course(owner))
    mean = partial(propose.loss_at, fitted, weighed, np.zeros(len(fitted)))
    points = [
        propose.minimise(partial(propose.loss_at, fitted, weighed, belief), middle, half, int(draw.integers(2**31)))
        for belief in propose.beliefs(max(1, count - 1), len(fitted), draw)
    ]
    if count > 1:
        found = evaluated.plausible(owner)
        limit = float(evaluated.loss(owner)[found].max())
        points.append(propose.far_but_plausible(mean, evaluated.points[found], limit, draw))
    for point in points:
        yield Proposal(space.vector(point), owner, number, float(mean(point[None, :])[0]))


def search(
    problem: Problem, store: VectorStore, journal: Journal, budget: int, ends: float, report: Report,
) -> Evaluated:  # fmt: skip
    """Evaluate until the budget (with earlier sessions) is spent or time is up, and return all evaluations.

    `ends` is a time of `time.monotonic`, but work in progress is finished. `report` is called with the number of
    finished evaluations, and the finished and all units of this round.
    """
    if not journal.proposals:
        size = max(2, min(budget // 2, max(8, 2 * len(problem.space.axes))))  # two per axis, at most half of the budget
        vectors = start(problem.space, size, problem.given)
        journal.write([Proposal(vector, START, 0, float("nan")) for vector in vectors])
    emulators = Emulators()
    while True:
        finished = measure(problem, store, journal.proposals, ends, report)
        evaluated = Evaluated(problem, journal.proposals[:finished], store)
        room = budget - len(journal.proposals)
        if room <= 0 or time.monotonic() >= ends:
            return evaluated
        journal.write(next_round(evaluated, emulators, room))


def measure(
    problem: Problem, store: VectorStore, proposals: Sequence[Proposal], ends: float, report: Report
) -> int:  # fmt: skip
    """Measure what proposals lack, in order, and return how many are complete when time is up."""
    finished = 0
    while finished < len(proposals) and (not finished or time.monotonic() < ends):
        chunk = proposals[finished : finished + CHUNK]
        store.measure([problem.wanted(one.vector) for one in chunk], partial(report, finished))
        finished += len(chunk)
    return finished
