"""What a bare import loads: workers of a large sweep pay for it once each. `make lint` checks the same on paper."""

import ast
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

import sim

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


# What CONTRIBUTING promises about size and shape

PACKAGE = Path(sim.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 400
LARGEST_PACKAGE = 32777  # lines of Python; whoever adds should also delete (decision 14)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path, known: set[str]) -> set[str]:
    """Return the modules that a file imports anywhere, those for the type checker included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sim"):
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in full}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in known}
    return found


def test_no_files_import_each_other_in_a_circle_not_even_for_the_type_checker() -> None:
    known = {name_of(path) for path in SOURCES}
    graph = nx.DiGraph([(name_of(path), target) for path in SOURCES for target in imports_of(path, known)])
    assert [sorted(circle) for circle in nx.strongly_connected_components(graph) if len(circle) > 1] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_source_file_is_short_enough_to_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def test_the_package_stays_as_small_as_it_was() -> None:
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES) <= LARGEST_PACKAGE


def test_the_root_of_the_package_holds_four_files_at_most() -> None:
    assert len([path for path in PACKAGE.iterdir() if path.is_file()]) <= 4
