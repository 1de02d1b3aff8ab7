"""O6: shutting a pure substitute helps the owner a little.

Finding: after Megaupload was shut in 2012, digital film revenue rose by 6.5 to 8.5 %. Source: Danaher & Smith 2014; an
abstract was read; differences between countries. It cannot be expressed: no place of this world offers the product.
"""

from sim.lab.validation import Row

ROW = Row(
    id="O6", title="Shutting a pure substitute helps the owner a little", source="Danaher & Smith 2014, IJIO",
    read="abstract or summary", evidence="quasi-experiment", tier=1, profile="firm", stated="nothing", pooling="seeds",
    missing="a place that offers the product itself: places of others meet needs and offer company, so in this world "
    "they can only be complements of the product",
)  # fmt: skip
