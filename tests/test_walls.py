"""What a bare import loads: workers of a large sweep pay for it once each. `make lint` checks the same on paper."""

import subprocess
import sys

import pytest

HEAVY = {"hydra", "matplotlib", "mesa", "omegaconf", "pandas", "pydantic", "solara"}


def loaded_by(module: str) -> set[str]:
    """Import a module in a fresh interpreter and return the top-level packages that this loaded."""
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("sim.world.world", set()),
        ("sim.lab.sweeps.point_run", set()),
        ("sim.lab.runs.replicate", {"pandas", "pydantic"}),
        ("sim.lab.validation.evaluate", {"pydantic"}),
        ("sim.show.report.page", {"pandas", "pydantic", "matplotlib"}),
        ("sim.__main__", {"hydra", "omegaconf", "pandas", "pydantic"}),
    ],
)
def test_an_import_loads_only_what_its_storey_may_know(module: str, allowed: set[str]) -> None:
    assert loaded_by(module) & HEAVY <= allowed
