"""The page: one HTML file with its style, its scripts and its data, which needs no server and no network.

The data are JSON, deflated, in base64; the browser inflates them. The scripts of the live page draw here as well.
"""

import base64
import html
import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.show.live import frames

OWN, LIVE = Path(__file__).with_name("assets"), Path(frames.__file__).with_name("assets")
PEOPLE = (LIVE / "stage.js", LIVE / "chart.js", OWN / "people.js")
POINTS = (OWN / "points.js",)
STYLES = (LIVE / "page.css", OWN / "explore.css")
LARGEST = 5_000_000  # bytes of a page
Content = dict[str, Any]


def page(content: Content, scripts: Sequence[Path]) -> str:
    """Return the whole page as text."""
    parts = {
        "title": html.escape(str(content["title"])),
        "style": "\n".join(map(_text, STYLES)),
        "script": "\n".join(map(module, [OWN / "common.js", *scripts])),
        "data": packed(content),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _text(OWN / "explore.html"))


def packed(content: Content) -> str:
    """Return content as JSON, deflated, in base64."""
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def unpacked(text: str) -> Content:
    """Return the content of a whole page."""
    found = re.search(r'<script id="data"[^>]*>([^<]*)</script>', text)
    assert found
    content: Content = json.loads(zlib.decompress(base64.b64decode(found[1])))
    return content


def module(path: Path) -> str:
    """Return a script as a function of its own that returns what it exports. What it imports stands before it."""
    code = re.sub(r"^import .*\n", "", _text(path), flags=re.MULTILINE)
    names = ", ".join(re.findall(r"^export (?:const|class|function) ([\w$]+)", code, re.MULTILINE))
    code = re.sub(r"^export ", "", code, flags=re.MULTILINE)
    return f"const {{ {names} }} = await (async () => {{\n{code}\nreturn {{ {names} }};\n}})();"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
