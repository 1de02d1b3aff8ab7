"""Thousands of broken inputs for the command line: none may end in a traceback or hang.

    python tests/fuzz.py [--inputs 2000] [--seed 1] [--only KIND,...]

An input is a file of some kind, a good or a bad one of `tests/bad_files` changed at random, or a command line changed
likewise. It is given to the command line in this process, to a command that reads and judges it but runs little or
nothing. Whatever it says, it has to say in a few lines, with exit code 0, 1 or 2, within seconds.
"""

import argparse
import contextlib
import io
import os
import random
import shlex
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

CORPUS = Path(__file__).parent / "bad_files"
SECONDS = 10  # for one input
LONGEST = 1000  # characters of a line on stderr
SMALL = ["people=40", "days=20", "replicates=1", "workers=1", "record_every=20", "host_off=off"]
ADS = ["venue.ad_load=0,4"]
GRID = ["design=grid", "design.factors={venue.ad_load: [0, 4]}"]
PLACES = {  # where a file of a kind belongs
    "scenario": "conf/scenario/stranger.yaml",
    "trial": "conf/trial/stranger.yaml",
    "profile": "conf/profile/stranger.yaml",
    "preset": "conf/engine/stranger.yaml",
    "experiment": "here/experiments/09_stranger/experiment.yaml",
    "vectors": "here/set",
    "design": "here/points.csv",
    "provenance": "here/sweep/provenance.json",
    "config": "here/sweep/config.yaml",
    "manifest": "here/run/manifest.json",
    "story": "here/run/scenario.json",
    "settings": "here/run/config.yaml",
}
KINDS = (*PLACES, "override")


def commands(kind: str, suffix: str = ".yaml") -> list[list[str]]:
    """Return the command lines that read a file of a kind, and judge it before anything is run."""
    trial = ["trial", "trial=reply_to_newcomers"]
    return {
        "scenario": [
            ["scenario=stranger"],
            ["-m", "scenario=stranger", "venue.ad_load=0,4", "--dry-run"],
        ],
        "trial": [["trial", "trial=stranger"]],
        "profile": [[*trial, "trial.scenario=null", "trial.profile=stranger"]],
        "preset": [[*GRID, "engine=stranger", "--dry-run"]],
        "experiment": [["experiment=09_stranger", "--dry-run"], ["-m", "experiment=09_stranger", "--dry-run"]],
        "vectors": [[f"vectors=set{suffix}", *SMALL]],
        "design": [["design=csv", "design.file=points.csv", "--dry-run"]],
        "provenance": [[command, "sweep"] for command in ("resume", "verify", "aggregate")],
        "config": [[command, "sweep"] for command in ("resume", "verify", "aggregate")],
        **{name: [["report", "run"]] for name in ("manifest", "story", "settings")},
    }[kind]


def run_nothing(*_: Any, **__: Any) -> NoReturn:
    """Stand in for what runs a job that was accepted: exit code 1."""
    from sim.lab.settings.errors import WorkError

    raise WorkError("accepted")


class Home:
    """A folder with a configuration, a finished sweep and a finished run of its own."""

    def __init__(self, folder: Path) -> None:
        from sim.lab.settings import folders

        self.folder, self.here = folder, folder / "here"
        self.conf = folders.built_in()
        shutil.copytree(self.conf, folder / "conf")
        self.changed = contextlib.ExitStack()
        for name, instead in (
            ("sim.lab.settings.folders.built_in", lambda: folder / "conf"),
            ("sim.cli.sweep_folder.draw", lambda *_: None),  # figures take most of the time
            ("sim.show.report.page.draw_all", lambda *_: []),
        ):
            self.changed.enter_context(mock.patch(name, instead))
        self.here.mkdir()
        os.chdir(self.here)
        self.finish("sweep", ["-m", "venue.ad_load=0,4", "engine=serial", *SMALL])
        self.finish("run", SMALL)
        for name in ("sim.lab.runs.execute.perform", "sim.lab.trials.batch.run"):
            self.changed.enter_context(mock.patch(name, run_nothing))
        self.kept = {kind: self.path(kind).read_bytes() for kind in PLACES if self.path(kind).exists()}

    def finish(self, name: str, arguments: list[str]) -> None:
        """Run something small and keep its folder under a short name."""
        code, out, err = call(arguments)
        assert code == 0, err
        shutil.move(out.splitlines()[-1], self.here / name)

    def path(self, kind: str, suffix: str = "") -> Path:
        """Return where a file of a kind belongs."""
        return self.folder / (PLACES[kind] + (suffix if kind == "vectors" else ""))

    @contextlib.contextmanager
    def holding(self, kind: str, content: bytes, suffix: str) -> Iterator[None]:
        """Put a file where it belongs, and take it away again."""
        from sim.lab.settings import profiles

        profiles.read.cache_clear()
        path = self.path(kind, suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            if kind in self.kept:
                path.write_bytes(self.kept[kind])


def call(arguments: list[str]) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a command line."""
    from sim.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


class TooLongError(BaseException):
    """An input hangs. Nothing catches this but the fuzzer."""


@contextlib.contextmanager
def alarm(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer."""

    def ring(*_: Any) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def fault(arguments: list[str]) -> str | None:
    """Return what is wrong with how a command line ends, or nothing."""
    try:
        with alarm(SECONDS):
            code, _, err = call(arguments)
    except TooLongError:
        return f"more than {SECONDS} seconds"
    except BaseException:
        return traceback.format_exc()
    lines = err.split("\n")
    if code not in (0, 1, 2):
        return f"exit code {code}"
    if "Traceback" in err or len(lines) > 25 or any(len(line) > LONGEST for line in lines):
        return f"stderr: {err[:2000]}"
    if not all(line.isprintable() for line in lines):
        return f"control characters on stderr: {err[:2000]!r}"
    return None


# How an input is changed

GOOD = {
    "scenario": ["conf/scenario"],
    "trial": ["conf/trial"],
    "profile": ["conf/profile"],
    "preset": ["conf/engine"],
    "experiment": ["experiments"],
}
WORDS = [
    *"""
    null true off auto 0 -1 1e308 1e999 .nan .inf -.inf 0x10 010 1:30 2026-11-25 [] {} '' 'x' &a *a << ??? ${ ~ é nan
    people host host.replies venues params design engine address results os:system ../x ${oc.env:HOME}
    """.split(),  # noqa: SIM905
    *("9" * 25, "9" * 5000, "x" * 3000, "[" * 400, "{a: " * 400, "[[1], [2]]", "[1, [2, [3]]]", "{a: {b: c}}"),
    *('"\\e[31m"', "!!python/name:os.system x", "\u202e", "- ", "? ", "---\n", "\x1b[2J"),
]
OVERRIDES = [
    shlex.split(line)
    for line in """
    design=grid "design.factors={venue.ad_load: [0, 4]}" design.n=4 --dry-run
    -m venue.ad_load=0,4 "host.replies=interval(0,0.5)" design.n=4 --dry-run
    -m "venue.ad_load=range(0,8)" scenario=support_forum,ad_ratchet replicates=3 --dry-run
    -m "venue.ad_load=tag(log,interval(0.5,8))" seed=1,2,3 host.policy=scheduled,responsive design.n=4 --dry-run
    -m "venue.ad_load=sort(int(choice(3,1)),2)" "host=glob([n*,h*])" people=patients,hobbyists host.hours=0 --dry-run
    design=sobol design.n=4 "design.factors={people: {low: 9, high: 99, scale: log}, seed: [1, 2]}" --dry-run
    people=0 host.replies=0.1 host.schedule=list host.schedule_list=[1,2]
    people=0 "title='a b'" venues.b.venue.talk=0.5
    compare "alt.x=host.replies=0 host.seeding=0" change_day=5 people=0
    compare alt.x=host.replies=0 host_off=off days=0
    trial trial=award_top_contributors trial.arms.award.dose=2 trial.start=10 people=0
    design=morris design.factors=assumed design.span=2 design.n=2 replicates=2 --dry-run
    design=lhs "design.factors={venue.ad_load: [0, 8], host.schedule: [flat, late]}" design.n=3 --dry-run
    experiment=02_growth_speed replicates=auto precision.half_width=5 precision.metric=size --dry-run
    resume sweep engine=serial
    verify sweep sample=0
    aggregate nowhere
    sensitivity nowhere metric=size
    report nowhere
    scenarios
    help params
    validate Z9 seeds=1
    calibrate Z9 budget=2 only=visit.base
    """.strip().splitlines()
]


def mutated(text: str, chance: random.Random) -> str:
    """Return a text with some of it changed."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        text = chance.choice(CHANGES)(text, chance)
    return text


def _word_in(text: str, chance: random.Random) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + chance.choice(WORDS) + text[place:]


def _value(text: str, chance: random.Random) -> str:
    """Change what stands behind a colon, an equals sign or a comma."""
    places = [place for place, sign in enumerate(text) if sign in ":=,["]
    if not places:
        return _word_in(text, chance)
    place = chance.choice(places) + 1
    end = next((at for at in range(place + 1, len(text)) if text[at] in "\n,]}#"), len(text))
    return f"{text[:place]} {chance.choice(WORDS)}{text[end:]}"


def _cut(text: str, chance: random.Random) -> str:
    start, end = sorted(chance.randint(0, len(text)) for _ in range(2))
    return text[:start] + text[min(end, start + 40) :]


def _sign(text: str, chance: random.Random) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + chance.choice("{}[]:,'\"#&*!|>%@`\\\n\t\x1b\x85 =-?.~+$é\u202e0") + text[place + 1 :]


def _line_again(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    lines.insert(chance.randint(0, len(lines)), chance.choice(lines))
    return "".join(lines)


def _lines_swapped(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


def _indented(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    place = chance.randrange(len(lines))
    lines[place] = chance.choice(("  ", "\t", "- ")) + lines[place]
    return "".join(lines)


CHANGES = (_word_in, _value, _value, _value, _cut, _sign, _line_again, _lines_swapped, _indented)


def sources(home: Home, kind: str) -> list[tuple[bytes, str]]:
    """Return the files of a kind that are changed, with their suffixes."""
    found = [(path.read_bytes(), path.suffix) for path in sorted((CORPUS / kind).glob("*"))]
    good = [path for place in GOOD.get(kind, []) for path in sorted((home.conf.parent / place).rglob("*.yaml"))]
    found += 5 * [(path.read_bytes(), path.suffix) for path in good]
    if kind in home.kept:
        found += 20 * [(home.kept[kind], "")]
    if kind in ("vectors", "design"):
        found += 10 * [(b"vector,visit.base,bonding.replied\n0,0.04,0.05\n1,0.1,0.2\n", ".csv")]
        found += 10 * [(b"venue.ad_load,host.replies\n0,0.1\n4,0.2\n", ".csv")]
    return found


def run_one(home: Home, kind: str, material: list[tuple[bytes, str]], chance: random.Random) -> str | None:
    """Try one input, and return what is wrong and the input, or nothing."""
    if kind == "override":
        arguments = list(chance.choice(OVERRIDES))
        place = chance.randrange(len(arguments))
        arguments[place] = mutated(arguments[place], chance).replace("\x00", "")
        wrong = fault(arguments)
        return f"{wrong}\n{arguments}" if wrong else None
    content, suffix = chance.choice(material)
    changed = mutated(content.decode("utf-8", "surrogateescape"), chance).encode("utf-8", "surrogateescape")
    arguments = chance.choice(commands(kind, suffix))
    with home.holding(kind, changed, suffix):
        wrong = fault(arguments)
    return f"{wrong}\n{arguments}\n{changed[:3000]!r}" if wrong else None


def fuzz(inputs: int, seed: int, kinds: list[str], home: Home) -> int:
    """Try many inputs, say how it goes, and return how many failed."""
    material = {kind: [] if kind == "override" else sources(home, kind) for kind in kinds}
    tried: Counter[str] = Counter()
    failed, begun = 0, time.monotonic()
    for number in range(inputs):
        kind = kinds[number % len(kinds)]
        tried[kind] += 1
        wrong = run_one(home, kind, material[kind], random.Random(f"{seed}/{number}"))
        if wrong is not None:
            failed += 1
            print(f"\n{kind}, seed {seed}, input {number}:\n{wrong}", flush=True)
        if (number + 1) % 200 == 0:
            print(f"{number + 1} of {inputs} inputs, {failed} failed, {time.monotonic() - begun:.0f} s", flush=True)
    print(", ".join(f"{kind} {count}" for kind, count in tried.items()))
    return failed


def main(arguments: list[str] | None = None) -> int:
    """Fuzz the command line; exit code 1 on any traceback or hang."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(KINDS))
    asked = parser.parse_args(arguments)
    back = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        try:
            failed = fuzz(asked.inputs, asked.seed, asked.only.split(","), home)
        finally:
            home.changed.close()
            os.chdir(back)
    print(f"{asked.inputs - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
