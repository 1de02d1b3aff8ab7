"""A row of the evidence: a finding, where it was read, its figures, and the mechanism that produces it here."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

EVIDENCE = ("experiment", "quasi-experiment", "association", "curve")
PROFILES = ("expert_help", "social", "peer_production", "firm", "media_ads")
STATED = ("nothing", "in part", "nearly")
POOLING = ("seeds", "together")
ID = r"[A-Z]\d+"


@dataclass(frozen=True)
class Target:
    """A published figure, and the band in which the simulated figure has to lie.

    Without a `target`, the band is a pair of bounds: a seed's figure has to be greater than `low` and less than `high`.
    """

    name: str  # the key of `measure`'s answer that is compared with it
    target: float | None  # the published figure. None if the finding gives only a sign or a shape
    low: float = 0.0
    high: float = math.inf
    unit: str = ""
    null: float = 0.0  # the figure without an effect: 0 for a difference or a share, 1 for a ratio. Signs refer to it
    se: float | None = None  # the published standard error, if known. Otherwise it follows from the band

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"target {self.name}: the band is empty ({self.low:g} to {self.high:g})")
        if self.target is not None and not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"target {self.name}: a figure needs a band with two finite ends")
        if self.target is not None and not self.low <= self.target <= self.high:
            raise ValueError(f"target {self.name}: {self.target:g} lies outside its band {self.low:g} to {self.high:g}")

    @property
    def sign(self) -> int:
        """The side of `null` that the finding is on: 1, -1, or 0 if the band contains `null`."""
        if self.low >= self.null:
            return 1
        return -1 if self.high <= self.null else 0

    @property
    def standard_error(self) -> float:
        """The published standard error, or that of the band read as a 95 % interval."""
        return (self.high - self.low) / (2.0 * 1.96) if self.se is None else self.se


@dataclass(frozen=True)
class Row:
    """One published finding and the virtual experiment that is compared with it.

    `stated` says how much a rule of the world states the finding: nothing, where it emerges from several rules; in
    part, where a rule contains its direction; nearly, where only its size was open. Credit is then worth less, and
    counted apart.
    """

    id: str
    title: str  # the finding in a few words
    source: str  # who published it
    read: str  # what the figures were taken from: "abstract or summary", "second-hand", "recalled", "computed"
    evidence: str  # an experiment is randomised, a curve is a computed or published description
    tier: int  # 1: figures against bands. 2: sign or shape, right in nine of ten seeds
    profile: str
    targets: tuple[Target, ...] = ()
    ablate: Mapping[str, float] = field(default_factory=dict)  # what switches its mechanism off. Empty: no credit
    note: str = ""
    stated: str = field(kw_only=True)
    pooling: str = field(kw_only=True)  # "seeds": a figure a seed. "together": `combine` works on all seeds at once
    missing: str = ""  # what the world lacks to express the finding. Then there are no targets and no `measure`

    def __post_init__(self) -> None:
        wrong = [
            words for words, is_wrong in (
                (f"the id {self.id!r} is not a letter and a number", not re.fullmatch(ID, self.id)),
                ("title, source and read have to say something", not (self.title and self.source and self.read)),
                (f"evidence={self.evidence!r} is none of {', '.join(EVIDENCE)}", self.evidence not in EVIDENCE),
                (f"tier={self.tier!r} is neither 1 nor 2", self.tier not in (1, 2)),
                (f"profile={self.profile!r} is none of {', '.join(PROFILES)}", self.profile not in PROFILES),
                (f"stated={self.stated!r} is none of {', '.join(STATED)}", self.stated not in STATED),
                (f"pooling={self.pooling!r} is neither {' nor '.join(POOLING)}", self.pooling not in POOLING),
                ("it has neither targets nor a reason in `missing`",
                 not self.targets and not self.missing),
                ("two targets have the same name", len({target.name for target in self.targets}) < len(self.targets)),
            ) if is_wrong
        ]  # fmt: skip
        if wrong:
            raise ValueError(f"row {self.id}: {'; '.join(wrong)}")

    @property
    def group(self) -> str:
        """The letter of its id: participation, newcomers, recognition, hosts, ads, growth, structure, value, others."""
        return self.id[0]

    def by_seeds(self, target: Target) -> bool:
        """Tell whether a target is judged seed by seed, because it is a sign or a shape and not a figure."""
        return self.tier == 2 or target.target is None
