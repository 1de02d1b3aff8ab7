"""Speed and memory, measured: what a day costs, and what a sweep costs beside its runs."""
