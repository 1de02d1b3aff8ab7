"""Pictures and pages made from a result folder. Nothing here knows how a world works inside.

Read `figures.py` first: it lists every picture in the order in which the report shows them.
"""
