"""The documents say what the code says."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import sim
from sim.lab.settings import reference
from sim.world.day import BLOCKS
from sim.world.parameters import declared

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md"))
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
)  # fmt: skip


@pytest.mark.parametrize("document", reference.DOCUMENTS, ids=lambda path: path.name)
def test_a_document_is_what_code_and_results_say_now(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert text == reference.filled(text), "run `make docs`"


def test_the_model_document_has_every_element_of_the_odd_protocol() -> None:
    text = reference.DOCUMENT.read_text(encoding="utf-8")
    elements = re.findall(r"^## \d\. (.+)$", text, re.MULTILINE)
    assert elements == [
        "Purpose and patterns", "Entities, state variables, and scales", "Process overview and scheduling",
        "Design concepts", "Initialization", "Input data", "Submodels",
    ]  # fmt: skip
    assert all(f"\n**{concept}.** " in text for concept in CONCEPTS)


@pytest.mark.parametrize("group", BLOCKS)
def test_a_mechanism_says_what_it_claims_by_which_rule_and_from_which_source(group: str) -> None:
    _, parts = reference.sections(reference.module_of(BLOCKS[group]).__doc__ or "")
    assert {"Claim", "Rule", "Source"} <= set(parts)
    assert list(parts) == [name for name in ("Claim", "Rule", "Source", "Deviations") if name in parts]


@pytest.mark.parametrize("group", BLOCKS)
def test_every_number_of_a_mechanism_is_declared_with_unit_range_grade_and_reason(group: str) -> None:
    assert [row.name for row in declared(group, BLOCKS[group])] == list(BLOCKS[group]._fields)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_link_between_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_citation_names_this_version_and_the_licence_of_the_package() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == sim.__version__
    assert citation["license"] == project["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)


def test_every_target_of_the_makefile_that_the_documents_name_exists_and_is_explained() -> None:
    explained = set(re.findall(r"^([a-z0-9-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [path.read_text(encoding="utf-8") for path in DOCUMENTS]
    named = {name for text in texts for name in re.findall(r"(?:`|^)make ([a-z0-9-]+)", text, re.MULTILINE)}
    assert named <= explained


def test_what_is_installed_is_pinned_and_allowed() -> None:
    pinned = re.findall(r"^([a-z0-9-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"] + project["build-system"]["requires"]
    asked += [one for extra in project["project"]["optional-dependencies"].values() for one in extra]
    assert {re.match(r"[a-z0-9-]+", one)[0] for one in asked} <= set(pinned)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_make_without_a_target_lists_the_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "make demo" in listed
    assert "make test" in listed
