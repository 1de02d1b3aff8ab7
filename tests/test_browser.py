"""The live page, used in headless Chromium as a class and a strategist would: `make test-browser`.

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
SCREEN, PROJECTOR, LOW, PHONE = (
    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
    for width, height, mobile in ((1366, 900, False), (1024, 768, False), (1090, 500, False), (390, 800, True))
)
MISSING = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
MISSING += [
    name
    for name in ("selenium", "starlette", "uvicorn", "websockets", "segno")
    if importlib.util.find_spec(name) is None
]

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
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the page as a user would, and return its address."""
    with served(f"results={tmp_path_factory.mktemp('results')}") as [address]:
        yield address


@contextlib.contextmanager
def served(*more: str, addresses: int = 1) -> Iterator[list[str]]:
    """Start the page, and give the addresses that the command prints."""
    command = [sys.executable, "-m", "sim", "live", "--no-browser", *more]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            lines = [server.stdout.readline() if server.stdout else "" for _ in range(addresses)]
            found = [re.search(r"http://\S+", line) for line in lines]
            assert all(found), f"no address in {lines!r}"
            yield [one[0] for one in found if one]
        finally:
            server.terminate()


class Visitor:
    """Somebody in front of the page."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def find(self, name: str) -> Any:
        """Return an element by its id."""
        return self.driver.find_element("id", name)

    def text(self, name: str) -> str:
        """Return what an element says, by its id."""
        return str(self.driver.execute_script("return document.getElementById(arguments[0]).innerText", name))

    def asks(self, script: str) -> Any:
        """Return what a script finds on the page; `page` is what it knows of itself."""
        return self.driver.execute_script(f"const page = window.barnraise; return {script}")

    @property
    def day(self) -> int:
        """The day that is drawn."""
        return int(self.asks("page?.state?.frame?.day ?? -1"))

    def active(self, side: str) -> int:
        """Active members of a world."""
        return int(self.asks(f"page.state.frame.{side}.now.active"))

    def click(self, name: str) -> None:
        """Click what has this id, once it can be clicked."""
        until(lambda: self.find(name).is_displayed() and self.find(name).is_enabled(), f"{name} to be there")
        self.find(name).click()

    def types(self, name: str, text: str) -> None:
        """Write into a field."""
        self.find(name).clear()
        self.find(name).send_keys(text)

    def opens(self, people: int = 300, days: int = 365) -> None:
        """Open two worlds of this size, and wait for their first morning."""
        self.driver.execute_script("document.querySelector('#choose details').open = true")
        self.types("people", str(people))
        self.types("days", str(days))
        before = self.asks("page.state.opened")
        self.click("open")
        until(lambda: self.asks("page.state.opened") != before and self.day == 0, "the first morning", PATIENCE)

    def reaches(self, day: int, patience: float = 90) -> None:
        """Wait for a day."""
        until(lambda: self.day >= day, f"day {day}", patience)

    def looks(self, screen: dict[str, Any]) -> None:
        """Use a screen of another size."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        time.sleep(0.5)

    def keep(self, name: str) -> None:
        """Take a screenshot."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))

    def sees_no_error(self) -> bool:
        """Tell whether neither the page nor its console speaks of an error."""
        assert not self.find("message").is_displayed(), self.text("message")
        severe = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        assert not severe, severe
        return True


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Open a browser of our own."""
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@contextlib.contextmanager
def browser(profile: Path, *flags: str) -> Iterator[Any]:
    """Open a browser with a profile of its own."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def visitor(driver: Any, address: str) -> Visitor:
    """Open the page afresh."""
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SCREEN)
    driver.get(address)
    someone = Visitor(driver)
    until(lambda: someone.day == 0, "the first day on the page", PATIENCE)
    return someone


def test_the_server_lets_in_no_page_from_elsewhere(address: str) -> None:
    port = address.rpartition(":")[2]
    for origin in ("http://elsewhere.example", "null", "http://localhost:1"):
        assert fetched(port, "/live", **WEBSOCKET, Origin=origin) == 403
    assert fetched(port, "/live", **WEBSOCKET, Host=f"elsewhere.example:{port}") == 403
    assert fetched(port, "/live", **WEBSOCKET, Host=f"localhost:{port}", Origin=address) == 101
    assert fetched(port, "/", Host=f"elsewhere.example:{port}") == 403
    assert fetched(port, "/", Origin="http://elsewhere.example") == 403
    assert fetched(port, "/assets/../server.py") == fetched(port, "/results/../../pyproject.toml") == 404
    assert fetched(port, "/results/%2e%2e/%2e%2e/etc/hostname") == fetched(port, "/anything") == 404
    assert fetched(port, "/") == fetched(port, "/assets/page.js") == fetched(port, "/menus") == 200


def fetched(port: str, path: str, **headers: str) -> int:
    """Return the status of a request."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status


def test_two_worlds_live_on_one_clock_and_are_one_until_the_poles_are_let_go(visitor: Visitor) -> None:
    visitor.opens(people=1000, days=240)
    visitor.click("play")
    visitor.reaches(100)
    rows = visitor.asks("page.chart.rows.map((row) => [row.left.active, row.right.active])")
    assert all(left == right for left, right in rows)
    visitor.click("let-go")
    until(lambda: visitor.asks("page.state.frame.right.now.host") == 0, "the host to be silent")
    assert visitor.asks("page.state.frame.left.now.host") == 1
    visitor.reaches(240)
    assert visitor.active("right") < visitor.active("left")
    until(lambda: "silent" in visitor.text("words-right"), "the words beside the picture")
    assert "at work" in visitor.text("words-left")
    visitor.keep("1_let_go")
    assert visitor.sees_no_error()


def test_the_last_run_stays_as_a_faint_line_and_the_fan_shows_other_seeds(visitor: Visitor) -> None:
    visitor.opens(people=200, days=120)
    visitor.driver.execute_script("barnraise.send('step', {days: 120})")
    visitor.reaches(120)
    visitor.click("reset")
    until(lambda: visitor.day == 0, "the first morning again")
    assert visitor.asks("page.chart.earlier.length") >= 1
    visitor.click("fan")
    until(lambda: visitor.asks("page.chart.fan?.seeds") == 16, "sixteen other seeds", PATIENCE)
    visitor.keep("2_fan")
    assert visitor.sees_no_error()


def test_a_click_on_a_person_tells_their_story(visitor: Visitor) -> None:
    visitor.opens(people=600)
    visitor.driver.execute_script("barnraise.send('step', {days: 150})")
    visitor.reaches(150)
    time.sleep(1.5)  # people have found their places
    x, y = visitor.asks("(() => { const s = page.stages.left, one = [...s.people.values()].find((p) => p.role === 1 || "
                        "p.role === 3); return [one.x * s.view.R, one.y * s.view.R]; })()")  # fmt: skip
    from selenium.webdriver import ActionChains

    ActionChains(visitor.driver).move_to_element_with_offset(
        visitor.find("stage-left"), round(x), round(y)
    ).click().perform()
    until(lambda: visitor.find("story").is_displayed(), "the story")
    assert re.search(r"Person \d+ (reads|helps)", visitor.text("story"))
    assert "Joined on day" in visitor.text("story")
    assert "What holds them" in visitor.text("story")
    visitor.keep("3_story")
    assert visitor.sees_no_error()


def test_a_picture_without_a_size_waits_and_people_go_on_from_where_they_stood(visitor: Visitor) -> None:
    visitor.driver.set_script_timeout(60)
    found = visitor.driver.execute_async_script(
        "const done = arguments[0]; import('/assets/stage.js').then(({ Stage }) => {"
        "  const canvas = document.createElement('canvas'), stage = new Stage(canvas, { acts: [], suppliers: [] });"
        "  const frame = { whole: true, people: [7, 3, 0, 1], new: [], gone: [], acts: [], here: [], now: {} };"
        "  stage.take(frame); stage.draw();"  # as in a notebook, which lays its cells out later
        "  canvas.style.cssText = 'width: 200px; height: 200px'; document.body.append(canvas);"
        "  for (let k = 0; k < 40; k++) stage.draw();"
        "  const stood = stage.people.get(7).x; stage.take(frame); const now = stage.people.get(7).x;"
        "  canvas.remove(); done([stood, now, stage.people.get(7).goes[0]]); });"
    )
    stood, now, goes = found
    assert stood == now == pytest.approx(goes, abs=0.01)


def test_levers_act_at_once_while_the_worlds_run(visitor: Visitor) -> None:
    visitor.opens()
    visitor.click("play")
    visitor.reaches(20)
    visitor.driver.execute_script(
        "const one = document.querySelector('input[data-key=\"venue.ad_load\"]'); one.value = 9;"
        "one.dispatchEvent(new Event('input')); one.dispatchEvent(new Event('change'))"
    )
    until(lambda: visitor.asks("page.state.frame.right.now.ads") == 9, "nine ads on the right")
    assert visitor.asks("page.state.frame.left.now.ads") < 9
    assert visitor.asks("page.state.playing")
    visitor.driver.execute_script("barnraise.send('lever', {side: 'left', key: 'host.replies', value: 9})")
    until(lambda: visitor.find("message").is_displayed(), "the refusal")
    assert "host.replies=9" in visitor.text("message")


def test_the_class_s_prediction_is_drawn_beside_what_happens(visitor: Visitor) -> None:
    visitor.opens(days=100)
    for name, value in (("left", "40"), ("right", "15"), ("day", "90"), ("text", "habit holds them")):
        visitor.types(f"predict-{name}", value)
    visitor.click("predict")
    until(lambda: "habit holds them" in visitor.text("predicted"), "the prediction")
    visitor.driver.execute_script("barnraise.send('step', {days: 100})")
    visitor.reaches(100)
    assert visitor.asks("page.chart.predictions[0].left") == 40
    visitor.keep("4_predicted")
    assert visitor.sees_no_error()


def test_another_scenario_and_another_host_on_the_right_from_the_first_day(visitor: Visitor) -> None:
    from selenium.webdriver.support.ui import Select

    before = visitor.asks("page.state.opened")
    Select(visitor.find("scenario")).select_by_value("barn_raising")
    until(lambda: visitor.asks("page.state.opened") != before and visitor.day == 0, "another scenario", PATIENCE)
    assert "barn" in visitor.driver.title.lower()
    visitor.driver.execute_script("document.querySelector('#choose details').open = true")
    visitor.types("only-right", "host=none")
    visitor.opens(days=200)
    visitor.driver.execute_script("barnraise.send('step', {days: 30})")
    visitor.reaches(30)
    assert visitor.asks("page.state.opened.levers.right.find((one) => one.key === 'host.hours').value") == 0
    assert visitor.sees_no_error()


def test_a_class_is_the_host_for_a_year(visitor: Visitor) -> None:
    visitor.driver.find_element("css selector", "[data-view=game]").click()
    until(lambda: visitor.asks("page.state.opened.game") and visitor.day == 0, "the game", PATIENCE)
    visitor.driver.execute_script(
        "for (const [duty, value] of [['posts', 0], ['replies', 6]]) { const one = document.querySelector("
        "`input[data-duty=${duty}]`); one.value = value; one.dispatchEvent(new Event('input'));"
        "one.dispatchEvent(new Event('change')); }"
    )
    visitor.click("month")
    visitor.reaches(28)
    assert "no more" not in visitor.text("spent")
    visitor.click("rest")
    until(lambda: "Your score" in visitor.text("spent"), "the score", PATIENCE)
    visitor.keep("5_game")
    assert visitor.sees_no_error()


def test_a_question_is_asked_from_start_to_report(visitor: Visitor) -> None:
    visitor.driver.find_element("css selector", "[data-view=ask]").click()
    fill_question(visitor, "8")
    assert visitor.text("command").startswith("barnraise compare scenario=support_forum")
    visitor.click("run")
    until(lambda: "at work" in visitor.text("answer"), "the question at work")
    until(lambda: "done" in visitor.text("answer"), "the answer", PATIENCE)
    assert "minus base" in visitor.text("answer")
    assert "95 % interval" in visitor.text("answer")
    until(lambda: visitor.find("report").is_displayed(), "the report")
    visitor.driver.switch_to.frame("report")
    try:
        until(lambda: "active members" in visitor.driver.find_element("tag name", "body").text.lower(), "its words")
    finally:
        visitor.driver.switch_to.default_content()
    visitor.keep("6_answer")
    visitor.driver.find_element("css selector", "[data-view=earlier]").click()
    until(lambda: "barnraise compare" in visitor.text("list"), "the earlier answer")
    visitor.keep("7_earlier")
    assert visitor.sees_no_error()


def test_a_cancelled_question_keeps_what_was_finished(visitor: Visitor) -> None:
    visitor.driver.find_element("css selector", "[data-view=ask]").click()
    fill_question(visitor, "200", days="700")
    visitor.click("run")
    until(lambda: re.search(r"^[1-9]\d* of 200", visitor.text("answer")), "a first pair of runs", PATIENCE)
    visitor.click("cancel")
    until(lambda: "cancelled" in visitor.text("answer"), "the end", PATIENCE)
    assert "Open the report" in visitor.text("answer")
    assert visitor.find("run").is_enabled()


def fill_question(visitor: Visitor, replicates: str, days: str = "90") -> None:
    """Fill in a small question."""
    visitor.types("replicates", replicates)
    visitor.types("ask-people", "200")
    visitor.types("ask-days", days)


def test_everything_can_be_done_by_keyboard(visitor: Visitor) -> None:
    from selenium.webdriver import ActionChains, Keys

    visitor.opens(people=400)
    visitor.driver.execute_script("document.activeElement.blur()")
    ActionChains(visitor.driver).send_keys("s").perform()
    visitor.reaches(1)
    ActionChains(visitor.driver).send_keys(" ").perform()
    visitor.reaches(60)
    ActionChains(visitor.driver).send_keys("l").perform()
    until(lambda: visitor.asks("page.state.frame.right.now.host") == 0, "the host to be silent")
    ActionChains(visitor.driver).send_keys(" ").perform()
    until(lambda: not visitor.asks("page.state.playing"), "the pause")
    visitor.driver.execute_script("document.getElementById('stage-left').focus()")
    ActionChains(visitor.driver).send_keys(Keys.ARROW_RIGHT).perform()
    until(lambda: visitor.find("story").is_displayed(), "the story of the first member")
    first = visitor.text("story")
    ActionChains(visitor.driver).send_keys(Keys.ARROW_RIGHT).perform()
    until(lambda: visitor.text("story") != first, "the story of the next")
    ActionChains(visitor.driver).send_keys(Keys.ESCAPE).perform()
    assert not visitor.find("story").is_displayed()
    reached = set()
    for _ in range(60):
        ActionChains(visitor.driver).send_keys(Keys.TAB).perform()
        reached.add(visitor.asks("document.activeElement.id || document.activeElement.dataset.key"))
    assert {"play", "fan", "stage-left", "measure", "scenario", "venue.ad_load", "predict-left"} <= reached
    assert visitor.sees_no_error()


def test_on_a_projector_of_768_lines_nothing_is_cut_off(visitor: Visitor) -> None:
    visitor.looks(PROJECTOR)
    visitor.opens(people=600)
    visitor.click("play")
    visitor.reaches(40)
    for name in ("bar", "stages", "key", "lines", "words-chart", "let-go", "status"):
        left, top, right, bottom = visitor.asks(f"(() => {{ const box = document.getElementById('{name}')."
                                                "getBoundingClientRect(); return [box.left, box.top, box.right, "
                                                "box.bottom]; })()")  # fmt: skip
        assert 0 <= left < right <= 1024, name
        assert 0 <= top < bottom <= 768, name
    assert visitor.asks("document.getElementById('stage-left').clientHeight") > 220
    assert visitor.asks("document.getElementById('chart').clientHeight") > 90
    visitor.keep("8_projector")
    assert visitor.sees_no_error()


def test_on_a_phone_the_page_needs_no_sideways_scrolling(visitor: Visitor) -> None:
    visitor.looks(PHONE)
    visitor.click("play")
    visitor.reaches(20)
    assert visitor.asks("document.documentElement.scrollWidth") <= 390
    assert visitor.asks("document.getElementById('stage-left').clientWidth") > 320
    visitor.keep("9_phone")
    assert visitor.sees_no_error()


def test_it_can_be_read_in_grey(visitor: Visitor) -> None:
    visitor.opens(people=800)
    visitor.driver.execute_script("barnraise.send('step', {days: 200})")
    visitor.reaches(200)
    visitor.driver.execute_script("document.body.style.filter = 'grayscale(1)'")
    time.sleep(1.5)
    visitor.keep("10_grey")
    shapes = visitor.asks("new Set([...page.stages.left.people.values()].map((one) => one.role)).size")
    assert shapes >= 4  # each with a shape of its own
    assert visitor.sees_no_error()


def test_the_room_looks_on_in_a_browser_of_its_own_until_it_may_act(visitor: Visitor, tmp_path: Path) -> None:
    with served("--share", f"results={tmp_path / 'results'}", addresses=2) as [address, invitation]:
        name = re.search(r"//([^:/]+)", invitation)
        assert name
        there = f"--host-resolver-rules=MAP {name[1]} 127.0.0.1"  # nothing leaves this machine
        with browser(tmp_path / "pupil", there) as driver:
            pupil = Visitor(driver)
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", LOW)
            driver.get(invitation.rpartition("/join/")[0])
            assert "Refused" in driver.find_element("tag name", "body").text
            visitor.driver.get(address)
            until(lambda: visitor.day == 0, "the teacher's first day", PATIENCE)
            assert invitation in visitor.text("room")
            driver.get(invitation)
            until(lambda: pupil.day == 0, "the same day in the room", PATIENCE)
            assert not pupil.find("play").is_displayed()
            assert not pupil.driver.find_element("css selector", "[data-view=ask]").is_displayed()
            visitor.click("play")
            pupil.reaches(30)
            pupil.asks("page.send('lever', {side: 'right', key: 'venue.ad_load', value: 9})")
            until(lambda: "looking on" in pupil.text("message"), "the refusal")
            visitor.driver.find_element("css selector", "#room input").click()
            until(lambda: pupil.find("let-go").is_displayed(), "the levers in the room")
            assert all(pupil.find(name).is_displayed() for name in ("play", "step", "levers", "prediction"))
            assert not any(pupil.find(name).is_displayed() for name in ("choose", "reset", "fan"))
            assert not pupil.driver.find_element("css selector", "[data-view=ask]").is_displayed()
            pupil.click("let-go")
            for one in (visitor, pupil):
                until(lambda one=one: one.asks("page.state.frame.right.now.host") == 0, "the host to be silent")
            assert pupil.asks("document.getElementById('stage-left').clientHeight") > 220
            pupil.keep("11_room")
            visitor.keep("11_teacher")
            assert visitor.sees_no_error()
