"""Random draws by counter: each draw is a function of person, day and purpose, and of nothing else.

Claim
    Two runs that differ in one cause should differ by that cause alone. An ordinary random number generator cannot give
    that: after one additional event, every later draw is a different one.
Rule
    u = mix(mix(mix(key + G day) + G person) + G slot) / 2^64, in [0, 1), with the splitmix64 finaliser as `mix` and
    one key for each process, derived from the run's seed. Nothing is consumed, so the order of draws does not matter.
Source
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, OOPSLA (the finaliser, variant 13 of
    Stafford). Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3, SC (the idea of counters).
    Both from memory of the algorithms; `tests/test_draws.py` checks the properties that the model relies on.
"""

import math

import numpy as np

from sim.world.compiled import rule

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
FIRST_NAME = 3  # added to a person's number, so that nobody (-1) and the host (-2) have draws too
TO_UNIT = 1.0 / 9007199254740992.0  # 2^-53: a double holds 53 random bits

# Each process has a key. Add a new process at the end, so that the keys of the others stay the same.
PROCESSES = (
    "birth", "need", "hosting", "join", "visit", "exposure", "asking", "answering",
    "recognition", "bonding", "listening", "advocacy", "leaving", "accounts", "norms", "voicing", "conversation",
    "places", "stewards", "guests", "storms", "dealings", "struggle", "circles", "startup", "rivals", "segments",
)  # fmt: skip


def keys(seed: int) -> dict[str, np.uint64]:
    """Return a 64-bit key for each process, by name.

    All come from one `SeedSequence(seed)`, so one number identifies a run.
    """
    words = np.random.SeedSequence(seed).generate_state(len(PROCESSES), np.uint64)
    return dict(zip(PROCESSES, words, strict=True))


@rule
def mix(z: np.uint64) -> np.uint64:
    """Scramble 64 bits so that neighbouring inputs give unrelated outputs (splitmix64 finaliser)."""
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    return z ^ (z >> np.uint64(31))


@rule
def stream(key: np.uint64, day: int) -> np.uint64:
    """Return the key of one process on one day (or of one process about one thread)."""
    return mix(key + GOLDEN * np.uint64(day + 1))


@rule
def uniform(today: np.uint64, person: int, slot: int) -> float:
    """Return a person's draw in [0, 1) for a purpose (`slot`), from a day's stream."""
    z = mix(today + GOLDEN * np.uint64(person + FIRST_NAME))
    z = mix(z + GOLDEN * np.uint64(slot + 1))
    return float(z >> np.uint64(11)) * TO_UNIT


@rule
def thread_key(person: int, day: int, slot: int) -> np.uint64:
    """Return a thread's permanent key. It does not depend on how many threads others opened."""
    z = mix(GOLDEN * np.uint64(person + FIRST_NAME))
    z = mix(z + GOLDEN * np.uint64(day + 1))
    return mix(z + GOLDEN * np.uint64(slot + 1))


@rule
def about(key: np.uint64, thread: np.uint64) -> np.uint64:
    """Return the stream of one process about one thread, so that each person has one draw about it for good."""
    return mix(key ^ thread)


@rule
def happens(u: float, hazard: float) -> bool:
    """Tell whether an event with this hazard happens: u < 1 - exp(-hazard).

    That is below the hazard itself, so most draws need no exponential.
    """
    return u < hazard and u < 1.0 - math.exp(-hazard)


@rule
def normal(u: float, v: float) -> float:
    """Return a standard normal from two uniforms (Box and Muller 1958)."""
    return math.sqrt(-2.0 * math.log(1.0 - u)) * math.cos(6.283185307179586 * v)
