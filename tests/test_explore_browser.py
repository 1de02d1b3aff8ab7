"""The page of a finished folder in headless Chromium: opened from a file, moved by keyboard, read on a phone.

What is missing on a machine (browser, driver, Selenium) skips these tests with a line that says so.
"""

import importlib.util
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.cli.main import main

PICTURES = Path(__file__).parents[1] / "results" / "browser"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
SIZES = {"laptop": (1366, 768), "projector": (1024, 768), "phone": (390, 800)}
SMALL = ("people=300", "days=200", "workers=1", "replicates=3")
MISSING = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
MISSING += [name for name in ("selenium",) if importlib.util.find_spec(name) is None]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(MISSING), reason=f"a page in a browser needs {', '.join(MISSING)}: see make test-browser"),
]


def until(found: Callable[[], Any], what: str, patience: float = 30) -> Any:
    """Wait until something is there, and return it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.1)
    pytest.fail(f"waited {patience:.0f} s in vain: {what}")


def page_of(parent: Path, *words: str) -> Path:
    """Return the page of the folder that a command makes."""
    assert main([*words, *SMALL, f"results={parent}"]) == 0
    folder = next(path.parent for name in ("manifest.json", "provenance.json") for path in parent.glob(f"*/*/{name}"))
    assert main(["explore", str(folder)]) == 0
    return folder / "explore.html"


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a comparison."""
    arms = ("alt.none=host=none", "alt.ads=venue.ad_load=6")
    return page_of(tmp_path_factory.mktemp("comparison"), "compare", "population.latent_ties=6", *arms)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a sweep."""
    return page_of(tmp_path_factory.mktemp("sweep"), "-m", "venue.ad_load=0,2,4", "host=none,half_time")


class Reader:
    """Somebody in front of a page."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def opens(self, page: Path, size: str = "laptop") -> None:
        """Open a page from its file."""
        width, height = SIZES[size]
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        self.driver.get(page.as_uri())
        until(lambda: self.runs("return Boolean(window.barnraise)"), "the page's script")

    def runs(self, script: str, *arguments: Any) -> Any:
        """Run a script on the page."""
        return self.driver.execute_script(script, *arguments)

    def text(self, name: str) -> str:
        """Return the text of an element."""
        return str(self.runs("return document.getElementById(arguments[0]).innerText", name)).strip()

    def presses(self, name: str, *keys: str) -> None:
        """Press keys on an element."""
        self.driver.find_element("id", name).send_keys(*keys)

    def chooses(self, name: str, value: str) -> None:
        """Choose an option by keyboard or finger, as a browser tells a page."""
        self.runs("document.getElementById(arguments[0]).value = arguments[1]", name, value)
        self.runs("document.getElementById(arguments[0]).dispatchEvent(new Event('change'))", name)

    def keeps(self, name: str) -> None:
        """Take a screenshot."""
        time.sleep(0.5)
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))

    def sees_no_error(self) -> bool:
        """Tell whether the console is silent and nothing was fetched."""
        assert [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"] == []
        fetched = self.runs("return performance.getEntriesByType('resource').map((one) => one.name)")
        assert [name for name in fetched if not name.startswith(("data:", "blob:"))] == []
        return True


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Open a browser of its own."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    try:
        driver.execute_cdp_cmd("Network.enable", {})
        offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
        yield Reader(driver)
    finally:
        driver.quit()


def day(reader: Reader) -> int:
    """Return the day that the page shows."""
    found = re.match(r"Day (\d+) of 200", reader.text("status"))
    return int(found[1]) if found else -1


@pytest.mark.parametrize("size", SIZES)
def test_a_page_opens_from_its_file_without_error_network_or_sideways_scrolling(
    size: str, comparison: Path, sweep: Path, reader: Reader
) -> None:
    for name, page in (("comparison", comparison), ("sweep", sweep)):
        reader.opens(page, size)
        reader.keeps(f"explore_{name}_{size}")
        wide = reader.runs("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        assert reader.sees_no_error()


def test_time_moves_by_keyboard_and_by_itself_and_is_told_in_words(comparison: Path, reader: Reader) -> None:
    from selenium.webdriver.common.keys import Keys

    reader.opens(comparison)
    assert day(reader) == 200
    body = reader.driver.find_element("tag name", "body")
    body.send_keys(Keys.HOME)
    assert day(reader) == 0
    body.send_keys(Keys.ARROW_RIGHT)
    assert 0 < day(reader) < 5
    assert f"Day {day(reader)}. base: " in reader.text("said")
    assert "active member" in reader.text("words-0")
    body.send_keys(Keys.SPACE)
    until(lambda: day(reader) > 20, "days that go by")
    body.send_keys(Keys.SPACE)
    stopped = day(reader)
    time.sleep(0.6)
    assert day(reader) == stopped
    assert reader.sees_no_error()


def test_going_back_shows_what_going_on_had_shown(comparison: Path, reader: Reader) -> None:
    reader.opens(comparison)
    roles = (
        "return [...barnraise.state.panes[1].stage.people.values()].map((one) => [one.id, one.role]).sort().join(';')"
    )
    reader.runs("barnraise.go(0); for (let k = 1; k <= 40; k++) barnraise.go(k)")
    there = reader.runs(roles)
    reader.runs("barnraise.go(90); barnraise.go(40)")
    assert reader.runs(roles) == there


def test_a_story_opens_by_keyboard_and_tells_of_the_same_person_elsewhere(comparison: Path, reader: Reader) -> None:
    from selenium.webdriver.common.keys import Keys

    reader.opens(comparison)
    reader.driver.find_element("css selector", "#stages canvas").send_keys(Keys.ARROW_RIGHT)
    story = until(lambda: reader.text("story"), "a story")
    assert re.match(r"(\S\s+)?Person \d+ ", story)
    assert "The same person elsewhere" in story
    assert "told on day" in story
    reader.keeps("explore_story")
    reader.driver.find_element("tag name", "body").send_keys(Keys.ESCAPE)
    assert reader.runs("return document.getElementById('story').hidden")
    reader.presses("person", "7", Keys.ENTER)
    assert "Person 7 " in until(lambda: reader.text("story"), "the story of a person by number")
    assert reader.sees_no_error()


def test_arms_and_hosts_are_switched(comparison: Path, reader: Reader) -> None:
    reader.opens(comparison)
    titles = "return [...document.querySelectorAll('figcaption')].map((one) => one.innerText)"
    assert reader.runs(titles) == ["Base", "None"]
    reader.chooses("arms", "all")
    assert reader.runs(titles) == ["Base", "None", "Ads"]
    reader.chooses("hosts", "both")
    assert len(reader.runs(titles)) == 6
    reader.chooses("arms", "only:ads")
    assert reader.runs(titles) == ["Ads", "Ads, host falls silent"]
    assert "ads, silent" in reader.text("words-chart")
    assert reader.sees_no_error()


def test_a_seed_is_chosen_by_keyboard_and_its_numbers_are_told(comparison: Path, reader: Reader) -> None:
    from selenium.webdriver.common.keys import Keys

    reader.opens(comparison)
    assert "mean of 3 seeds" in reader.text("words-chart")
    reader.presses("chart", Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    until(lambda: "Replicate 2 (black)" in reader.text("words-chart"), "the third seed in words")
    reader.chooses("measure", "belonging")
    until(lambda: reader.text("words-chart").startswith("Belonging on day 200"), "another measure")
    assert reader.sees_no_error()


def test_points_of_a_sweep_are_read_by_keyboard_as_dots_and_as_cells(sweep: Path, reader: Reader) -> None:
    from selenium.webdriver.common.keys import Keys

    reader.opens(sweep)
    reader.presses("field", Keys.ARROW_RIGHT)
    assert re.match(r"Point \d, venue.ad_load=0 host=\w+: Size .+, its 3 runs from", reader.text("point"))
    reader.presses("field", Keys.ARROW_RIGHT)
    assert "venue.ad_load=2" in reader.text("point")
    until(lambda: reader.text("said") == reader.text("point"), "the point, aloud")
    reader.chooses("up", "host")
    assert "each cell is the mean" in reader.text("words-field")
    reader.presses("field", Keys.ARROW_RIGHT, Keys.ARROW_UP)
    assert "host=half_time" in reader.text("point")
    reader.keeps("explore_cells")
    assert reader.sees_no_error()
