"""Designs of many runs: sampled, run, stored, resumed and analysed."""
