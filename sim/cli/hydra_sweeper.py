"""Hydra's way to our sweeps: the `Sweeper` behind `barnraise -m`.

Hydra loads plugins only from the namespace `hydra_plugins`, so the packaging puts this file there, as
`hydra_plugins.barnraise`. It imports nothing from the package: Hydra's task function does the work.
"""

from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


class BarnraiseSweeper(Sweeper):
    """Passes on all overrides of a sweep at once, whereas Hydra's own sweeper composes every job."""

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Store what Hydra provides."""
        self.hydra_context = hydra_context
        self.config = config
        self.launcher = None
        self.task: Any = task_function

    def sweep(self, arguments: list[str]) -> Any:
        """Run the sweep."""
        assert self.hydra_context is not None
        if not hasattr(self.task, "sweep"):
            raise TypeError("hydra/sweeper=barnraise works only with the command barnraise")
        parser = OverridesParser.create(config_loader=self.hydra_context.config_loader)
        return self.task.sweep(parser.parse_overrides(arguments))


ConfigStore.instance().store(
    group="hydra/sweeper", name="barnraise", provider="barnraise",
    node={"_target_": "hydra_plugins.barnraise.BarnraiseSweeper"},
)  # fmt: skip
