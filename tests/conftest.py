"""What all tests share: no screen, no clock in the way of property tests, the same examples on every machine."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

os.environ.setdefault("MPLBACKEND", "Agg")  # matplotlib reads it when it is imported, which is later

# The first call of a kernel compiles it, which takes seconds: a deadline would blame the rule for that.
settings.register_profile("barnraise", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("barnraise")


@pytest.fixture
def chromium() -> "Iterator[Chrome]":
    """Open a headless Chromium of 1400 by 1000 points that asks nobody for updates."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync", "window-size=1400,1000",
    ):  # fmt: skip
        options.add_argument(f"--{flag}")
    driver = Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()
