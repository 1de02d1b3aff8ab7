"""F4: channels of feedback overlap by about half, and each alone misses a part.

Finding: over six weeks, tweets about 30,793 apps added 22 % of requests for features and 13 % of bugs to those in the
reviews of a store; 52 % of all were in both; tweets were more critical and more objective. Source: Nayebi, Cho & Ruhe
2018; an abstract was read; a description.
"""

from sim.lab.validation import Row

ROW = Row(
    id="F4", title="Channels of feedback overlap by half",
    source="Nayebi, Cho & Ruhe 2018, Empirical Software Engineering",
    read="abstract or summary", evidence="curve", tier=1, profile="firm", stated="nothing", pooling="seeds",
    missing="A problem here is one of four kinds of use, and every channel (talk, tickets, survey) hears of all four "
    "within weeks, so all channels overlap fully. It would need problems as items, hundreds of them, each met by some "
    "customers, and channels that different customers use. How wrong each channel's shares are can be asked: outcome "
    "misheard.",
)  # fmt: skip
