"""The documents say what the code and the results say, in words that the glossary defines."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import reference
import yaml

import sim
from sim.cli import compose
from sim.cli import trial as trial_command
from sim.cli.commands import barnraise
from sim.cli.main import main
from sim.lab.settings.keys import LEVERS, levels
from sim.world import census
from sim.world.day import BLOCKS, DAY
from sim.world.measures import HEADLINE, OUTCOMES
from sim.world.parameters import declared

ROOT = Path(__file__).parents[1]
FOLDERS = ("docs", "experiments", "results/gallery")
DOCUMENTS = sorted(ROOT.glob("*.md")) + [path for folder in FOLDERS for path in sorted(ROOT.glob(f"{folder}/**/*.md"))]
SETTINGS = sorted(ROOT.glob("conf/**/*.yaml")) + sorted(ROOT.glob("experiments/*/*.yaml"))
ROWS = sorted(ROOT.glob("experiments/validation/*.py"))
SOURCES = sorted(path for path in ROOT.glob("sim/**/*") if path.suffix in (".py", ".j2"))
GLOSSARY = ROOT / "docs" / "glossary.md"
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
    _, parts = reference.sections(sys.modules[BLOCKS[group].__module__])
    assert {"Claim", "Rule", "Source"} <= set(parts)
    assert list(parts) == [name for name in ("Claim", "Rule", "Source", "Deviations") if name in parts]


@pytest.mark.parametrize("group", BLOCKS)
def test_every_number_of_a_mechanism_is_declared_with_unit_range_grade_and_reason(group: str) -> None:
    assert [row.name for row in declared(group, BLOCKS[group])] == list(BLOCKS[group]._fields)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_link_between_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_link_to_a_heading_finds_the_heading(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", document.read_text(encoding="utf-8"))
    targets = [(document.parent / page if page else document, anchor) for page, anchor in links]
    assert [anchor for page, anchor in targets if anchor not in anchors(page)] == []


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if path.name != "CHANGELOG.md"], ids=name_of)
def test_a_file_that_a_document_names_exists(document: Path) -> None:
    """Decisions name what was: their tables of old names have no folder before them."""
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"[`(]((?:sim|tests|conf|docs|experiments)/[\w/.-]+\.(?:py|md|json|yaml|csv))[`)]", text)
    made_up = re.compile("NAME|NN_|mine")
    assert [name for name in named if not made_up.search(name) and not (ROOT / name).exists()] == []


# What a page tells a reader to type

PLACEHOLDER = re.compile(
    r"\b(?:FOLDER|NAME|NN_question|KIND|points\.csv|module:Class|mypolicy|my_rules|my_conf)\b|\.\.\."
)


def commands() -> list[tuple[str, ...]]:
    """Return the arguments of each `barnraise` line of the documents that can be typed as it stands."""
    found: dict[tuple[str, ...], None] = {}
    for document in DOCUMENTS:
        blocks = re.findall(r"^```(?:bash)?\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for line in "".join(blocks).replace("\\\n", " ").splitlines():
            if line.startswith("barnraise ") and not PLACEHOLDER.search(line):
                found[tuple(shlex.split(line, comments=True)[1:])] = None
    return list(found)


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_that_a_document_shows_is_accepted(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    first, rest = (words[0], words[1:]) if words and words[0] in barnraise.commands else ("", words)
    sweeps = any(word == "-m" or word.startswith(("design=", "experiment=")) for word in rest)
    if sweeps:
        assert main([*dict.fromkeys((*words, "--dry-run"))]) == 0
        assert "Nothing was run" in capsys.readouterr().out
    elif first == "trial":
        trial_command.request(rest)
    elif first in ("", "compare"):
        compose.request(rest, compares=bool(first))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_setting_or_parameter_that_a_document_names_exists(document: Path) -> None:
    """Settings stand in backticks, as `venue.ad_load`; parameters as `params.leaving.dull` or `leaving.dull`."""
    text = document.read_text(encoding="utf-8")
    groups = "|".join((*LEVERS, *BLOCKS))
    named = set(re.findall(rf"`(?:params\.)?((?:{groups})\.[a-z]\w*)`", text))
    known = {f"{group}.{row.name}" for group, block in (*LEVERS.items(), *BLOCKS.items())
             for row in declared(group, block)}  # fmt: skip
    known |= levels()
    assert named - known == set()


# Plain words

GENERIC = re.compile(r"\b(?:she|her|hers|herself|he|him|his|himself)\b", re.IGNORECASE)
PRIVATE = re.compile(r"\b(?:the door|storeys?|four times in five|foretold|can't tell on)\b", re.IGNORECASE)
QUOTATIONS: tuple[str, ...] = ()  # sentences of others that are quoted as they are


def written_by_us(path: Path) -> list[str]:
    """Return a file's lines without quotations."""
    text = path.read_text(encoding="utf-8")
    for quotation in QUOTATIONS:
        text = text.replace(quotation, "")
    return text.splitlines()


@pytest.mark.parametrize("path", [*DOCUMENTS, *SETTINGS, *ROWS, *SOURCES], ids=name_of)
def test_people_are_they(path: Path) -> None:
    assert [line for line in written_by_us(path) if GENERIC.search(line)] == []


@pytest.mark.parametrize("path", [*DOCUMENTS, *SETTINGS, *ROWS, *SOURCES], ids=name_of)
def test_texts_use_the_terms_of_the_field_and_not_our_own(path: Path) -> None:
    assert [line for line in written_by_us(path) if PRIVATE.search(line)] == []


# The glossary


def entries() -> dict[str, str]:
    """Return each term of the glossary with its sentence."""
    text = GLOSSARY.read_text(encoding="utf-8")
    found = re.findall(r"^- \*\*(.+?)\*\*(?:, or [\w -]+)?: (.+(?:\n  .+)*)", text, re.MULTILINE)
    assert len(found) == len(re.findall(r"^- ", text, re.MULTILINE)) == len({term for term, _ in found})
    return {term: " ".join(sentence.split()) for term, sentence in found}


def test_the_glossary_defines_each_term_once_and_in_one_sentence() -> None:
    several = re.compile(r"[.!?] [A-Z]")
    wrong = [term for term, text in entries().items() if not text.endswith(".") or several.search(text)]
    assert wrong == []


def test_the_glossary_defines_every_headline_outcome_and_every_role() -> None:
    outcomes = {OUTCOMES[name].label.partition(",")[0].lower() for name in HEADLINE}
    roles = {census.ROLES[role] for role in (census.LURKER, census.ASKER, census.HELPER, census.CHAMPION)}
    assert (outcomes | roles) - {term.lower() for term in entries()} == set()


TERMS_OF_REPORTS = {  # as a report, its pictures or the scoreboard say it: where the glossary explains it
    "held by": "held by each other", "floor": "floor", "active members": "active member", "minus base": "minus base",
    "unclear": "unclear", "no difference": "no difference", "undefined": "undefined", "better in": "better in",
    "95 % interval": "95 % confidence interval", "80 % power": "80 % power", "detectable": "smallest detectable effect",
    "Holm": "Holm-corrected", "points": "percentage point", "plausible": "plausible set", "vector": "vector",
    "grade": "grade", "replicate": "replicate", "seed": "seed", "arm": "arm", "pair": "pair", "twin": "twin",
    "spill-over": "spill-over", "dose": "dose", "elasticity": "elasticity", "randomised": "trial", "factor": "factor",
    "Sobol": "Sobol index", "Morris": "elementary effect", "credit": "credit", "band": "band",
    "wrong sign": "wrong sign", "k-core": "k-core", "lurkers": "lurker", "champions": "champion",
}  # fmt: skip


def test_the_glossary_explains_the_terms_of_reports_and_reports_still_use_them() -> None:
    sources = [path for path in (ROOT / "sim" / "show").rglob("*") if path.suffix in (".py", ".j2")]
    said = "\n".join(path.read_text(encoding="utf-8") for path in [*sources, ROOT / "sim" / "world" / "measures.py"])
    assert set(TERMS_OF_REPORTS.values()) - set(entries()) == set()
    assert [term for term in TERMS_OF_REPORTS if not re.search(rf"\b{term}", said, re.IGNORECASE)] == []


# The README's figures


def test_the_readme_tells_of_its_example_what_the_gallery_holds() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace("\n>", "\n").split())
    folder = ROOT / "results" / "gallery" / "no_manager"
    found = pd.read_csv(folder / "outcomes.csv").set_index(["arm", "outcome"])
    summary = pd.read_csv(folder / "summary.csv").set_index(["arm", "metric"])
    manager, ads = found.loc[("no_manager", "size")], found.loc[("more_ads", "size")]
    base = summary.loc[("base", "size"), "mean"]
    wider, narrower = -manager["low"], -manager["high"]
    nothing = found.loc[("nothing", "profit")]  # against the base, which makes less than no community
    with_manager, without = (100 * summary.loc[(arm, "answered"), "mean"] for arm in ("base", "no_manager"))
    assert f"has {base:.0f} active members" in text
    assert "interval: {low:.0f} to {high:.0f})".format(**summary.loc[("base", "size"), ["low", "high"]]) in text
    assert f"{-manager['difference']:.0f} fewer" in text
    assert f"{narrower:.0f} to {wider:.0f} fewer" in text
    assert f"{-ads['difference']:.0f} fewer ({-ads['high']:.0f} to {-ads['low']:.0f})" in text
    less, low, high = (f"{round(nothing[name], -2):,.0f}" for name in ("difference", "low", "high"))
    assert f"EUR {less} less profit than no community at all ({low} to {high})" in text
    assert f"{without:.0f} % of questions get a reply, not {with_manager:.0f} %" in text
    assert "alt.no_manager=host=none alt.more_ads='venue.ad_load=6' alt.nothing=community=none" in text


def test_the_readme_tells_what_holds_members_as_the_gallery_has_it() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    gallery = ROOT / "results" / "gallery"
    forum = pd.read_csv(gallery / "support_forum" / "summary.csv").set_index("metric")["mean"]
    list_ = pd.read_csv(gallery / "audience_or_forum" / "summary.csv").set_index(["arm", "metric"])["mean"]["base"]
    held = {name: f"{100 * forum[name]:.0f} %" for name in ("held_by_members", "held_by_host", "floor")}
    assert f"Of the {forum['size']:.0f} active members of the default forum, {held['held_by_members']} are held" in text
    assert f"by each other and {held['held_by_host']} by the host" in text
    assert f"the other {held['floor']} would come for their own needs" in text
    by_host, by_members = (f"{100 * list_[name]:.0f} %" for name in ("held_by_host", "held_by_members"))
    assert f"the host holds {by_host} and the members hold {by_members}" in text


def test_the_documents_count_parameters_mechanisms_and_findings_as_they_are() -> None:
    readme, changelog = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CHANGELOG.md"))
    every = [row for group, block in BLOCKS.items() for row in declared(group, block)]
    assumed = sum(row.grade == "assumed" for row in every)
    verdicts = pd.read_csv(ROOT / "results" / "gallery" / "validation" / "rows.csv")["verdict"]
    assert f"Of the model's {len(every)} parameters, {assumed} are assumptions" in readme
    assert f"{(verdicts == 'credit').sum()} of the {len(verdicts)} pass" in readme
    assert f"{assumed} of {len(every)} parameters are assumed" in " ".join(changelog.split())
    words = {27: "twenty-seven"}
    assert f"days of {words[len(DAY)]} mechanisms" in " ".join(changelog.split())


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
