"""The live page's picture in a notebook, Jupyter or marimo: `Place(world)`, then `place.step()`.

It needs an extra: pip install 'barnraise[notebook]'.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from sim.show.live.frames import ACT_WORDS, SUPPLIERS, Watch
from sim.show.live.story import Story, story
from sim.world.world import World

STAGE = Path(__file__).with_name("assets") / "stage.js"
RENDER = """
export default { render({ model, el }) {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  Object.assign(canvas.style, { width: "100%", height: "420px", display: "block", background: "#fff" });
  el.append(canvas);
  const onPick = (id) => { model.set("picked", id); model.save_changes(); };
  const stage = new Stage(canvas, { acts: model.get("acts"), suppliers: model.get("suppliers"), onPick });
  const take = () => stage.take(model.get("frame"));
  model.on("change:frame", take);
  take();
  let alive = true;
  const draw = () => { if (!alive) return; stage.draw(); requestAnimationFrame(draw); };
  draw();
  return () => { alive = false; };
} };
"""


class Place(anywidget.AnyWidget):  # type: ignore[misc]
    """A world's main venue and its people, as a widget. The world's settings need `log=True`."""

    _esm = STAGE.read_text("utf-8") + RENDER
    frame = traitlets.Dict().tag(sync=True)
    acts = traitlets.List(list(ACT_WORDS)).tag(sync=True)
    suppliers = traitlets.List(list(SUPPLIERS)).tag(sync=True)
    picked = traitlets.Int(-1).tag(sync=True)

    def __init__(self, world: World, **more: Any) -> None:
        if not world.settings.log:
            raise ValueError("the picture needs the event log: Settings(log=True)")
        self.watch = Watch(world)
        super().__init__(frame=self._look(), **more)

    def step(self, days: int = 1) -> None:
        """Live some days, and show them."""
        for _ in range(days):
            self.watch.world.step()
            self.watch.pass_by()
        self.frame = self._look()

    def _look(self) -> dict[str, Any]:
        """Return a frame of everybody: a picture may be made anew at any time, and has seen no earlier frame."""
        return self.watch.whole(self.watch.look())

    def story(self, person: int | None = None) -> Story:
        """Return the story of a person, otherwise of the one that was clicked."""
        return story(self.watch, self.picked if person is None else person)
