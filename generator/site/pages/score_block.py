"""How far an explanation can be trusted, in five lines below its figure.

All scores that other artifacts of the same study give it are collected by its name. A
line holds the first score of an aspect, and how many scores of the aspect look better
than chance; all of them are in a table that opens. An aspect without scores says so.
Where the words that decide are not known, the last line tells how the method did on
texts where they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from generator.artifacts import (
    Agreement,
    Artifact,
    Estimate,
    Scores,
    TrustAspect,
    TrustScore,
)
from generator.artifacts.base import ArtifactHead
from generator.figures.base import DataTable, TableRow
from generator.figures.formatting import format_count, format_fixed, make_visible
from generator.figures.statistics.estimates import format_estimate
from generator.figures.statistics.scores import format_baseline, format_score_verdict
from generator.site.pages.post import PATH, MethodGrade, find_grade
from generator.study.scoring import ASPECTS

GOOD = frozenset({"better than random", "passed"})
"""Verdicts that speak for an explanation."""
LINKED = "which method can be trusted?"

ArtifactsWithHeads = Mapping[str, tuple[Artifact, ArtifactHead]]
"""The artifacts of a study by name, with where they come from."""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One aspect's line: not run where `value` is empty, or `inapplicable`."""

    aspect: str
    name: str = ""  # what the number is
    value: str = ""  # with its interval
    beside: str = ""  # its baseline, and how many texts
    description: str = ""  # the verdict
    link: str = ""  # the page that tells more
    fragment: str = ""
    linked: str = ""
    own: bool = False  # whether the number is about this very artifact
    inapplicable: str = ""  # why there can be no such score


@dataclass(frozen=True, slots=True)
class ScoreBlock:
    """All scores of one artifact. `table` holds every number, None without any."""

    of: str
    lines: tuple[ScoreLine, ...]
    table: DataTable | None

    @property
    def shown_lines(self) -> tuple[ScoreLine, ...]:
        """The lines that say more than that nothing was run."""
        return tuple(line for line in self.lines if line.value or line.link)

    @property
    def not_run(self) -> str:
        """The aspects that could be scored and were not, in words."""
        return join_aspects(
            line for line in self.lines if not (line.value or line.inapplicable)
        )

    @property
    def inapplicable(self) -> tuple[tuple[str, str], ...]:
        """Aspects that cannot be scored, in words, and why: each reason once."""
        by_reason: dict[str, list[ScoreLine]] = {}
        for line in self.lines:
            if line.inapplicable and not line.value:
                by_reason.setdefault(line.inapplicable, []).append(line)
        return tuple((join_aspects(lines), why) for why, lines in by_reason.items())

    @property
    def run_count(self) -> int:
        """How many of the lines hold a number about this very artifact."""
        return sum(line.own for line in self.lines)


def join_aspects(lines: Iterable[ScoreLine]) -> str:
    """Join the aspects of lines by commas."""
    return ", ".join(line.aspect for line in lines)


NO_REASONS: Mapping[TrustAspect, str] = MappingProxyType({})


def build_score_blocks(
    names: Sequence[str],
    known: ArtifactsWithHeads,
    grades: Iterable[MethodGrade],
    inapplicable: Callable[[str], Mapping[TrustAspect, str]] = lambda _: NO_REASONS,
) -> tuple[ScoreBlock, ...]:
    """Build one block for each artifact that a figure draws.

    Args:
        names: Names of the artifacts.
        known: The study's artifacts with their heads, by name.
        grades: Grades that all studies give to methods.
        inapplicable: Returns, for the name of an artifact, why it cannot be scored in
            some aspects.

    Returns:
        The blocks in the order of the names.
    """
    every = tuple(grades)
    return tuple(
        build_score_block(name, known, every, inapplicable(name))
        for name in dict.fromkeys(names)
    )


def build_score_block(
    name: str,
    known: ArtifactsWithHeads,
    grades: Sequence[MethodGrade],
    inapplicable: Mapping[TrustAspect, str] = NO_REASONS,
) -> ScoreBlock:
    """Build the block of scores of one artifact.

    Args:
        name: Name of the explained artifact.
        known: The study's artifacts with their heads, by name.
        grades: Grades that all studies give to methods.
        inapplicable: Why it cannot be scored, by aspect.

    Returns:
        The block.
    """
    scores = {aspect: scores_of(name, aspect, known) for aspect in ASPECTS}
    pairs = [a for a, _ in known.values() if isinstance(a, Agreement)]
    agreeing = [agreed for a in pairs if (agreed := agreement_line(name, a))]
    lines = {aspect: build_score_line(aspect, rows) for aspect, rows in scores.items()}
    if not scores["agreement"] and agreeing:
        lines["agreement"] = agreeing[0]
    grade = find_grade(grades, known[name][1])
    for aspect, reason in inapplicable.items():
        if not lines[aspect].value:
            lines[aspect] = ScoreLine(aspect, inapplicable=reason)
    if grade is not None:
        lines["rationale"] = link_to_grades(lines["rationale"], grade)
    return ScoreBlock(name, tuple(lines.values()), score_table(name, scores, agreeing))


def scores_of(
    name: str, aspect: TrustAspect, known: ArtifactsWithHeads
) -> list[TrustScore]:
    """Return the scores of one artifact in one aspect, in the study's order.

    Args:
        name: Name of the explained artifact.
        aspect: The aspect.
        known: The study's artifacts with their heads, by name.

    Returns:
        The scores.
    """
    tables = (a for a, _ in known.values() if isinstance(a, Scores))
    return [
        row for a in tables if a.aspect == aspect for row in a.rows if row.of == name
    ]


def build_score_line(aspect: TrustAspect, rows: Sequence[TrustScore]) -> ScoreLine:
    """Build the line of an aspect: its first score, and the verdict over all.

    Args:
        aspect: The aspect.
        rows: Scores of one aspect.

    Returns:
        The line.
    """
    if not rows:
        return ScoreLine(aspect)
    first = rows[0]
    return ScoreLine(
        aspect,
        make_visible(first.name, blanks=False),
        format_score(first),
        describe_score(first),
        describe_verdicts(rows),
        own=True,
    )


def format_score(row: TrustScore) -> str:
    """Format a score with its interval."""
    return format_estimate(Estimate(row.name, row.value, row.low, row.high, row.n))


def describe_score(row: TrustScore) -> str:
    """Describe which way is better, the baseline, and how many texts there are."""
    parts = [] if row.higher_is_better else ["lower is better"]
    if row.baseline is not None:
        parts.append(
            f"{make_visible(row.baseline_name, blanks=False)} {format_baseline(row)}"
        )
    return ", ".join([*parts, f"n = {row.n:,}"])


def describe_verdicts(rows: Sequence[TrustScore]) -> str:
    """Summarise the verdicts of those measures that have one, "" if none has.

    Args:
        rows: Scores of one aspect.
    """
    claims = dict.fromkeys(format_score_verdict(row) for row in rows if row.claimed)
    verdicts = [row.said for row in rows if row.said != "none" and not row.claimed]
    return "; ".join(filter(None, (count_good(verdicts), *claims)))


def count_good(verdicts: Sequence[str]) -> str:
    """Count the verdicts that speak for an explanation, "" without any.

    Args:
        verdicts: Verdicts of methods by their own bars.
    """
    if not verdicts:
        return ""
    if len(verdicts) == 1:
        return verdicts[0]
    good = sum(one in GOOD for one in verdicts)
    many = format_count(len(verdicts), "measure")
    if not good:
        word = "not better than random" if "random" in verdicts[0] else "not passed"
        return f"{word} by any of {many}"
    word = "better than random" if "random" in verdicts[0] else "passed"
    return f"{word} by {good} of {many}"


def agreement_line(name: str, agreement: Agreement) -> ScoreLine | None:
    """Build the line of the mean agreement with the other explanations.

    The mean is over the first measure's finite values.

    Args:
        name: Name of the explained artifact.
        agreement: An artifact that compares explanations.

    Returns:
        The line, None if this artifact was not compared.
    """
    if name not in agreement.names or not agreement.measures:
        return None
    place = agreement.names.index(name)
    others = [i for i in range(len(agreement.names)) if i != place]
    pairs = [
        (float(agreement.values[0, place, i]), int(agreement.texts[0, place, i]))
        for i in others
    ]
    real = [value for value, _ in pairs if math.isfinite(value)]
    texts = [n for value, n in pairs if math.isfinite(value)]
    if not real:
        return None
    ends = (
        f"{format_fixed(min(real))} to {format_fixed(max(real))}, "
        if len(real) > 1
        else ""
    )
    return ScoreLine(
        "agreement",
        make_visible(agreement.measures[0], blanks=False),
        format_fixed(sum(real) / len(real)),
        f"mean with {format_count(len(real), 'other')}, {ends}n = {min(texts):,}",
        own=True,
    )


def link_to_grades(line: ScoreLine, grade: MethodGrade) -> ScoreLine:
    """Link a line to the page of grades, with the method's grade if it is empty.

    Where the artifact itself was graded its own number stays.

    Args:
        line: The line of the aspect `rationale`.
        grade: The grade that speaks for the artifact.

    Returns:
        The line with its link.
    """
    if not line.value and grade.first is not None:
        first = grade.first
        line = replace(
            line,
            name=f"not run here; {grade.name} on {grade.group.corpus}: {first.name}",
            value=format_score(first),
            beside=describe_score(first),
            description=describe_verdicts([first]),
        )
    return replace(line, link=PATH, fragment=grade.id, linked=LINKED)


def score_table(
    name: str,
    found: Mapping[TrustAspect, Sequence[TrustScore]],
    agreeing: Iterable[ScoreLine],
) -> DataTable | None:
    """Build the table of every score of an artifact.

    Args:
        name: Name of the explained artifact.
        found: Scores by aspect.
        agreeing: Lines of agreement with other explanations.

    Returns:
        The table, None without scores.
    """
    rows = [
        TableRow(
            aspect,
            (
                make_visible(row.name, blanks=False),
                format_score(row),
                "" if row.baseline is None else format_baseline(row),
                f"{row.n:,}",
                format_score_verdict(row),
            ),
        )
        for aspect, scores in found.items()
        for row in scores
    ]
    rows += [
        TableRow(one.aspect, (one.name, one.value, "", one.beside, ""))
        for one in agreeing
    ]
    if not rows:
        return None
    head = ("aspect", "measure", "value", "baseline", "n", "verdict")
    return DataTable(
        f"All scores of {make_visible(name, blanks=False)}", head, tuple(rows)
    )


def add_times(artifact: Artifact, known: ArtifactsWithHeads) -> Artifact:
    """Fill in the seconds that each compared explanation took.

    Args:
        artifact: The artifact.
        known: The study's artifacts with their heads, by name.

    Returns:
        An agreement with times from the artifacts' heads; any other artifact as it is.
    """
    if not isinstance(artifact, Agreement):
        return artifact
    times = artifact.seconds.copy()
    for place, taken in enumerate(known_seconds(artifact.names, known)):
        if not math.isfinite(times[place]):
            times[place] = taken
    return replace(artifact, seconds=times)


def known_seconds(names: Iterable[str], known: ArtifactsWithHeads) -> Iterator[float]:
    """Yield the seconds that artifacts took, NaN where not recorded."""
    for name in names:
        taken = known[name][1].made.seconds if name in known else None
        yield math.nan if taken is None else taken
