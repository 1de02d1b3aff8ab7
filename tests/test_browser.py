"""The live page, clicked through in headless Chromium: `make test-browser`.

What is missing on a machine (browser, driver, extra) skips these tests with a line that says so; `make test-browser`
looks for it first and fails.
"""

import contextlib
import http.client
import importlib.util
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "results" / "browser"
PATIENCE = 150  # seconds: a first start compiles the kernels
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
WEBSOCKET = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip
SCREEN = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
ARROW_RIGHT = "\ue014"  # as WebDriver names the key
MISSING = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
MISSING += [name for name in ("selenium", "solara") if importlib.util.find_spec(name) is None]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(MISSING), reason=f"the live page needs {', '.join(MISSING)}: see make test-browser"),
]


def until(found: Callable[[], Any], what: str, patience: float = 60) -> Any:
    """Wait until something is there, and return it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.1)
    pytest.fail(f"waited {patience:.0f} s in vain: {what}")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Start the page as a user would, and return its address."""
    command = [sys.executable, "-m", "sim", "dashboard", "--no-browser"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            found = re.search(r"http://\S+", line)
            assert found, f"no address in {line!r}"
            yield found[0]
        finally:
            server.terminate()


def at(thumb: Any) -> float:
    """Return where a slider stands."""
    return float(thumb.get_attribute("aria-valuenow"))


class Visitor:
    """Somebody in front of the page."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def texts(self, selector: str) -> list[str]:
        """Return the texts of all elements of a kind."""
        script = "return Array.from(document.querySelectorAll(arguments[0])).map(found => found.innerText.trim())"
        return list(self.driver.execute_script(script, selector))

    @property
    def status(self) -> str:
        """The line above the picture."""
        return next(iter(self.texts(".status")), "")

    @property
    def day(self) -> int:
        """The day that the page is at, -1 before it is there."""
        found = re.match(r"Day (\d+)", self.status)
        return int(found[1]) if found else -1

    @property
    def active(self) -> int:
        """Active members."""
        found = re.search(r"(\d+) active members", self.status)
        return int(found[1]) if found else -1

    def click(self, label: str) -> None:
        """Click the button that says so."""

        def button() -> Any:
            """Find it once it can be clicked."""
            found = self.driver.find_elements("xpath", f"//button[contains(normalize-space(.), '{label}')]")
            return next((one for one in found if one.is_enabled()), None)

        until(button, f"a button {label}").click()

    def push(self, label: str, value: int) -> None:
        """Move the slider with this label up to a value, key by key, and wait until the page has taken it in."""
        path = f"//div[contains(@class, 'v-input__slider')][.//label[contains(., \"{label}\")]]//*[@role='slider']"
        thumb = until(lambda: self.driver.find_elements("xpath", path), f"a slider {label}")[0]

        def there() -> bool:
            """Press once more unless it is there, and still is when the server has answered."""
            if at(thumb) < value:
                thumb.send_keys(ARROW_RIGHT)
            time.sleep(0.3)
            return at(thumb) >= value

        until(there, f"{label} at {value}")

    def reaches(self, day: int, patience: float = 60) -> None:
        """Wait for a day."""
        until(lambda: self.day >= day, f"day {day}", patience)

    def picture(self) -> str:
        """Return the source of the picture."""
        return str(self.driver.execute_script("return document.querySelector('.v-main img, main img, img')?.src ?? ''"))

    def keep(self, name: str) -> None:
        """Take a screenshot, once what fades in has done so."""
        time.sleep(1.0)
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))

    def sees_no_error(self) -> bool:
        """Tell whether nothing on the page, nor in its console, speaks of an error."""
        body = self.driver.find_element("tag name", "body").text
        assert not re.search(r"error|exception|traceback|not found|disconnected", body, re.IGNORECASE), body
        severe = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        assert not [message for message in severe if "favicon" not in message], severe
        return True


@pytest.fixture(scope="module")
def visitor(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Open the page in a browser of its own."""
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
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SCREEN)
        driver.get(address)
        someone = Visitor(driver)
        until(lambda: someone.day == 0 and someone.picture(), "the first day on the page", PATIENCE)
        yield someone
    finally:
        driver.quit()


def test_the_server_lets_in_no_page_from_elsewhere(address: str) -> None:
    port = address.rpartition(":")[2]
    kernel = "/jupyter/api/kernels/a/channels?session_id=b"
    for origin in ("http://elsewhere.example", "null", "http://localhost:1"):
        assert fetched(port, kernel, **WEBSOCKET, Origin=origin) == 403
    assert fetched(port, kernel, **WEBSOCKET, Host=f"elsewhere.example:{port}") == 403
    assert fetched(port, kernel, **WEBSOCKET, Origin=address) == 101
    assert fetched(port, "/", Host=f"elsewhere.example:{port}") == 403
    assert fetched(port, "/", Origin="http://elsewhere.example") == 403
    assert fetched(port, "/resourcez") == fetched(port, "/readyz") == 404
    assert fetched(port, "/static/assets/../../../server.py") == fetched(port, "/_solara/cdn/../../x") == 404
    assert fetched(port, "/") == 200


def fetched(port: str, path: str, **headers: str) -> int:
    """Return the status of a request."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status


def test_the_page_opens_on_the_first_morning_and_says_what_to_look_at(visitor: Visitor) -> None:
    assert "what remains when the host stops" in " ".join(visitor.texts("header, .v-app-bar, .v-toolbar"))
    assert "blue line" in " ".join(visitor.texts(".explanation"))
    assert visitor.picture()
    visitor.keep("1_opened")
    assert visitor.sees_no_error()


def test_a_step_is_a_week_and_brings_members(visitor: Visitor) -> None:
    before = visitor.picture()
    visitor.click("Step")
    visitor.reaches(7)
    assert visitor.day == 7
    assert visitor.active > 0
    until(lambda: visitor.picture() != before, "another picture")
    visitor.keep("2_stepped")
    assert visitor.sees_no_error()


def test_play_goes_on_by_itself_until_pause(visitor: Visitor) -> None:
    visitor.click("▶")
    visitor.reaches(70)
    visitor.click("❚❚")
    until(lambda: visitor.texts("button") and "▶" in visitor.texts("button"), "the button to play")
    time.sleep(1.0)  # what is under way comes to its end
    day = visitor.day
    time.sleep(1.5)
    assert visitor.day == day
    visitor.keep("3_played")
    assert visitor.sees_no_error()


def test_silencing_the_host_shows_what_remains(visitor: Visitor) -> None:
    visitor.click("Silence the host now")
    until(lambda: "silent for 0 days" in visitor.status, "the silence")
    day = visitor.day
    visitor.click("Step")
    visitor.reaches(day + 7)
    assert re.search(r"silent for 7 days: \d+ active members instead of \d+ \(\d+ %\)", visitor.status)
    visitor.keep("4_silenced")
    assert visitor.sees_no_error()


def test_another_setting_makes_another_community_after_reset(visitor: Visitor) -> None:
    visitor.click("Reset")
    until(lambda: visitor.day == 0, "the first morning")
    visitor.click("Step")
    visitor.reaches(7)
    usual = visitor.active
    visitor.push("Customers", 5000)
    visitor.click("Reset")
    until(lambda: visitor.day == 0, "the first morning again")
    visitor.click("Step")
    visitor.reaches(7)
    assert visitor.active > 1.5 * usual
    visitor.keep("5_more_customers")
    assert visitor.sees_no_error()


def test_the_run_ends_at_its_horizon(visitor: Visitor) -> None:
    visitor.click("Reset")
    until(lambda: visitor.day == 0, "the first morning")
    visitor.click("▶")
    visitor.reaches(728, patience=180)
    assert "silent for 364 days" in visitor.status
    visitor.keep("6_ended")
    assert visitor.sees_no_error()
