"""G8: a percentage increase in word of mouth brings more new members than the same increase in marketing.

Finding: for a social network site, sign-ups react to referrals with an elasticity of 0.53 in the long run, some
twenty times that of events and thirty times that of appearances in the media; and the effect lasts longer. Source:
Trusov, Bucklin & Pauwels 2009, recalled. An association over time. Experiment: a social site whose people know many
others, half a year old; twins of it in which members' notices and invitations, or marketing, are a quarter stronger
or a fifth weaker from then on; the joins of the next 36 weeks, as long as the study took.
"""

import math

import numpy as np

from sim.lab.validation import Bench, Row, Target
from sim.world import tally
from sim.world.world import World

STRONGER = 1.25
START, LENGTH = 180, 252
JOINS = (tally.JOINS_MARKET, tally.JOINS_FRIENDS, tally.JOINS_SEARCH, tally.JOINS_INVITE)

ROW = Row(
    id="G8", title="Word of mouth moves more than marketing", source="Trusov, Bucklin & Pauwels 2009, Journal of "
    "Marketing", read="recalled", evidence="association", tier=1, profile="social",
    targets=(
        Target("word", 0.53, low=0.3, high=0.8, unit="elasticity"),
        Target("times", 20.0, low=5.0, high=60.0, unit="word of mouth / marketing", null=1.0),
    ),
    stated="in part", pooling="together",
    ablate={"join.friends": 0.0, "join.contagion": 0.0, "advocacy.invite": 0.0},
    note="a tenth more would be lost in chance, so the step is a quarter; the ratio is one of means over seeds. How "
    "long an impulse lasts is not measured",
)  # fmt: skip


def measure(bench: Bench, seed: int) -> dict[str, float]:
    """Return the elasticity of joins to word of mouth and to marketing."""
    levers = {"population.latent_ties": 12.0}
    settings = bench.settings(ROW.profile, people=1500, days=START + LENGTH, levers=levers)._replace(log=False)
    world = bench.world(settings, seed).run(START)
    own, strengths = settings.setups[0].venue.marketing, (STRONGER, 1.0 / STRONGER)
    word = [joins(world, notices=strength, invites=strength) for strength in strengths]
    market = [joins(world, marketing=own * strength) for strength in strengths]
    return {"word": elasticity(*word), "marketing": elasticity(*market)}


def combine(samples: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return both elasticities' means, and the ratio of means with its error by resampling seeds."""
    word, market = (np.array([sample[name] for sample in samples]) for name in ("word", "marketing"))
    resampled = np.random.default_rng(0).integers(len(samples), size=(500, len(samples)))
    ratios = word[resampled].mean(1) / np.maximum(market[resampled].mean(1), 0.01)
    ratio = float(word.mean() / max(market.mean(), 0.01))
    return {
        "word": (float(word.mean()), float(word.std() / math.sqrt(len(word)))),
        "times": (ratio, float(ratios.std())),
    }


def elasticity(more: float, less: float) -> float:
    """Return by how much per cent joins rise for a per cent more."""
    return math.log(max(more, 1.0) / max(less, 1.0)) / (2.0 * math.log(STRONGER))


def joins(world: World, **levers: float) -> float:
    """Return how many join a world's twin under other levers."""
    twin = world.fork()
    main = world.settings.setups[0]
    twin.change(world.settings._replace(setups=(main._replace(venue=main.venue._replace(**levers)),)))
    twin.run()
    return sum(float(twin.venues[0].tally[flow] - world.venues[0].tally[flow]) for flow in JOINS)
