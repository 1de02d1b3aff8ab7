"""The search: a start that fills the space, then rounds of proposals, each evaluated truly.

A search for all rows and one for each fold go on side by side. A fold's search knows the start and its own proposals,
and of these the rows that it is fitted to; so nothing of the rows held out reaches what it chooses. What was proposed
is written to a journal, so that an interrupted search goes on.
"""

import json
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
from sim.lab.calibration.evaluate import FIRST, Bank, Wanted
from sim.lab.calibration.losses import Aim, aims, losses, simulated, tolerance, weights
from sim.lab.calibration.space import Space, Vector
from sim.lab.validation.row_files import Entry
from sim.lab.validation.scoring import Simulated

START, ALL = -1, 0  # whose a vector is: everybody's, the fit's to all rows, else a fold's by number
FOR_ALL = 3  # proposals of a round for the fit to all rows, beside one for each fold
CHUNK = 16  # vectors that are measured before the clock is looked at
BATCH = 8  # proposals of a round without folds
STEPS = 1.5  # a process' scales are learned again when there are so many times the evaluations
SEED = 20


class Proposal(NamedTuple):
    """A vector, whose it is, of which round, and the loss foretold of it (NaN of the start)."""

    vector: Vector
    owner: int
    round: int
    foretold: float


@dataclass
class Journal:
    """What was proposed, in order, on disk."""

    path: Path
    proposals: list[Proposal] = field(default_factory=list)

    def __post_init__(self) -> None:
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.is_file() else []
        for line in lines:
            try:
                vector, owner, number, foretold = json.loads(line)
            except ValueError:  # cut off by a crash
                break
            self.proposals.append(Proposal(vector, owner, number, foretold))

    def write(self, proposals: Sequence[Proposal]) -> None:
        """Add proposals."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(list(proposal))}\n" for proposal in proposals)
        self.proposals += proposals


@dataclass(frozen=True)
class Problem:
    """What is fitted to what.

    Parameters
    ----------
    folds
        Each row's fold; empty for a search without.
    given
        Vectors that the start holds beside the declared defaults.
    """

    space: Space
    entries: tuple[Entry, ...]
    seeds: int
    folds: Mapping[str, int]
    given: tuple[Vector, ...] = ()

    @property
    def rows(self) -> list[str]:
        """The rows that can be measured."""
        return [entry.row.id for entry in self.entries if not entry.row.missing]

    @property
    def aims(self) -> list[Aim]:
        """Their targets."""
        return aims(self.entries)

    @property
    def owners(self) -> list[int]:
        """For whom there is a search: for all rows, and for each fold."""
        return [ALL, *sorted(set(self.folds.values()))]

    @property
    def turns(self) -> list[int]:
        """Whose the proposals of a round are."""
        return [ALL] * FOR_ALL + self.owners[1:] if self.folds else [ALL] * BATCH

    def weights(self, owner: int) -> Floats:
        """Return what each target counts to a search: nothing if its row is held out."""
        return weights(self.aims, [row for row in self.rows if owner == ALL or self.folds.get(row) != owner])

    def wanted(self, vector: Vector) -> Wanted:
        """Return what is measured of a vector in the search."""
        return Wanted(vector, self.rows, range(FIRST, FIRST + self.seeds))


def start(space: Space, size: int, given: Sequence[Vector]) -> list[Vector]:
    """Return the start: the declared defaults, what was given, and scrambled Sobol points.

    Every other point lies in the middle half of each axis around the defaults: in the corners of forty axes most worlds
    are empty, and say nothing of what moves a figure.
    """
    middle = space.point({})
    vectors = [space.vector(middle), *({**space.held, **vector} for vector in given)]
    cube = qmc.Sobol(len(middle), rng=SEED).random_base2(max(1, (max(2, size) - 1).bit_length()))
    near = np.clip(middle + 0.5 * (cube - 0.5), 0.0, 1.0)
    points = [point for pair in zip(near, cube, strict=True) for point in pair]
    return [*vectors, *map(space.vector, points)][: max(size, len(vectors))]


def start_size(budget: int, axes: int) -> int:
    """Return how many evaluations the start takes: two an axis, half of all at most."""
    return max(2, min(budget // 2, max(8, 2 * axes)))


class Evaluated:
    """All evaluations as arrays: places (evaluations x axes), losses and figures (evaluations x targets)."""

    def __init__(self, problem: Problem, proposals: Sequence[Proposal], bank: Bank) -> None:
        self.problem, self.aims, self.proposals = problem, problem.aims, list(proposals)
        self.found = [simulated(self.aims, bank.samples(problem.wanted(one.vector))) for one in proposals]
        self.points = np.array([problem.space.point(one.vector) for one in proposals])
        self.losses = np.array([losses(self.aims, one) for one in self.found])
        self.owners = np.array([one.owner for one in proposals])

    def open_to(self, owner: int) -> Any:
        """Return which evaluations a search may know: all, for the fit to all rows; a fold only its own."""
        if owner == ALL:
            return np.arange(len(self.owners))
        return np.flatnonzero(np.isin(self.owners, (START, owner)))

    def loss(self, owner: int) -> Floats:
        """Return the weighted loss of all evaluations, as a search counts it."""
        total: Floats = self.losses @ self.problem.weights(owner)
        return total

    def best(self, owner: int) -> int:
        """Return which evaluation that a search may know is best on the rows that it knows."""
        known = self.open_to(owner)
        return int(known[np.argmin(self.loss(owner)[known])])

    def plausible(self, owner: int = ALL) -> list[int]:
        """Return the evaluations that a search may know and that its rows cannot tell from its best, the best first."""
        known, loss = self.open_to(owner), self.loss(owner)
        rows = len({row for row in self.problem.rows if owner == ALL or self.problem.folds.get(row) != owner})
        least = float(loss[known].min())
        limit = least + tolerance(least, rows)
        return [int(one) for one in known[np.argsort(loss[known], kind="stable")] if loss[one] <= limit]

    def course(self, owner: int) -> list[float]:
        """Return the least loss that a search had found by the end of each round in which it proposed."""
        known, loss = self.open_to(owner), self.loss(owner)
        rounds = np.array([self.proposals[one].round for one in known])
        own = sorted({self.proposals[one].round for one in known if self.proposals[one].owner == owner} | {0})
        return [float(loss[known[rounds <= number]].min()) for number in own]

    def seen(self, place: int, known: Any) -> Floats:
        """Return what a process is shown of a target."""
        return np.array([emulator.seen(self.aims[place], self.found[one][place]) for one in known])

    def spread(self, place: int, known: Any) -> float:
        """Return how much a sign's figure differs between seeds."""
        found: list[Simulated] = [self.found[one][place] for one in known]
        return emulator.spread_of(self.aims[place], found, self.problem.seeds)


@dataclass
class Emulators:
    """Every search's processes. Their scales are learned from what the search knows, and now and then again."""

    learned: dict[int, tuple[int, list[Learned | None]]] = field(default_factory=dict)

    def of(self, owner: int, evaluated: Evaluated) -> list[Fitted]:
        """Return a search's processes, conditioned on all that it knows."""
        known = evaluated.open_to(owner)
        scales, points = self.scales(owner, evaluated), evaluated.points[known]
        return [
            emulator.condition(aim, scales[place], points, evaluated.seen(place, known))
            for place, aim in enumerate(evaluated.aims)
        ]

    def scales(self, owner: int, evaluated: Evaluated) -> list[Learned | None]:
        """Return the scales of a search's processes; as long as it knows little but the start, those of the start."""
        beginning = evaluated.open_to(START)
        known = evaluated.open_to(owner)
        whose, known = (owner, known) if len(known) >= STEPS * len(beginning) else (START, beginning)
        size, scales = self.learned.get(whose, (0, []))
        if not scales or len(known) >= STEPS * size:
            scales = [
                emulator.learn(aim, evaluated.points[known], evaluated.seen(place, known),
                               evaluated.spread(place, known))
                for place, aim in enumerate(evaluated.aims)
            ]  # fmt: skip
            self.learned[whose] = (len(known), scales)
        return scales


def next_round(evaluated: Evaluated, emulators: Emulators, room: int) -> list[Proposal]:
    """Return the proposals of the next round, no more than there is room for."""
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
    """Yield a search's proposals of a round. The last of several looks for what is open, not for the best."""
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
        points.append(propose.reach(mean, evaluated.points[found], limit, draw))
    for point in points:
        yield Proposal(space.vector(point), owner, number, float(mean(point[None, :])[0]))


def search(
    problem: Problem, bank: Bank, journal: Journal, budget: int, ends: float, tell: Callable[[int, int, int], object],
) -> Evaluated:  # fmt: skip
    """Evaluate until the budget is spent or the time is over, and return everything.

    Parameters
    ----------
    budget
        Evaluations in all, those of earlier sessions included.
    ends
        When to stop, on `time.monotonic`; what was begun is finished.
    tell
        Called with the evaluations that are finished, and the units of this round that are done and that there are.
    """
    if not journal.proposals:
        vectors = start(problem.space, start_size(budget, len(problem.space.axes)), problem.given)
        journal.write([Proposal(vector, START, 0, float("nan")) for vector in vectors])
    emulators = Emulators()
    while True:
        finished = measure(problem, bank, journal.proposals, ends, tell)
        evaluated = Evaluated(problem, journal.proposals[:finished], bank)
        room = budget - len(journal.proposals)
        if room <= 0 or time.monotonic() >= ends:
            return evaluated
        journal.write(next_round(evaluated, emulators, room))


def measure(
    problem: Problem, bank: Bank, proposals: Sequence[Proposal], ends: float, tell: Callable[[int, int, int], object]
) -> int:  # fmt: skip
    """Measure what is missing of proposals, in their order, and return of how many nothing is missing in time."""
    finished = 0
    while finished < len(proposals) and (not finished or time.monotonic() < ends):
        chunk = proposals[finished : finished + CHUNK]
        bank.measure([problem.wanted(one.vector) for one in chunk], partial(tell, finished))
        finished += len(chunk)
    return finished
