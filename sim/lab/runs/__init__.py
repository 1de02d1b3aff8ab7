"""Replicates of one experiment: run in parallel, summarised, written as a result folder."""
