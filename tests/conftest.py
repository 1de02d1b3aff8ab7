"""What all tests share: no screen, no clock in the way of property tests, the same examples on every machine."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")

from hypothesis import settings

# The first call of a kernel compiles it, which takes seconds: a deadline would blame the rule for that.
settings.register_profile("barnraise", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("barnraise")
