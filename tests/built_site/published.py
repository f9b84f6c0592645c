"""A study as a built site publishes it, read by nothing that wrote it."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from selectolax.lexbor import LexborHTMLParser, LexborNode

NUMBER = re.compile(r"[+−-]?(?:\d[\d,]*)?\.?\d+(?:e[+−-]?\d{1,3})?%?")


def printed(text: str) -> tuple[float, float]:
    """A printed number, and half a unit of its last digit."""
    plain = text.strip().replace("−", "-").replace(",", "")
    percent, plain = plain.endswith("%"), plain.rstrip("%")
    mantissa, _, power = plain.partition("e")
    digits = len(mantissa.partition(".")[2])
    unit = 10.0 ** (int(power or 0) - digits) / (100 if percent else 1)
    return float(plain) / (100 if percent else 1), unit / 2


def agrees(text: str, value: float) -> bool:
    """Whether a printed number is a rounding of a value, sign included."""
    if text.strip() in {"–", "", "no value", "\N{NO-BREAK SPACE}"}:
        return not math.isfinite(value)
    number, half = printed(text)
    return abs(number - value) <= half * (1 + 1e-6) + abs(value) * 1e-6


@dataclass(frozen=True)
class PublishedStudy:
    """A study's page on a site, and the folder that its author wrote."""

    page: Path
    source: Path

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The page."""
        return LexborHTMLParser(self.page.read_text("utf-8"))

    @cached_property
    def figures(self) -> dict[str, dict[str, Any]]:
        """The figures that the page shows, as the study words them."""
        text = (self.source / "study.yaml").read_text("utf-8")
        every: dict[str, dict[str, Any]] = YAML(typ="safe").load(text)["figures"]
        return {n: one for n, one in every.items() if self.tree.css_first(f"#fig-{n}")}

    @cached_property
    def artifacts(self) -> dict[str, dict[str, Any]]:
        """All published artifacts, arrays in place."""
        found = {}
        for path in sorted(self.page.parent.glob("data/*.json")):
            whole = json.loads(path.read_bytes())
            beside = path.with_suffix(".npz")
            if whole["npz"]:
                with np.load(beside, allow_pickle=False) as arrays:
                    for place in arrays.files:
                        *steps, last = place.split(".")
                        inner = whole["content"]
                        for step in steps:
                            inner = inner[step_of(inner, step)]
                        inner[step_of(inner, last)] = arrays[place]
            found[path.stem] = whole
        return found

    def content(self, name: str) -> dict[str, Any]:
        """An artifact's numbers."""
        content: dict[str, Any] = self.artifacts[name]["content"]
        return content

    def kind(self, name: str) -> str:
        """An artifact's kind."""
        return str(self.artifacts[name]["kind"])

    @cached_property
    def notebook(self) -> list[str]:
        """The source of the notebook's cells of code."""
        whole = json.loads((self.page.parent / "study.ipynb").read_bytes())
        cells = [cell for cell in whole["cells"] if cell["cell_type"] == "code"]
        return ["".join(cell["source"]) for cell in cells]

    def csv(self, figure: str) -> list[list[str]]:
        """The lines of a figure's CSV file."""
        path = self.page.parent / "figures" / f"{figure}.csv"
        return list(csv.reader(path.read_text("utf-8").splitlines()))


def step_of(inner: Any, step: str) -> int | str:
    """A step of a place as the index of a list, or the name of a field."""
    return int(step) if isinstance(inner, list) else step


def published_studies(site: Path, studies: Path) -> list[PublishedStudy]:
    """The studies of a site whose folders are here."""
    found = []
    for source in sorted(p.parent for p in studies.glob("*/index.md")):
        year, month, day, slug = source.name.split("-", 3)
        pages = sorted(site.glob(f"*/{year}/{month}/{day}/{slug}/index.html"))
        found += [PublishedStudy(page, source) for page in pages]
    return found


def numbers(values: Any) -> np.ndarray:
    """Nested lists as an array; null is NaN."""
    if isinstance(values, dict):
        return np.zeros(values["shape"])
    return np.array(values, dtype=float)


def plain_text(node: LexborNode | None, deep: bool = True) -> str:
    """The text of an element without marks of direction."""
    words = " ".join(node.text(deep=deep).split()) if node else ""
    return re.sub(r"[\u2066-\u2069]", "", unescape(words))


def is_pad(token: Any) -> bool:
    """Whether a token is padding."""
    return isinstance(token, dict) and token["kind"] == "pad"


def find_values(study: PublishedStudy, path: str) -> list[Any]:
    """What each step of a path leads to, the artifact first; empty without one."""
    name, *steps = path.split(".")
    if name not in study.artifacts:
        return []
    values: list[Any] = [study.content(name)]
    for step in steps:
        values.append(None if values[-1] is None else take_step(values[-1], step))
    return values


def find_value(study: PublishedStudy, path: str) -> float | int | str | None:
    """The number or the word that a path leads to; None for what is not followed."""
    value = (find_values(study, path) or [None])[-1]
    if isinstance(value, dict) and "kind" in value:
        return str(value["text"])
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value)
    return value if isinstance(value, str) else None


def hyphenate(name: str) -> str:
    """A row's name as a path spells it."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")


def take_step(value: Any, step: str) -> Any:
    """What a step of a path leads to."""
    if isinstance(value, dict) and step in value:
        return value[step]
    if isinstance(value, dict):
        return derived(value, step)
    if isinstance(value, str):
        return value if step == "text" else None
    place = {"first": 0, "last": -1}.get(step)
    if place is None and re.fullmatch(r"-?\d+", step):
        place = int(step)
    if place is not None:
        return value[place]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        named = [r for r in value if step in row_names(r)]
        return named[0] if named else None
    return REDUCTIONS[step](numbers(value)) if step in REDUCTIONS else None


REDUCTIONS: dict[str, Callable[[np.ndarray], Any]] = {
    "min": np.min,
    "max": np.max,
    "mean": np.mean,
    "sum": np.sum,
    "argmax": np.argmax,
}


def row_names(row: dict[str, Any]) -> set[str]:
    """The names that a path may have for a row."""
    name = row.get("name", "")
    return {hyphenate(name), hyphenate(f"{row.get('of', '')} {name}")}


def derived(record: dict[str, Any], step: str) -> Any:
    """What follows from a record's fields; None for what is not followed here."""
    for (field, name), derive in DERIVED.items():
        if name == step and field in record:
            return derive(record)
    if "names" in record and "y" in record:
        named = [y for n, y in zip(record["names"], numbers(record["y"]), strict=True)
                 if hyphenate(n) == step]  # fmt: skip
        return named[0] if named else None
    return None


def right(record: dict[str, Any]) -> np.ndarray:
    """Whether each document's most probable label is its true one."""
    same: np.ndarray = np.equal(
        numbers(record["probabilities"]).argmax(1), numbers(record["truths"])
    )
    return same


def padded_scores(record: dict[str, Any]) -> np.ndarray:
    """The scores of padding, and 0 elsewhere."""
    words = record.get("histories") or record["tokens"]
    pads = [[is_pad(w) for w in row] if isinstance(row, list) else is_pad(row)
            for row in words]  # fmt: skip
    return np.where(np.array(pads), numbers(record["scores"]), 0)


def evenness(record: dict[str, Any]) -> float:
    """How evenly a text's tokens share its scores: entropy over that of even shares."""
    shares = numbers(record["scores"])
    logs = np.log(shares, where=shares > 0, out=np.zeros_like(shares))
    return float(-(shares * logs).sum() / np.log(len(shares)))


DERIVED: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("truths", "right"): lambda made: right(made).sum(),
    ("truths", "accuracy"): lambda made: right(made).mean(),
    ("truths", "count"): lambda made: right(made).size,
    ("probabilities", "probability"): lambda t: numbers(t["probabilities"]).max(),
    ("histories", "recency"): lambda slots: numbers(slots["scores"])[:, -1],
    ("histories", "padding"): lambda slots: padded_scores(slots).sum(1),
    ("tokens", "padding"): lambda text: padded_scores(text).sum(),
    ("tokens", "evenness"): evenness,
    ("texts", "predicted"): lambda every: [
        every["labels"][int(numbers(text["probabilities"]).argmax())]
        for text in every["texts"]
    ],
    ("found", "count"): lambda search: len(search["cells"]),
    ("found", "pairs"): lambda search: numbers(search["found"]).size,
    ("place", "name"): lambda cell: f"{cell['layer']}.{cell['place']}",
}
"""What a field of a record makes possible, by the step of a path that leads there."""
