"""Running the world: experiments that are checked, replicates in parallel, statistics, result folders.

Workers import `run.py` and what lies below it, so this package imports nothing by itself.
"""
