"""The live page in a real Chromium: pictures a second, the delay of a click while it runs, memory after fifty tabs.

`make bench-live` runs it. Like every benchmark here it measures and asserts nothing.
"""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from websockets.asyncio.client import connect

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update")  # fmt: skip
SECONDS, CLICKS, TABS = 10, 15, 50
PATIENCE = 300.0
DELAY = """
const done = arguments[0], page = window.barnraise, begun = performance.now();
page.state.acted = 0;
const value = 1 + (window.clicks = (window.clicks ?? 0) + 1) % 9;
page.send("lever", {side: "right", key: "venue.ad_load", value});
(function wait() {
  if (page.state.acted) requestAnimationFrame(() => done(performance.now() - begun));
  else setTimeout(wait, 1);
})();
"""


def main() -> None:
    """Start the page, measure, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sim", "live", "--no-browser", f"results={folder}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                line = server.stdout.readline() if server.stdout else ""
                address = re.search(r"http://\S+", line)
                assert address, line
                driver = browser()
                try:
                    for people in (300, 2000):
                        print(of_people(driver, address[0], people), flush=True)
                finally:
                    driver.quit()
                print(asyncio.run(of_tabs(address[0], server.pid)), flush=True)
            finally:
                server.terminate()


def browser() -> Any:
    """Open Chromium."""
    options = Options()
    options.binary_location = str(shutil.which("chromium"))
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    driver.set_script_timeout(60)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": 1366, "height": 768, "deviceScaleFactor": 1, "mobile": False})  # fmt: skip
    return driver


def of_people(driver: Any, address: str, people: int) -> str:
    """Return pictures a second as fast as the page can, and the delay of a click at the pace that it begins with."""
    driver.get(address)
    wait(driver, "return window.barnraise?.state?.frame?.day === 0")
    driver.execute_script(
        f"document.getElementById('people').value = {people}; document.getElementById('days').value = 3650;"
        "window.before = barnraise.state.opened; document.getElementById('open').click()"
    )
    wait(driver, "return barnraise.state.opened !== window.before && barnraise.state.frame.day === 0")
    driver.execute_script("barnraise.send('step', {days: 200})")
    wait(driver, "return barnraise.state.frame.day === 200")
    driver.execute_script("barnraise.send('play', {on: true, pace: 60, days: 1})")
    time.sleep(2)
    drawn, begun = pictures(driver), time.monotonic()
    time.sleep(SECONDS)
    rate = (pictures(driver) - drawn) / (time.monotonic() - begun)
    driver.execute_script("barnraise.send('play', {on: true, pace: 20, days: 1})")  # as the page has it
    time.sleep(2)
    delays = [float(driver.execute_async_script(DELAY)) for _ in range(CLICKS)]
    active = driver.execute_script("return barnraise.state.frame.left.now.active")
    told = f"{people:>5} customers ({active:.0f} active): {rate:4.1f} pictures a second, two worlds in each; a "
    return (
        told + f"click is answered within {median(delays):.0f} ms (median), {max(delays):.0f} ms (slowest of {CLICKS})"
    )


def pictures(driver: Any) -> int:
    """Return how many pictures were drawn so far."""
    return int(driver.execute_script("return barnraise.state.drawnFrames"))


def wait(driver: Any, script: str) -> None:
    """Wait until a script finds that something is so."""
    end = time.monotonic() + PATIENCE
    while not driver.execute_script(script):
        if time.monotonic() > end:
            raise TimeoutError(script)
        time.sleep(0.1)


async def of_tabs(address: str, pid: int) -> str:
    """Return the server's memory after tabs were opened and closed, one after the other and ten at a time."""
    url = address.replace("http", "ws") + "/live"

    async def tab() -> None:
        async with connect(url, origin=address, max_size=None) as socket:
            await socket.send(json.dumps({"do": "open", "settings": ["people=2000", "days=400"]}))
            while json.loads(await socket.recv())["is"] != "frame":
                pass
            await socket.send(json.dumps({"do": "step", "days": 30}))
            while (message := json.loads(await socket.recv()))["is"] != "frame" or message["day"] < 30:
                pass

    await tab()
    before = memory(pid)
    for _ in range(TABS // 10):
        await asyncio.gather(*(tab() for _ in range(10)))
    await asyncio.sleep(2)
    return f"memory of the server: {before:.0f} MB after one tab, {memory(pid):.0f} MB after {TABS} more were closed"


def memory(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("utf-8"))
    return int(found[1]) / 1024 if found else float("nan")


if __name__ == "__main__":
    main()
