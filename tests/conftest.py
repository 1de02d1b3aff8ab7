"""What all tests share: no screen, no clock in the way of property tests, the same examples on every machine."""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")  # matplotlib reads it when it is imported, which is later

# The first call of a kernel compiles it, which takes seconds: a deadline would blame the rule for that.
settings.register_profile("barnraise", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("barnraise")
