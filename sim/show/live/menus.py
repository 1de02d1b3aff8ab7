"""What the live page offers to choose from: scenarios by who asks, presets by group, and levers."""

from typing import Any

from sim.lab.settings import folders, presets, scenarios
from sim.lab.settings.errors import SettingsError
from sim.show.live import frames, game, session
from sim.world import census


def menus() -> dict[str, Any]:
    """Return all that a page needs to know before it opens a world."""
    return {
        "scenarios": [one for name in scenarios.names() if (one := scenario(name))],
        "presets": {group: [one for name in folders.files(group) if (one := preset(group, name))]
                    for group in presets.PACKAGES},
        "levers": [lever._asdict() for lever in session.LEVERS],
        "measures": [{"name": name, "label": label, "unit": unit} for name, (label, unit) in frames.MEASURES.items()],
        "acts": frames.ACT_WORDS, "suppliers": frames.SUPPLIERS, "roles": census.ROLES,
        "game": {"hours": game.HOURS, "hosted": game.HOSTED, "stands": game.STANDS, "duties": game.Plan._fields},
        "seeds": session.FAN,
    }  # fmt: skip


def scenario(name: str) -> dict[str, Any] | None:
    """Return a scenario's words, or nothing if its file cannot be read."""
    try:
        tree, about = scenarios.read(name), scenarios.about(name)
    except SettingsError:
        return None
    return {
        "name": name, "title": tree.get("title", name), "story": " ".join(str(tree.get("story", "")).split()),
        "question": " ".join(str(tree.get("question", "")).split()), "asks": about.asks if about else "",
        "predicts": about.predicts if about else "", "alternatives": about.alternatives if about else {},
        "presets": scenarios.chosen(name),
    }  # fmt: skip


def preset(group: str, name: str) -> dict[str, str] | None:
    """Return a preset's words, or nothing if its file cannot be read."""
    try:
        found = presets.read(group, name)
    except SettingsError:
        return None
    return {"name": name, "title": found.title, "story": found.story}
