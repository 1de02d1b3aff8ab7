"""Benchmarks of speed and memory: the cost of a day, and the overhead of a sweep."""
