"""How far an explanation was found to be trustworthy, in five lines below its figure.

Everything that other artifacts of the same study say of it is gathered by its name. A
line holds the first number that was collected, and how many numbers of the kind look
better than chance; all of them are in a table that opens. What was not collected says
so. Where the words that decide are not known, the last line tells how the method did
where they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from generator.artifacts import Agreement, Artifact, Aspect, Estimate, Score, Scores
from generator.artifacts.base import Head
from generator.figures.base import Row, Table
from generator.figures.formatting import count, fixed, visible
from generator.figures.statistics.estimates import told
from generator.figures.statistics.scores import baseline_told
from generator.site.pages.post import PATH, Grade, grade_of

ASPECTS: tuple[Aspect, ...] = (
    "faithfulness",
    "stability",
    "sanity",
    "agreement",
    "rationale",
)
"""The lines, in their order."""
GOOD = frozenset({"better than random", "passed"})
"""Verdicts that speak for an explanation."""
LINKED = "which method can be trusted?"

Known = Mapping[str, tuple[Artifact, Head]]
"""The artifacts of a study by name, with where they come from."""


@dataclass(frozen=True, slots=True)
class Line:
    """One aspect: nothing but `not run` where `value` is empty."""

    aspect: str
    name: str = ""  # what the number is
    value: str = ""  # with its interval
    beside: str = ""  # its baseline, and how many texts
    said: str = ""  # the verdict
    link: str = ""  # the page that tells more
    fragment: str = ""
    linked: str = ""
    own: bool = False  # whether the number is about this very artifact


@dataclass(frozen=True, slots=True)
class Block:
    """What is known of one artifact. `table` holds every number, None without any."""

    of: str
    lines: tuple[Line, ...]
    table: Table | None

    @property
    def run(self) -> int:
        """How many of the lines hold a number about this very artifact."""
        return sum(line.own for line in self.lines)


def blocks(
    names: Sequence[str], known: Known, grades: Iterable[Grade]
) -> tuple[Block, ...]:
    """One block for each artifact that a figure draws."""
    every = tuple(grades)
    return tuple(block(name, known, every) for name in dict.fromkeys(names))


def block(name: str, known: Known, grades: Sequence[Grade]) -> Block:
    """What is known of one artifact."""
    found = {aspect: scores_of(name, aspect, known) for aspect in ASPECTS}
    pairs = [a for a, _ in known.values() if isinstance(a, Agreement)]
    agreeing = [agreed for a in pairs if (agreed := agreement(name, a))]
    lines = {aspect: line(aspect, rows) for aspect, rows in found.items()}
    if not found["agreement"] and agreeing:
        lines["agreement"] = agreeing[0]
    grade = grade_of(grades, known[name][1])
    if grade is not None:
        lines["rationale"] = trusted(lines["rationale"], grade)
    return Block(name, tuple(lines.values()), table(name, found, agreeing))


def scores_of(name: str, aspect: Aspect, known: Known) -> list[Score]:
    """The rows about one artifact, in the order of the study."""
    found = (a for a, _ in known.values() if isinstance(a, Scores))
    return [
        row for a in found if a.aspect == aspect for row in a.rows if row.of == name
    ]


def line(aspect: Aspect, rows: Sequence[Score]) -> Line:
    """The first number of an aspect, and the verdict over all of them."""
    if not rows:
        return Line(aspect)
    first = rows[0]
    return Line(
        aspect,
        visible(first.name, blanks=False),
        value(first),
        beside(first),
        verdict(rows),
        own=True,
    )


def value(row: Score) -> str:
    """A score with its interval."""
    return told(Estimate(row.name, row.value, row.low, row.high, row.n))


def beside(row: Score) -> str:
    """Which way is better, the baseline, and how many texts."""
    said = [] if row.higher_is_better else ["lower is better"]
    if row.baseline is not None:
        said.append(f"{visible(row.baseline_name, blanks=False)} {baseline_told(row)}")
    return ", ".join([*said, f"n = {row.n:,}"])


def verdict(rows: Sequence[Score]) -> str:
    """What is said of the measures that have a verdict, in words."""
    said = [row.said for row in rows if row.said != "none"]
    if not said:
        return ""
    if len(said) == 1:
        return said[0]
    good = sum(one in GOOD for one in said)
    many = count(len(said), "measure")
    if not good:
        word = "not better than random" if "random" in said[0] else "not passed"
        return f"{word} by any of {many}"
    word = "better than random" if "random" in said[0] else "passed"
    return f"{word} by {good} of {many}"


def agreement(name: str, found: Agreement) -> Line | None:
    """Mean agreement with the others by the first measure, None if not compared."""
    if name not in found.names or not found.measures:
        return None
    place = found.names.index(name)
    others = [i for i in range(len(found.names)) if i != place]
    pairs = [
        (float(found.values[0, place, i]), int(found.texts[0, place, i]))
        for i in others
    ]
    real = [value for value, _ in pairs if math.isfinite(value)]
    texts = [n for value, n in pairs if math.isfinite(value)]
    if not real:
        return None
    ends = f"{fixed(min(real))} to {fixed(max(real))}, " if len(real) > 1 else ""
    return Line(
        "agreement",
        visible(found.measures[0], blanks=False),
        fixed(sum(real) / len(real)),
        f"mean with {count(len(real), 'other')}, {ends}n = {min(texts):,}",
        own=True,
    )


def trusted(line: Line, grade: Grade) -> Line:
    """The last line with the way to the page of grades; the method's grade if not run.

    Where the artifact itself was graded its own number stays.
    """
    if not line.value and grade.first is not None:
        first = grade.first
        line = replace(
            line,
            name=f"not run here; {grade.name} on {grade.group.corpus}: {first.name}",
            value=value(first),
            beside=beside(first),
            said=verdict([first]),
        )
    return replace(line, link=PATH, fragment=grade.id, linked=LINKED)


def table(
    name: str, found: Mapping[Aspect, Sequence[Score]], agreeing: Iterable[Line]
) -> Table | None:
    """Every number about an artifact."""
    rows = [
        Row(
            aspect,
            (
                visible(row.name, blanks=False),
                value(row),
                "" if row.baseline is None else baseline_told(row),
                f"{row.n:,}",
                "" if row.said == "none" else row.said,
            ),
        )
        for aspect, scores in found.items()
        for row in scores
    ]
    rows += [
        Row(one.aspect, (one.name, one.value, "", one.beside, "")) for one in agreeing
    ]
    if not rows:
        return None
    head = ("aspect", "measure", "value", "baseline", "n", "verdict")
    return Table(f"All scores of {visible(name, blanks=False)}", head, tuple(rows))


def timed(artifact: Artifact, known: Known) -> Artifact:
    """An agreement with the time that each of its explanations is known to have taken.

    Nothing else is changed.
    """
    if not isinstance(artifact, Agreement):
        return artifact
    times = artifact.seconds.copy()
    for place, taken in enumerate(seconds(artifact.names, known)):
        if not math.isfinite(times[place]):
            times[place] = taken
    return replace(artifact, seconds=times)


def seconds(names: Iterable[str], known: Known) -> Iterator[float]:
    """Seconds that artifacts took, NaN where that was not recorded."""
    for name in names:
        taken = known[name][1].made.seconds if name in known else None
        yield math.nan if taken is None else taken
