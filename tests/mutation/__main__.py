"""Mutate a seeded sample of `generator/` and count what the tests notice, by folder.

    python -m tests.mutation --sample 150 --seed 1

Works on a copy of the last commit, never on the files it was started beside. For each
mutant the tests that execute its line run in a process of their own, the quickest
first, until one fails; the failed test must then pass without the mutant. Which tests
those are is recorded once, in the folder that `--coverage` names. A line that no fast
test executes is "not executed", which counts as survived. Mutants that
`equivalent.txt` lists, with the reason, are not drawn.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from tests.mutation.execution import Execution
from tests.mutation.operators import Mutant, mutants_of
from tests.mutation.runner import Runner

HERE = Path(__file__).parent
COVERAGE = Path.home() / ".cache/interpretability-studies/coverage"
LEAST = 5
"""Mutants of a folder at least, so that small folders are seen too."""
Place = tuple[str, Mutant]
Task = tuple[str, Mutant, list[list[str]]]
runner: Runner


def main() -> int:
    """Draw, run and report; 0 if the goals are met."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copies = [cloned(Path(name) / str(job)) for job in range(options.jobs)]
        execution = Execution.read(copies[0], options.coverage)
        sample = draw_sample(copies[0], options.sample, options.seed, options.only)
        work = [(path, one, execution.stages(path, one.line)) for path, one in sample]
        waiting = get_context("fork").SimpleQueue()
        for copy in copies:
            waiting.put(copy)
        states = []
        with get_context("fork").Pool(options.jobs, prepare, (waiting,)) as pool:
            for path, mutant, stages, state, by in pool.imap_unordered(judged, work):
                states.append((folder_of(path), state))
                line = {"state": state, "path": path, "line": mutant.line, "by": by}
                line |= {"before": mutant.before, "after": mutant.text}
                line["tests"] = sum(map(len, stages))
                say(json.dumps(line, ensure_ascii=False))
    return report(states, options.goal, options.each)


def cloned(copy: Path) -> Path:
    """Return a folder with the last commit in it."""
    clone = ["git", "clone", "-q", "--shared", str(HERE.parents[1]), str(copy)]
    subprocess.run(clone, check=True)
    return copy


def prepare(waiting: SimpleQueue[Path]) -> None:
    """Take one of the copies, for all mutants that this process judges."""
    global runner  # noqa: PLW0603 - a process of a pool keeps nothing else
    runner = Runner(waiting.get())


def judged(task: Task) -> tuple[str, Mutant, list[list[str]], str, str]:
    """Return a mutant with what became of it."""
    return (*task, *runner.state(*task))


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--sample", type=int, default=150, help="how many mutants")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--only", default="", help="a folder of generator/ alone")
    parser.add_argument(
        "--coverage", type=Path, default=COVERAGE,
        help="the folder of what was recorded; made when it is not there",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, default=1, help="at the same time")
    parser.add_argument("--goal", type=float, default=92, help="percent killed, of all")
    parser.add_argument("--each", type=float, default=85, help="and of each folder")
    return parser.parse_args()


def draw_sample(copy: Path, size: int, seed: int, only: str = "") -> list[Place]:
    """Return a sample: folders by their number of lines, operators in turns."""
    excluded = equivalent()
    folders: dict[str, dict[str, list[Place]]] = {}
    lines: Counter[str] = Counter()
    for file in sorted((copy / "generator" / only).rglob("*.py")):
        path, source = str(file.relative_to(copy)), file.read_text("utf-8")
        lines[folder_of(path)] += source.count("\n")
        for mutant in mutants_of(source):
            if (path, mutant.before, mutant.text) not in excluded:
                kinds = folders.setdefault(folder_of(path), {})
                kinds.setdefault(mutant.kind, []).append((path, mutant))
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    found = []
    for folder, kinds in folders.items():
        share = round(size * lines[folder] / lines.total())
        found += turns(kinds, max(min(LEAST, size), share), rng)
    return found


def turns(
    kinds: Mapping[str, list[Place]], count: int, rng: random.Random
) -> list[Place]:
    """Draw `count` places, each operator in its turn while it has any left."""
    left = {kind: rng.sample(places, len(places)) for kind, places in kinds.items()}
    found: list[Place] = []
    while len(found) < count and any(left.values()):
        for kind in rng.sample(sorted(left), len(left)):
            if left[kind] and len(found) < count:
                found.append(left[kind].pop())
    return found


def equivalent() -> set[tuple[str, str, str]]:
    """Return the mutants that were judged by hand to change no behaviour."""
    lines = (HERE / "equivalent.txt").read_text("utf-8").splitlines()
    rows = (line.split(" | ") for line in lines if " | " in line)
    return {(path, before, text) for path, before, text, _ in rows}


def folder_of(path: str) -> str:
    """Return the folder of `generator/` that a file is in."""
    parts = Path(path).parts
    return parts[1] if len(parts) > 2 else "."


def report(states: list[tuple[str, str]], goal: float, each: float) -> int:
    """Print the share that was killed, by folder, and say whether it is enough."""
    folders = sorted({folder for folder, _ in states})
    rows = {f: Counter(state for at, state in states if at == f) for f in folders}
    shares = []
    for name, row in [*rows.items(), ("all", sum(rows.values(), Counter()))]:
        judged = row["killed"] + row["survived"] + row["not executed"]
        shares.append(100 * row["killed"] / max(1, judged))
        counts = ", ".join(f"{n} {state}" for state, n in sorted(row.items()))
        say(f"{name:12} {shares[-1]:5.1f} %  {counts}")
    return int(shares[-1] < goal or min(shares) < each)


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
