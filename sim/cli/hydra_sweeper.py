"""Hydra's way to our sweeps: the `Sweeper` behind `barnraise -m`.

Hydra takes plugins from the namespace `hydra_plugins` alone, so the packaging puts this file there, as
`hydra_plugins.barnraise`. It knows nothing of the package: what is to be done comes as Hydra's task function.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


class Sweeps(Protocol):
    """A task function that can do with all overrides at once."""

    def sweep(self, overrides: Sequence[Override]) -> Any:
        """Run the sweep that these overrides describe."""
        ...


class BarnraiseSweeper(Sweeper):
    """Hands the overrides of a sweep over in one piece, where Hydra's own composes every job."""

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Keep what Hydra provides."""
        self.hydra_context = hydra_context
        self.config = config
        self.launcher = None
        self.task: Any = task_function

    def sweep(self, arguments: list[str]) -> Any:
        """Run the sweep.

        Raises
        ------
        TypeError
            If the program is another than Barnraise.
        """
        assert self.hydra_context is not None
        if not hasattr(self.task, "sweep"):
            raise TypeError("hydra/sweeper=barnraise works for the command barnraise alone")
        parser = OverridesParser.create(config_loader=self.hydra_context.config_loader)
        return self.task.sweep(parser.parse_overrides(arguments))


ConfigStore.instance().store(
    group="hydra/sweeper", name="barnraise", provider="barnraise",
    node={"_target_": "hydra_plugins.barnraise.BarnraiseSweeper"},
)  # fmt: skip
