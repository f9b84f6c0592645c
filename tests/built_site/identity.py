"""Whether a published number is the artifact's own: prose, figure, CSV and notebook.

A reader of a built site that shares no code with what wrote it. The artifact's JSON
(and NPZ) beside a page is the truth; every other place must print the same number, sign
included, to the digits that it prints. What differs is yielded as a sentence.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from ruamel.yaml import YAML
from selectolax.lexbor import LexborHTMLParser, LexborNode

VALUE = re.compile(r"\{\{\s*([^{}\s:]+)\s*(?::\s*([^{}\s]*)\s*)?\}\}")
CODE = re.compile(r"(?s)(`{3,}|~{3,}).*?\1|`[^`\n]*`|<!--.*?-->")
NUMBER = re.compile(r"[+−-]?(?:\d[\d,]*)?\.?\d+(?:e[+−-]?\d{1,2})?%?")
SCORED_TEXTS = {"heatmap", "bars"}
DRAWN_SCORES = 6
"""Given texts that a heatmap draws where its settings name none."""


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


def prose_mismatches(study: PublishedStudy) -> Iterator[str]:
    """Yield each value of the write-up that the page does not print as it is.

    A value is looked for behind the words before it, one after the other.
    """
    text = CODE.sub(" ", (study.source / "index.md").read_text("utf-8"))
    body = study.tree.css_first("main")
    assert body
    page = " ".join(body.text().split())
    for match in VALUE.finditer(text):
        path, form = match[1], match[2] or ""
        value = find_value(study, path)
        if value is None:
            continue
        words = re.findall(
            r"[A-Za-z]{2,} *$", text[max(0, match.start() - 40) : match.start()]
        )
        before = re.escape(words[0].strip()) + r"[^\w+−]{0,3}" if words else ""
        shown = re.findall(rf"{before}({NUMBER.pattern})", page)
        wanted = format(value, form) if form else ""
        if not any(
            agrees(one, value) and (not wanted or same_text(one, wanted))
            for one in shown
        ):
            yield f"{study.source.name}: {match[0]} is {value!r}, which is not printed"


def same_text(shown: str, wanted: str) -> bool:
    """Whether a number is printed to the digits, and with the sign, of a format."""
    same_digits = math.isclose(printed(shown)[1], printed(wanted)[1])
    return same_digits and shown.startswith("+") == wanted.startswith("+")


def find_value(study: PublishedStudy, path: str) -> float | int | None:
    """The number that a path leads to; None for words and what only claims know."""
    name, *steps = path.split(".")
    if name not in study.artifacts:
        return None
    value: Any = study.content(name)
    for step in steps:
        value = None if value is None else take_step(value, step)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return float(value) if isinstance(value, (float, np.floating)) else None


def hyphenate(name: str) -> str:
    """A row's name as a path spells it."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")


def take_step(value: Any, step: str) -> Any:
    """What a step of a path leads to."""
    if isinstance(value, dict) and step in value:
        return value[step]
    if isinstance(value, dict):
        return derived(value, step)
    place = {"first": 0, "last": -1}.get(step)
    if place is None and re.fullmatch(r"-?\d+", step):
        place = int(step)
    if place is not None:
        return value[place]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        named = [r for r in value if step in row_names(r)]
        return named[0] if named else None
    reduce = {"min": np.min, "max": np.max, "mean": np.mean, "sum": np.sum}.get(step)
    return None if reduce is None else reduce(numbers(value))


def row_names(row: dict[str, Any]) -> set[str]:
    """The names that a path may have for a row."""
    name = row.get("name", "")
    return {hyphenate(name), hyphenate(f"{row.get('of', '')} {name}")}


def derived(record: dict[str, Any], step: str) -> Any:
    """What follows from a record's fields; None for what is not followed here."""
    if step == "probability":
        return float(numbers(record["probabilities"]).max())
    if step in {"right", "accuracy", "count"} and "truths" in record:
        right = numbers(record["probabilities"]).argmax(1) == numbers(record["truths"])
        return {"right": right.sum(), "accuracy": right.mean(), "count": right.size}[
            step
        ]
    if step == "recency" and "histories" in record:
        return numbers(record["scores"])[:, -1]
    if step == "padding" and "histories" in record:
        pads = [[is_pad(token) for token in row] for row in record["histories"]]
        return np.where(np.array(pads), numbers(record["scores"]), 0).sum(1)
    if "names" in record and "y" in record:
        named = [y for n, y in zip(record["names"], numbers(record["y"]), strict=True)
                 if hyphenate(n) == step]  # fmt: skip
        return named[0] if named else None
    return None


def is_pad(token: Any) -> bool:
    """Whether a token is padding."""
    return isinstance(token, dict) and token["kind"] == "pad"


def figure_mismatches(study: PublishedStudy) -> Iterator[str]:
    """Yield each number of a figure or its CSV that is not its artifact's."""
    for name, one in study.figures.items():
        names = (
            [one["artifact"]] if "artifact" in one else list(one.get("artifacts", ()))
        )
        if any(n not in study.artifacts for n in names):
            continue
        kinds = {study.kind(n) for n in names}
        where = f"{study.source.name}: figure {name}"
        if one["figure"] in {"heatmap", "bars", "compare"} and kinds == {
            "token-scores"
        }:
            yield from text_mismatches(study, name, one, names, where)
        elif one["figure"] == "matrix" and len(names) == 1:
            yield from matrix_mismatches(study, name, study.content(names[0]), where)
        elif one["figure"] == "estimates":
            yield from estimate_mismatches(study, name, study.content(names[0]), where)
        elif one["figure"] == "curve":
            yield from curve_mismatches(study, name, study.content(names[0]), where)
        elif (
            one["figure"] == "alignment" and kinds == {"alignments"} and len(names) == 1
        ):
            yield from alignment_mismatches(study, name, one, where)
        elif one["figure"] == "history" and kinds == {"token-frames"}:
            yield from history_mismatches(study, name, one, where)


def drawn_texts(one: dict[str, Any], content: dict[str, Any]) -> list[dict[str, Any]]:
    """The texts that a figure draws, by its settings."""
    texts: list[dict[str, Any]] = content["texts"]
    if "texts" in one:
        return [texts[n - 1] for n in one["texts"]]
    if "text" in one or one["figure"] != "heatmap":
        return [texts[one.get("text", 1) - 1]]
    given = [text for text in texts if text["document"] is None]
    return given[:DRAWN_SCORES] or texts[:1]


def text_mismatches(
    study: PublishedStudy, name: str, one: dict[str, Any], names: list[str], where: str
) -> Iterator[str]:
    """Yield what a figure of shaded words, or its table, prints otherwise."""
    box = study.tree.css_first(f"#fig-{name}")
    assert box
    rows = [
        (study.content(n), t) for n in names for t in drawn_texts(one, study.content(n))
    ]
    legend = box.css_first(".legend-note")
    power = numeral_power(legend) if legend else 1.0
    blocks = box.css(".tokens, ol.bars")
    if len(blocks) != len(rows):
        yield f"{where}: {len(blocks)} blocks for {len(rows)} texts"
        return
    heads = box.css(".answer-head, .label")
    for block, head, (content, text) in zip(blocks, heads, rows, strict=True):
        if text["undefined"]:
            continue
        scores = numbers(text["scores"])
        label = text["label"] if content["signed"] else ""
        if label and f"+ speaks for {label}" not in plain_text(head):
            yield f"{where}: does not say that + speaks for {label}"
        for node, place in token_nodes(block):
            score = float(scores[place])
            said = node.attributes.get("data-value") or ""
            first = said.split(" ")[0]
            if first != "no" and not agrees(first.rstrip(","), score):
                yield f"{where}: token {place + 1} says {said!r} of {score!r}"
            small = node.css_first("small") or after(node, ".bar-value")
            shown = small.text().strip() if small else ""
            # Rows may have scales of their own; their numerals count what they say.
            if shown and shown not in {"–", "\N{NO-BREAK SPACE}"}:
                counted = max(power, numeral_power(head))
                if not agrees(shown, score * counted):
                    yield f"{where}: token {place + 1} prints {shown!r} of {score!r}"
    yield from token_csv_mismatches(study, name, one, rows, where)


SMALL = {"small numbers in thousandths": 3, "small numbers in millionths": 6}
"""What a scale says where numerals leave out decimals."""


def numeral_power(said: LexborNode) -> float:
    """What numerals count, as the legend or the head of their row says."""
    return next((10.0**p for s, p in SMALL.items() if s in said.text()), 1.0)


def plain_text(node: LexborNode) -> str:
    """The text of an element without marks of direction."""
    return re.sub(r"[\u2066-\u2069]", "", unescape(" ".join(node.text().split())))


def token_nodes(block: LexborNode) -> Iterator[tuple[LexborNode, int]]:
    """Each word of a text with its index there, padding left out."""
    for node in block.css("span.token[data-key]"):
        key = (node.attributes["data-key"] or "").rsplit("-", 1)[-1]
        if key.isdigit() and not key.startswith("p"):
            yield node, int(key) - 1


def after(node: LexborNode, selector: str) -> LexborNode | None:
    """An element beside a word."""
    return node.parent.css_first(selector) if node.parent else None


def token_csv_mismatches(
    study: PublishedStudy,
    name: str,
    one: dict[str, Any],
    rows: list[tuple[dict[str, Any], dict[str, Any]]],
    where: str,
) -> Iterator[str]:
    """Yield what the CSV of a figure of words holds otherwise."""
    head, *lines = study.csv(name)
    several = head[0] == "table"
    if one["figure"] == "compare":
        columns = [(content, text, i + 1) for i, (content, text) in enumerate(rows)]
        count = sum(not is_pad(token) for token in rows[0][1]["tokens"])
        tables = [(columns, lines[:count], head)]
    else:
        tables = []
        body, heading = lines, head
        for content, text in rows:
            if body and body[0][several] == "token":
                heading, *body = body
            count = len(text["tokens"])
            pads = sum(map(is_pad, text["tokens"]))
            count = count - pads + 1 if pads > 40 else count
            part, body = body[:count], body[count:]
            tables.append(([(content, text, 1 + several)], part, heading))
    for columns, part, heading in tables:
        for content, text, column in columns:
            label = text["label"] if content["signed"] else ""
            if label and f"+ speaks for {label}" not in heading[column]:
                yield f"{where}: CSV does not say that + speaks for {label}"
            places = [i for i, t in enumerate(text["tokens"]) if not is_pad(t)]
            for place, line in zip(places, part, strict=False):
                score = float(numbers(text["scores"])[place])
                score = math.nan if text["undefined"] else score
                if not agrees(line[column], score):
                    yield f"{where}: CSV holds {line[column]!r} of {score!r}"


def history_mismatches(
    study: PublishedStudy, name: str, one: dict[str, Any], where: str
) -> Iterator[str]:
    """Yield what the CSV of a text by epoch holds otherwise."""
    frames = study.content(one["artifact"])["frames"]
    head, *lines = study.csv(name)
    if head[0] != "token":
        return
    for column, frame in enumerate(frames, 1):
        text = frame["texts"][one.get("text", 1) - 1]
        if frame["signed"] and f"+ speaks for {text['label']}" not in head[column]:
            yield f"{where}: CSV says no label of epoch {frame['epoch']}"
        for line, score in zip(lines, numbers(text["scores"]), strict=False):
            if not agrees(
                line[column], math.nan if text["undefined"] else float(score)
            ):
                yield f"{where}: CSV holds {line[column]!r} of {score!r}"


def matrix_mismatches(
    study: PublishedStudy, name: str, content: dict[str, Any], where: str
) -> Iterator[str]:
    """Yield what a matrix of slots, or its table, prints otherwise."""
    scores = numbers(content["scores"])
    head, *lines = study.csv(name)
    if content["signed"] and "+ speaks for it" not in head[0]:
        yield f"{where}: CSV does not say what + speaks for"
    for line, row in zip(lines, scores, strict=True):
        for cell, score in zip(line[1:], row, strict=False):
            if not agrees(cell, score):
                yield f"{where}: CSV holds {cell!r} of {score!r}"
    box = study.tree.css_first(f"#fig-{name} table.matrix tbody")
    if box is None:
        return
    for line, row in zip(box.css("tr"), scores, strict=False):
        cells = [
            cell
            for cell in line.css("td")
            if not {"pad-sum", "gap", "pad-gap", "margin"}
            & {*(cell.attributes.get("class") or "").split()}
        ]
        if len(cells) != len(row):
            continue
        for cell, score in zip(cells, row, strict=True):
            shown = cell.text(deep=False).strip()  # without the marks of notes
            if shown and not agrees_brief(shown, float(score)):
                yield f"{where}: a cell prints {shown!r} of {score!r}"


def agrees_brief(shown: str, value: float) -> bool:
    """Whether a cell with little room prints a rounding of a value."""
    return agrees(shown, value) or (shown == "0" and abs(value) < 0.005)


def estimate_mismatches(
    study: PublishedStudy, name: str, content: dict[str, Any], where: str
) -> Iterator[str]:
    """Yield what a figure of estimates, or its table, prints otherwise."""
    head, *lines = study.csv(name)
    fields = [f for f in ("value", "low", "high", "n") if f in head]
    for line, row in zip(lines, content["rows"], strict=True):
        for field in fields:
            value = math.nan if row[field] is None else float(row[field])
            if not agrees(line[head.index(field)], value):
                yield f"{where}: CSV holds {line[head.index(field)]!r} of {value!r}"
    shown = study.tree.css(f"#fig-{name} .estimates .estimate b")
    for node, row in zip(shown, content["rows"], strict=False):
        values = [row["value"], row["low"], row["high"]]
        for text, value in zip(NUMBER.findall(node.text()), values, strict=False):
            if value is not None and not agrees(text, value):
                yield f"{where}: prints {node.text()!r} of {values!r}"


def curve_mismatches(
    study: PublishedStudy, name: str, content: dict[str, Any], where: str
) -> Iterator[str]:
    """Yield what the table of curves holds otherwise."""
    head, *lines = study.csv(name)
    curves = dict(zip(content["names"], numbers(content["y"]), strict=True))
    curves = {head[0]: numbers(content["x"])} | curves
    for i, line in enumerate(lines):
        for title, cell in zip(head, line, strict=True):
            if title in curves and not agrees(cell, float(curves[title][i])):
                yield f"{where}: CSV holds {cell!r} of {curves[title][i]!r}"


def alignment_mismatches(
    study: PublishedStudy, name: str, one: dict[str, Any], where: str
) -> Iterator[str]:
    """Yield what the table of an alignment holds otherwise."""
    content = study.content(one["artifact"])
    text = content["texts"][one.get("text", 1) - 1]
    head, *lines = study.csv(name)
    if content["signed"] and "+ speaks for it" not in head[0]:
        yield f"{where}: CSV does not say what + speaks for"
    for line, row in zip(lines, numbers(text["scores"]), strict=True):
        for cell, score in zip(line[1:], row, strict=False):
            if not agrees(cell, float(score)):
                yield f"{where}: CSV holds {cell!r} of {score!r}"


def notebook_mismatches(study: PublishedStudy) -> Iterator[str]:
    """Yield each heatmap of the notebook that does not draw its artifact's numbers.

    The notebook is run with what draws replaced by what notes the numbers.
    """
    mpl.use("Agg")
    cells = json.loads((study.page.parent / "study.ipynb").read_bytes())["cells"]
    drawn: list[tuple[np.ndarray, list[str], str]] = []
    space: dict[str, Any] = {"print": lambda *_, **__: None}

    def record(
        scores: Any, rows: Any, columns: Any, title: str, signed: bool = False
    ) -> None:
        del columns, signed
        drawn.append((np.array(scores, dtype=float), [str(r) for r in rows], title))

    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"]).replace('Path("data"', "Path(FOLDER")
        space["FOLDER"] = study.page.parent / "data"
        match = re.fullmatch(r"show_(\w+)\(load\('([^']+)'\)\['content'\]\)", source)
        if match is None:
            exec(compile(source, "notebook", "exec"), space)  # noqa: S102 - the cells of our own notebook
            continue
        if match[1] not in {"token_scores", "slot_scores"}:
            continue
        space["heatmap"] = record
        drawn.clear()
        exec(compile(source, "notebook", "exec"), space)  # noqa: S102 - the cells of our own notebook
        content = study.content(match[2])
        content = content["frames"][-1] if "frames" in content else content
        where = f"{study.source.name}: notebook, {match[2]}"
        text = next((t for t in content.get("texts", ()) if not t["undefined"]), None)
        expected = (
            numbers(text["scores"])[None]
            if text
            else numbers(content.get("scores", ()))
        )
        for scores, _, title in drawn[:1]:
            if not np.array_equal(scores, expected, equal_nan=True):
                yield f"{where}: draws other numbers"
            if content["signed"] and "+ speaks for" not in title:
                yield f"{where}: does not say what + speaks for"


def mismatches(study: PublishedStudy) -> list[str]:
    """Everything of a study that is not as its artifacts have it."""
    return [
        *prose_mismatches(study),
        *figure_mismatches(study),
        *notebook_mismatches(study),
    ]
