"""The numbers that the cells of an exported notebook draw and print.

The notebook is run with what draws replaced by what notes its numbers. Each kind of
artifact says which arrays must be drawn, and which numbers printed, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np

from tests.built_site.published import NUMBER, PublishedStudy, agrees, numbers

Content = dict[str, Any]
Expected = tuple[list[np.ndarray], list[Any]]
"""Arrays that are drawn, and numbers or words that are printed."""


class Recorder:
    """What stands for Matplotlib: any call is noted, and gives the same back."""

    def __init__(self) -> None:
        """Begin with nothing drawn."""
        self.arrays: list[np.ndarray] = []
        self.words: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return what notes a call by any name."""

        def note(*values: Any, **_: Any) -> Any:
            for value in values:
                parts = value if name == "boxplot" else [value]
                for part in parts:
                    if isinstance(part, np.ndarray):
                        self.arrays.append(part)
                    elif isinstance(part, str):
                        self.words.append(part)
            return (self, self) if name == "subplots" else self

        return note

    def print(self, *values: Any, **_: Any) -> None:
        """Note a printed line."""
        self.words.append(" ".join(map(str, values)))


def interval(row: Content) -> list[Any]:
    """Return a value with its ends."""
    return [row.get("value", row.get("mean")), row["low"], row["high"]]


def slot_scores(content: Content) -> Expected:
    """One row a step; sums of parts are printed."""
    sums = numbers(content["by_part"]).sum((0, 1)) if "parts" in content else []
    return [numbers(content["scores"])], [*sums]


def token_scores(content: Content) -> Expected:
    """The first text that has scores."""
    found = [text for text in content["texts"] if not text["undefined"]]
    arrays = [numbers(found[0]["scores"])[None]] if found else []
    return arrays, [
        p for text in found for p in numbers(text["probabilities"]).round(3)
    ]


def token_frames(content: Content) -> Expected:
    """The first text at every epoch."""
    return [np.stack([numbers(f["texts"][0]["scores"]) for f in content["frames"]])], []


def estimates(content: Content) -> Expected:
    """Each estimate with its interval, drawn and printed; of cells their fits."""
    rows = content["rows"]
    ends = numbers([interval(row) for row in rows]).reshape(-1, 3).T
    said = [v for row in rows for v in [*interval(row), row["n"]]]
    if "fits" in content:
        fields = ("again", "low", "high", "shifts", "untrained")
        said = [fit[field] for fit in content["fits"] for field in fields]
    elif "effects" in content:
        said = [effect["use"] for effect in content["effects"]]
    return ([ends[1], ends[2], ends[0]] if rows else []), said


def scores(content: Content) -> Expected:
    """A row a measure."""
    return [], [v for row in content["rows"] for v in [*interval(row), row["n"]]]


def curves(content: Content) -> Expected:
    """Every curve over its places."""
    x = numbers(content["x"])
    return [part for y in numbers(content["y"]) for part in (x, y)], []


def distributions(content: Content) -> Expected:
    """The values of each group, and their means."""
    groups = content["groups"]
    arrays = [numbers(group["values"]) for group in groups]
    return [a for a in arrays if len(a)], [v for g in groups for v in interval(g)]


def plane(content: Content) -> Expected:
    """A function's gradient at each point."""
    x, y = np.meshgrid(numbers(content["x"]), numbers(content["y"]))
    by = numbers(content["gradients"])
    return [x, y, by[..., 0], by[..., 1]], []


def feature_scores(content: Content) -> Expected:
    """A picture for each panel, or the sixteen largest scores."""
    panels = [numbers(panel["scores"]) for panel in content["panels"]]
    if content["shape"]:
        return [panel.reshape(content["shape"]) for panel in panels], []
    order = [np.argsort(-np.abs(panel), kind="stable")[:16] for panel in panels]
    return [], [v for p, at in zip(panels, order, strict=True) for v in p[at]]


def predictions(content: Content) -> Expected:
    """Counts of true by predicted labels."""
    many = len(content["labels"])
    counts = np.zeros((many, many))
    said = numbers(content["probabilities"]).argmax(1)
    np.add.at(counts, (np.array(content["truths"], int), said), 1)
    return [counts], [np.trace(counts) / max(1, counts.sum()), counts.sum()]


def alignments(content: Content) -> Expected:
    """The first text, with the scores of its gold links."""
    text = content["texts"][0]
    table = numbers(text["scores"])
    return [table], [table[i, j] for i, j in text["gold"] or ()]


def anchors(content: Content) -> Expected:
    """Precision and coverage of each anchor."""
    found = [text for text in content["texts"] if not text["undefined"]]
    fields = ("precision", "low", "high", "coverage")
    return [], [text[field] for text in found for field in fields]


def optimised(content: Content) -> Expected:
    """Scores of every step, and of each start's last text."""
    searches = content["searches"]
    arrays = [numbers(s[f]) for s in searches for f in ("mixtures", "texts")]
    said = [search["flipped"] for search in searches]
    return arrays, [*said, content["best_random"]["score"]]


def samples(content: Content) -> Expected:
    """What was written."""
    return [], [repr(sample["text"]) for sample in content["samples"]]


def agreement(content: Content) -> Expected:
    """Agreement by the first measure."""
    return [numbers(content["values"])[0]], []


def cell_traces(content: Content) -> Expected:
    """Every cell's memory over the text."""
    return [np.tanh(numbers(content["memories"]))], []


SHOWN: dict[str, Callable[[Content], Expected]] = {
    one.__name__: one
    for one in (
        agreement, alignments, anchors, cell_traces, curves, distributions, estimates,
        feature_scores, optimised, plane, predictions, samples, scores, slot_scores,
        token_frames, token_scores,
    )
}  # fmt: skip
"""What each function of the notebook that shows a kind must draw and print."""


def notebook_mismatches(study: PublishedStudy) -> Iterator[str]:
    """Yield each cell of the notebook that does not show its artifact's numbers."""
    mpl.use("Agg")
    space: dict[str, Any] = {}
    for cell in study.notebook:
        source = cell.replace('Path("data"', "Path(FOLDER")
        match = re.fullmatch(r"show_(\w+)\(load\('([^']+)'\)\['content'\]\)", source)
        record = Recorder()
        space |= {"FOLDER": study.page.parent / "data", "print": record.print}
        space |= {"plt": record} if match else {}
        exec(compile(source, "notebook", "exec"), space)  # noqa: S102 - the cells of our own notebook
        if match is None:
            continue
        where = f"{study.source.name}: notebook, {match[2]}"
        if match[1] not in SHOWN:
            yield f"{where}: nothing compares what show_{match[1]} shows"
            continue
        content = study.content(match[2])
        if "frames" in content and match[1] != "token_frames":
            content = content["frames"][-1]
        arrays, said = SHOWN[match[1]](content)
        if not drawn_in_order(record.arrays, arrays):
            yield f"{where}: draws other numbers"
        if not printed_in_order("\n".join(record.words), said):
            yield f"{where}: prints other numbers"
        signed = content.get("signed") and arrays and "panels" not in content
        if signed and not any("+ speaks for" in words or "+ for" in words
                              for words in record.words):  # fmt: skip
            yield f"{where}: does not say what + speaks for"


def drawn_in_order(drawn: list[np.ndarray], expected: list[np.ndarray]) -> bool:
    """Return whether arrays are drawn one after the other, among others."""
    rest = iter(drawn)
    return all(
        any(np.array_equal(one, wanted, equal_nan=True) for one in rest)
        for wanted in expected
    )


def printed_in_order(text: str, expected: list[Any]) -> bool:
    """Return whether numbers and words are printed one after the other."""
    at = 0
    for value in expected:
        if value is None:
            continue
        if isinstance(value, str):
            at = text.find(value, at)
            if at < 0:
                return False
            continue
        for match in re.compile(NUMBER.pattern).finditer(text, at):
            if agrees(match[0], float(value)):
                at = match.end()
                break
        else:
            return False
    return True
