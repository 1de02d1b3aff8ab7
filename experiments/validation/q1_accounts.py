"""Q1: to ask for an account keeps bad contributions out, and many more good ones.

Finding: when 136 wikis suddenly required an account of those who would contribute, slightly more accounts were made,
but contributions of high and of low quality became fewer, from people with accounts and from those without; by far
most of those that were lost were good. Source: Hill & Shaw 2021; an abstract was read; natural experiments. Experiment:
none; this world cannot express it.
"""

from sim.lab.validation import Row

ROW = Row(
    id="Q1", title="To ask for an account costs bad and good contributions, mostly good ones",
    source="Hill & Shaw 2021, Communication Research (arXiv 2111.10688)", read="abstract or summary",
    evidence="quasi-experiment", tier=2, profile="peer_production", stated="nothing", pooling="seeds",
    missing="Everybody who comes here is a member, so nobody contributes without an account: there is none to ask for, "
    "and none more to be made. Nor is a post good or bad (replies are), so that what a hurdle keeps out has no "
    "quality. A lever that made the first post dearer would state the loss, and could say nothing of the other two.",
)  # fmt: skip
