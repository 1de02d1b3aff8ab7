"""V6: taking part makes members buy the community's brand; members of several communities also buy the rivals'.

Finding: among 7,506 members of the communities of four competing brands, participation and long membership raise the
adoption of the own brand's new products; members of rivals' communities too also adopt the rivals'. Source: Thompson &
Sinha 2008, an abstract was read. An association.
"""

from sim.lab.validation import Row

ROW = Row(
    id="V6", title="Members of several communities also adopt rivals", source="Thompson & Sinha 2008, Journal of "
    "Marketing", read="abstract or summary", evidence="association", tier=2, profile="firm",
    stated="nothing", pooling="seeds",
    missing="there is one product with a rival outside that nobody is a customer of by name: no products of several "
    "makers, each with a community of its own, so nobody adopts one or the other",
)  # fmt: skip
