"""The numbers that each kind of figure prints, beside those of its artifact.

One function a kind: it reads the figure's CSV and HTML and yields what is printed with
the number, or the word, that the artifact's file has in that place. Nothing here knows
the code that drew the figure.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from selectolax.lexbor import LexborNode

from tests.built_site.published import (
    NUMBER,
    PublishedStudy,
    agrees,
    evenness,
    is_pad,
    numbers,
    plain_text,
)

Pair = tuple[str, Any]
"""What is printed in a place, and what the artifact has for it."""
Settings = dict[str, Any]
BETWEEN = {"pad-sum", "gap", "pad-gap", "margin"}
"""Classes of cells of a matrix that are no slot of their own."""


def holds(shown: str, value: object) -> bool:
    """Return whether a printed text is a rounding of a number, or a word itself."""
    if isinstance(value, str):
        exact = NUMBER.fullmatch(value)
        return shown == value if exact else letters(shown) == letters(value)
    number = math.nan if value is None else float(value)  # type: ignore[arg-type]
    if shown[:1] in {"<", ">"}:
        bound = float(shown[1:].rstrip("%")) / (100 if shown.endswith("%") else 1)
        return (number < bound) if shown[0] == "<" else (number > bound)
    if not NUMBER.fullmatch(shown.strip()) and shown.strip() not in {"–", ""}:
        return False
    return agrees(shown, number) or (shown == "0" and abs(number) < 0.005)


def letters(text: str) -> str:
    """Return a text's letters and digits, without what makes others visible."""
    return re.sub(r"‹U\+[0-9A-F]+›|\W", "", text)


def figure_pairs(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Yield what a figure and its files print, each with its artifact's number."""
    yield from page_table_pairs(study, name)
    if one["figure"] in KINDS:
        yield from KINDS[one["figure"]](study, name, one)


def figure_box(study: PublishedStudy, name: str) -> LexborNode:
    """Return a figure on its page."""
    box = study.tree.css_first(f"#fig-{name}")
    assert box
    return box


def contents(study: PublishedStudy, one: Settings) -> list[dict[str, Any]]:
    """Return the numbers of a figure's artifacts, and those of each of their epochs."""
    names = [one["artifact"]] if "artifact" in one else one["artifacts"]
    found = [study.content(name) for name in names]
    return [each for content in found for each in content.get("frames", [content])]


def row_pairs(
    lines: Sequence[Sequence[str]], rows: Iterable[Iterable[Any]]
) -> Iterator[Pair]:
    """Yield each cell of a table with its value; "*" stands for any text."""
    for line, row in zip_longest(lines, rows, fillvalue=()):
        for cell, value in zip_longest(line, row, fillvalue="no cell"):
            if value != "*":
                yield cell, value


def own_text(node: LexborNode) -> str:
    """Return the text of a cell without the marks of notes and what is below it."""
    return plain_text(node.css_first("b") or node, deep=node.css_first("b") is not None)


def page_table_pairs(study: PublishedStudy, name: str) -> Iterator[Pair]:
    """Yield the numbers of the tables on the page with those of the CSV file."""
    lines = study.csv(name)
    several = lines[0][0] == "table"
    for table in figure_box(study, name).css("details.data-table table"):
        for line in table.css("tr"):
            cells = [plain_text(cell) for cell in line.css("th, td")]
            head = line.css_first("td") is None
            if not lines or (head and lines[0][several] != cells[0]):
                continue  # a heading that is the table's before, which CSV leaves out
            for cell, other in zip(cells, lines[0][several:], strict=False):
                if not head and (NUMBER.fullmatch(other) or not other):
                    yield cell, float(other) if other else math.nan
            lines = lines[1:]


def estimate_pairs(box: LexborNode, rows: Sequence[Sequence[Any]]) -> Iterator[Pair]:
    """Yield the numbers beside each interval: value, ends, and what is below them."""
    shown = box.css("li[data-key] .estimate")
    yield str(len(shown)), len(rows)
    for node, (values, below) in zip(shown, rows, strict=False):
        ends = NUMBER.findall(plain_text(node.css_first("b"))) or ["–"]
        yield from zip(ends, values, strict=False)
        for word, value in below.items():
            behind = rf"{re.escape(word)}(?: =)? ((?:< )?{NUMBER.pattern})"
            match = re.search(behind, plain_text(node.css_first("small")))
            yield (match[1] if match else "–"), value


def interval(row: dict[str, Any]) -> list[Any]:
    """Return a row's value with its ends."""
    return [row.get("value", row.get("mean")), row["low"], row["high"]]


def estimates(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Estimates: each with its interval, how many, and its p."""
    rows = study.content(one["artifact"])["rows"]
    yield from row_pairs(
        study.csv(name)[1:],
        [["*", row["role"], *interval(row), row["n"], row["p"]] for row in rows],
    )
    below = [{"n": r["n"]} | ({"p": r["p"]} if r["p"] is not None else {})
             for r in rows]  # fmt: skip
    box = figure_box(study, name)
    yield from estimate_pairs(box, list(zip(map(interval, rows), below, strict=True)))


def violins(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Distributions: mean, interval, quartiles and the published number."""
    rows, groups = [], study.content(one["artifact"])["groups"]
    for group in groups:
        values = numbers(group["values"])
        values = values[np.isfinite(values)]
        quartiles = np.percentile(values, [25, 50, 75]) if values.size else [None] * 3
        rows.append(["*", group["role"], values.size, *interval(group), *quartiles,
                     group["published"]])  # fmt: skip
    heads = study.csv(name)[0]
    yield from row_pairs(study.csv(name)[1:], [row[: len(heads)] for row in rows])
    below = [{"n": r[2]} | ({"published": r[-1]} if r[-1] is not None else {})
             for r in rows]  # fmt: skip
    yield from estimate_pairs(
        figure_box(study, name), list(zip(map(interval, groups), below, strict=True))
    )


def scores(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Scores of explanations: each with what its baseline reaches."""
    every = study.content(one["artifact"])["rows"]
    measures = list(dict.fromkeys(row["name"] for row in every))
    every = sorted(every, key=lambda row: measures.index(row["name"]))
    bases = [[r["baseline"], r["baseline_low"], r["baseline_high"]] for r in every]
    yield from row_pairs(
        study.csv(name)[1:],
        [["*", r["name"], *interval(r), *base, r["n"], "*"]
         for r, base in zip(every, bases, strict=True)],
    )  # fmt: skip
    below = [{"n": r["n"]} | ({r["baseline_name"]: r["baseline"]}
             if r["baseline"] is not None else {}) for r in every]  # fmt: skip
    box = figure_box(study, name)
    yield from estimate_pairs(box, list(zip(map(interval, every), below, strict=True)))


def agreement(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Agreement of each two explanations, by every measure."""
    content = study.content(one["artifact"])
    parts = [numbers(content[field]) for field in ("values", "low", "high", "texts")]
    many = len(content["names"])
    yield from row_pairs(
        study.csv(name)[1:],
        [["*", "*", *(part[k, i, j] for k in range(len(content["measures"]))
                      for part in parts)]
         for i in range(many) for j in range(i + 1, many)],
    )  # fmt: skip
    for k, table in enumerate(figure_box(study, name).css("table.pairs")):
        for i, line in enumerate(table.css("tbody tr")):
            for j, cell in enumerate(line.css("td")):
                if i == j:
                    continue
                yield own_text(cell), parts[0][k, i, j]
                read = NUMBER.findall(cell.attributes.get("data-text") or "")
                yield from zip(read, [part[k, i, j] for part in parts], strict=False)


def confusion(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Counts of true by predicted labels, their sums and shares."""
    content = study.content(one["artifact"])
    many = len(content["labels"])
    counts = np.zeros((many, many))
    said = numbers(content["probabilities"]).argmax(1)
    np.add.at(counts, (np.array(content["truths"], int), said), 1)
    with np.errstate(invalid="ignore"):
        recall = counts.diagonal() / counts.sum(1)
        precision = counts.diagonal() / counts.sum(0)
        shares = counts / counts.sum(1, keepdims=True)
    rows = [[*counts[i], counts[i].sum(), recall[i]] for i in range(many)]
    yield from row_pairs(study.csv(name)[1:], [["*", *row] for row in rows])
    box = figure_box(study, name)
    lines = [[own_text(cell) for cell in line.css("td")]
             for line in box.css("table.confusion tbody tr")]  # fmt: skip
    yield from row_pairs(lines, rows)
    small = [node.text() for node in box.css("table.confusion tbody td > small")]
    yield from zip_longest(small, shares.ravel(), fillvalue="no cell")
    foot = [[plain_text(cell) for cell in line.css("td")][:many]
            for line in box.css("table.confusion tfoot tr")]  # fmt: skip
    yield from row_pairs(foot, [counts.sum(0), precision])
    stats = [plain_text(node) for node in box.css("dl.numbers dd")]
    total = counts.sum()
    most = counts.sum(1).max()
    yield from zip(stats, [np.trace(counts) / total, most / total], strict=False)


def features(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Scores of features, as bars or as pictures with their largest in words."""
    panels = [p for content in contents(study, one) for p in content["panels"]]
    table = np.stack([numbers(panel["scores"]) for panel in panels], axis=1)
    lines = study.csv(name)[1:]
    marked = ["*"] * (len(study.csv(name)[0]) - 1 - len(panels))
    yield from row_pairs(lines, [["*", *row, *marked] for row in table])
    box = figure_box(study, name)
    places = {line[0].lstrip("'"): i for i, line in enumerate(lines)}
    for line in box.css(".feature-bars tbody tr"):
        head = line.css_first("th")
        assert head
        place = places[plain_text(head, deep=False).strip()]
        cells = [plain_text(cell) for cell in line.css("td > span")]
        yield from row_pairs([cells], [table[place]])
    summary = box.css_first(".summary")
    sizes = [
        max(np.abs(numbers(panel["scores"])).max() for panel in content["panels"])
        for content in contents(study, one)
    ]
    found = re.findall(rf"[,:] ({NUMBER.pattern}) at ", plain_text(summary))
    yield from row_pairs([found], [sizes])


def quiver(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """A function and its gradient at each point of a grid."""
    content = study.content(one["artifact"])
    x, y, values, by, shares = (
        numbers(content[f]) for f in ("x", "y", "values", "gradients", "probabilities")
    )
    sizes = np.hypot(by[..., 0], by[..., 1])
    places = [(i, j) for i in range(len(y) - 1, -1, -1) for j in range(len(x))]
    lines = study.csv(name)[1:]
    yield from row_pairs(
        [[*line[0].split(", "), *line[1:]] for line in lines],
        [[x[j], y[i], values[i, j], *by[i, j], sizes[i, j], *shares[i, j, 1:]]
         for i, j in places],
    )  # fmt: skip
    summary = plain_text(figure_box(study, name).css_first(".summary"))
    yield from ((m, sizes.max()) for m in re.findall(r"at most ([\d.e−]*\d)", summary))


def curve(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Curves: every point, and where the sentence says that one starts and ends."""
    content = study.content(one["artifact"])
    head, *lines = study.csv(name)
    points = dict(zip(content["names"], numbers(content["y"]), strict=True))
    points = {head[0]: numbers(content["x"])} | points
    drawn = [points[title] for title in head if title in points]
    if len(drawn) == len(head):
        yield from row_pairs(lines, np.transpose(drawn))
    summary = plain_text(figure_box(study, name).css_first(".summary"))
    for title, values in zip(content["names"], numbers(content["y"]), strict=True):
        ends = rf"{re.escape(title)} \w+ from ({NUMBER.pattern}) to ({NUMBER.pattern})"
        for match in re.finditer(ends, summary):
            known = values[np.isfinite(values)]
            yield from zip(match.groups(), [known[0], known[-1]], strict=True)


def find_optimised(content: dict[str, Any], one: Settings) -> dict[str, Any]:
    """Return the search that a figure draws: the one named, else the best."""
    searches: list[dict[str, Any]] = content["searches"]
    best = max(range(len(searches)), key=lambda i: searches[i]["flipped"])
    return searches[(one.get("start") or best + 1) - 1]


def optimised(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Stages of a text that is searched for, and the texts to beat."""
    content = study.content(one["artifact"])
    stages = {row["step"]: row for row in find_optimised(content, one)["stages"]}
    rivals = [content[f] for f in ("best_random", "best_trained") if content[f]]
    lines = study.csv(name)[1:]
    steps = [line[0].split("step ")[1] for line in lines[: len(lines) - len(rivals)]]
    drawn = [stages[int(step.replace(",", ""))] for step in steps]
    rows = [[s["score"], s["mixture"], numbers(s["shares"]).min()] for s in drawn]
    rows += [[rival["score"], None, 1.0] for rival in rivals]
    yield from row_pairs(lines, [["*", *row, "*"] for row in rows])
    box = figure_box(study, name)
    labels = box.css(".canvas p.label")
    for label, row in zip_longest(labels, rows):
        said = plain_text(label)
        words = {content["quantity"]: row[0], "p": 1 / (1 + math.exp(-row[0]))}
        words |= {"mixtures": row[1]} if row[1] is not None else {}
        for word, value in words.items():
            behind = rf"\b{re.escape(word)} ([<>]?{NUMBER.pattern})"
            match = re.search(behind, said)
            yield (match[1] if match else "no number"), value
    for block, stage in zip(box.css(".canvas .tokens"), drawn, strict=False):
        chips = block.css("[data-value]")
        for chip, share in zip_longest(chips, numbers(stage["shares"])):
            yield chip.attributes["data-value"] or "", share
            small = chip.css_first("small")
            yield (small.text() if small else "no number"), share


def slot_rows(content: dict[str, Any]) -> list[list[Any]]:
    """Return each step's slots, the sum of padding, the newest slot and p."""
    rows = []
    table = numbers(content["scores"])
    for row, words, p in zip(
        table, content["histories"], content["probabilities"], strict=True
    ):
        padding = sum(row[i] for i, word in enumerate(words) if is_pad(word))
        rows.append([*row, padding, row[-1], p])
    return rows


def chip_pairs(block: LexborNode, slots: Sequence[float]) -> Iterator[Pair]:
    """Yield the numbers of a strip: of words, each so many slots back, and padding."""
    *row, padding, _, _ = slots
    for chip in block.css("[data-text]"):
        said = chip.attributes["data-text"] or ""
        match = re.search(rf": ({NUMBER.pattern})(?:[^:]*, (\d+) back)?$", said)
        small = chip.css_first("small")
        if match:
            value = row[-int(match[2])] if match[2] else padding
            yield match[1], value
            if small and small.text().strip() and not small.css_first("i"):
                yield small.text().strip(), value


def matrix(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Slots of every step, padding's sum, the newest slot and p."""
    (content,) = contents(study, one)
    rows = slot_rows(content)
    yield from row_pairs(study.csv(name)[1:], [["*", *row] for row in rows])
    for line, row in zip(
        figure_box(study, name).css("table.matrix tbody tr"), rows, strict=False
    ):
        cells = slot_cells(line)
        if len(cells) == len(row) - 3:
            yield from row_pairs([cells], [row[:-3]])
        margins = [own_text(cell) for cell in line.css("td.margin")]
        yield from zip(margins, row[-3:], strict=False)


def text(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """One step's slots on the words themselves, or those of several steps."""
    (content,) = contents(study, one)
    table = slot_rows(content)
    yield from row_pairs(study.csv(name)[1:], [["*", *row] for row in table])
    box = figure_box(study, name)
    steps = [n - (n > 0) for n in one.get("steps", ())]
    strips = box.css("[data-strip]")
    steps = steps or [int(strip.attributes["data-step"] or 0) for strip in strips]
    for block, step in zip_longest(box.css(".canvas .tokens"), steps):
        yield from chip_pairs(block, table[step])


def epochs(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Slots of every step at each epoch, and one step's words."""
    frames = contents(study, one)
    rows = [slot_rows(frame) for frame in frames]
    if study.csv(name)[0][0] == "table":
        lines = [line for line in study.csv(name) if line[0] != "table"]
        yield from row_pairs(
            lines, [["*", "*", *row] for frame in rows for row in frame]
        )
    box = figure_box(study, name)
    for panel, frame in zip_longest(box.css(".multiple"), rows):
        means = np.array([row[-3:] for row in frame], float).mean(0)
        for word, value in zip(("padding", "last slot", "mean p"), means, strict=True):
            match = re.search(rf"{word} ({NUMBER.pattern})", plain_text(panel))
            if match:
                yield match[1], value
    for block, frame in zip_longest(box.css("ol.epochs .tokens"), rows):
        written = block.css_first(".target[data-key]")
        assert written
        step = int((written.attributes["data-key"] or "").split("-")[-1]) - 2
        yield from chip_pairs(block, frame[step])


def parts(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """What each part of each slot gives to one token written."""
    content = study.content(one["artifact"])
    table = figure_box(study, name).css_first("table.parts")
    assert table
    step = int(table.attributes["data-start"] or 0) - 1
    whole = numbers(content["scores"])[step]
    rows = np.vstack([whole, numbers(content["by_part"])[step].T])
    yield from row_pairs(
        study.csv(name)[1:],
        [["*", len(whole) - i, *rows[:, i]] for i in range(len(whole))],
    )
    padding = [i for i, w in enumerate(content["histories"][step]) if is_pad(w)]
    for line, row in zip_longest(table.css("tbody tr"), rows):
        for css, value in (("margin", row.sum()), ("pad-sum", row[padding].sum())):
            yield from ((own_text(cell), value) for cell in line.css(f"td.{css}"))
        yield from row_pairs([slot_cells(line)], [row])


def slot_cells(line: LexborNode) -> list[str]:
    """Return what the cells of a row print, sums and margins left out."""
    return [
        own_text(cell)
        for cell in line.css("td")
        if not BETWEEN & {*(cell.attributes.get("class") or "").split()}
    ]


def samples(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Texts that a model wrote, and how many at each epoch and temperature."""
    groups: dict[tuple[Any, float], list[str]] = {}
    for sample in study.content(one["artifact"])["samples"]:
        place = sample["epoch"], sample["temperature"]
        groups.setdefault(place, []).append(sample["text"])
    rows = [["*", heat, len(found), len({*found}), sum(map(len, found)) / len(found)]
            for (_, heat), found in sorted(groups.items())]  # fmt: skip
    yield from row_pairs(study.csv(name)[1:], rows)
    quotes = figure_box(study, name).css(".sample-text")
    shown = [plain_text(quote) for quote in quotes]
    written = [words for _, found in sorted(groups.items()) for words in found]
    yield from zip_longest(
        sorted(shown, key=letters), sorted(written, key=letters), fillvalue="no text"
    )


def rule(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Anchors: precision, its interval, coverage and how many texts are behind."""
    every = study.content(one["artifact"])["texts"]
    chosen = one.get("texts") or ([one["text"]] if "text" in one else None)
    lines = study.csv(name)[1:]
    found = [every[n - 1] for n in chosen] if chosen else every[: len(lines)]
    box = figure_box(study, name)
    lists = box.css("dl.numbers")
    defined = [row for row in found if not row["undefined"]]
    for line, row in zip_longest(lines, found):
        if row["undefined"]:
            continue
        values = [row["precision"], row["low"], row["high"], row["samples"]]
        of = row["coverage_samples"] or "exact"
        yield from row_pairs([line[3:]], [[*values, row["coverage"], of, row["base"]]])
    for node, row in zip(lists, defined, strict=False):
        terms = [plain_text(term) for term in node.css("dt")]
        values = [plain_text(value) for value in node.css("dd")]
        for term, shown in zip(terms, values, strict=True):
            if term.startswith("precision without"):
                yield shown.split()[0], row["base"]
            elif term.startswith("precision"):
                ends = [row["precision"], row["low"], row["high"]]
                yield from zip(NUMBER.findall(shown), ends, strict=False)
            elif term.startswith("coverage"):
                yield NUMBER.findall(shown)[0], row["coverage"]


def trace(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """A cell's memory or activation at each character."""
    content = study.content(one["artifact"])
    field = "activations" if one.get("shows") == "activation" else "memories"
    table = numbers(content[field])
    table = table if field == "activations" else np.tanh(table)
    head, *lines = study.csv(name)
    cells = [f"cell {c['layer']}.{c['place']}" for c in content["cells"]]
    columns = [table[cells.index(title)] for title in head if title in cells]
    truths = [numbers(content["truths"])[content["hypotheses"].index(title)]
              for title in head if title in content["hypotheses"]]  # fmt: skip
    yield from row_pairs(
        lines, [["*", *row] for row in np.array([*columns, *truths]).T[: len(lines)]]
    )
    for chip in figure_box(study, name).css(".code [data-value]"):
        *row, place = map(int, (chip.attributes["data-key"] or "").split("-"))
        values = columns[row[0] - 1 if row else 0]
        yield chip.attributes["data-value"] or "", values[place - 1]


def find_fit(content: dict[str, Any], one: Settings) -> int:
    """Return the place of the hypothesis that a figure is about."""
    fits = content["fits"]
    if one.get("hypothesis"):
        return [fit["name"] for fit in fits].index(one["hypothesis"])
    return max(range(len(fits)), key=lambda i: fits[i]["score"])


def wall(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Every cell's score for one hypothesis."""
    content = study.content(one["search"])
    place = find_fit(content, one)
    strengths = numbers(content["strengths"])[place]
    if not content["fits"][place]["graded"]:
        strengths = (1 + strengths) / 2
    values = dict(
        zip([f"{c['layer']}.{c['place']}" for c in content["cells"]], strengths,
            strict=True)
    )  # fmt: skip
    lines = study.csv(name)[1:]
    yield from ((line[1], values.get(line[0], "no cell")) for line in lines)
    for strip in figure_box(study, name).css("ol.wall li[data-key]"):
        link, shown = strip.css_first("a"), strip.css_first("b, i")
        if link and shown:
            yield shown.text(), values[link.text().strip()]


FITTED = ("score", "again", "low", "high", "shifts", "untrained", "p")
PROBED = ("cells", "overlap", "probe", "probe_cells", "untrained_probe")
CLAMPED = ("off", "off_random", "on", "on_random")
IN_CELLS = ("score", "shifts", "untrained", "cells", "again", "overlap", "probe")
"""What the cells of a hypothesis print, behind its verdict and its best cell."""


def hypotheses(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Best cells of each hypothesis, against both nulls and held."""
    held = {}
    if "ablation" in one:
        found = study.content(one["ablation"])["effects"]
        held = {effect["hypothesis"]: effect for effect in found}
    rows = []
    fits = study.content(one["search"])["fits"]
    for fit in fits:
        effect = held.get(fit["name"], {})
        rows.append([
            "*", "*", f"{fit['cell']['layer']}.{fit['cell']['place']}",
            "*", *(fit[field] for field in FITTED), "yes" if fit["found"] else "no",
            *(fit[field] for field in PROBED), "*",
            *(effect.get(field) for field in CLAMPED), "*",
        ])  # fmt: skip
    yield from row_pairs(study.csv(name)[1:], rows)
    for line, fit in zip_longest(
        figure_box(study, name).css("table.hypotheses tbody tr"), fits
    ):
        effect = held.get(fit["name"], {})
        values = [f"{fit['cell']['layer']}.{fit['cell']['place']}"]
        values += [fit[field] for field in IN_CELLS]
        values += [effect.get("off"), effect.get("on")] if held else []
        yield from row_pairs([[own_text(c) for c in line.css("td")][1:]], [values])


def history(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """A text's words at each epoch, its padding and what is predicted."""
    frames = contents(study, one)
    head, *words = study.csv(name)
    if head[0] == "token":
        texts = [frame["texts"][one.get("text", 1) - 1] for frame in frames]
        columns = [
            [math.nan] * len(words) if each["undefined"] else numbers(each["scores"])
            for each in texts
        ]
        rows = list(zip(*columns, strict=True))[: len(words)]
        yield from row_pairs(words, [["*", *row] for row in rows])
    box = figure_box(study, name)
    lines = box.css("table.history tbody tr, .history-strips li")
    for line, frame in zip_longest(lines, frames):
        one_text = frame["texts"][one.get("text", 1) - 1]
        score = numbers(one_text["scores"])
        pads = np.array([is_pad(token) for token in one_text["tokens"]])
        sums = [score[pads].sum()] if pads.any() else []
        if line.css_first("td"):
            yield from row_pairs([slot_cells(line)], [[*score[~pads], *sums]])
        margins = [
            plain_text(n).split()[-1] for n in line.css("td.margin, span > span")
        ]
        margins = [m for m in margins if NUMBER.fullmatch(m.lstrip("<>"))]
        even = [] if frame["signed"] else [evenness(one_text)]
        likely = numbers(one_text["probabilities"]).max()
        yield from row_pairs([margins], [[*even, *sums, likely]])


def gold_sources(text: dict[str, Any]) -> list[str]:
    """Return the numbers of the source tokens that each target token is linked with."""
    gold = text["gold"] or ()
    targets = range(len(text["targets"]))
    return [" ".join(str(j + 1) for i, j in gold if i == place) for place in targets]


def alignment(study: PublishedStudy, name: str, one: Settings) -> Iterator[Pair]:
    """Target tokens by source tokens, of each artifact and each epoch."""
    found = contents(study, one)
    drawn = [content["texts"][one.get("text", 1) - 1] for content in found]
    lines = [line for line in study.csv(name)[1:] if line[0] != "table"]
    first = 2 if study.csv(name)[0][0] == "table" else 1
    rows = [
        [[*row, p] for row, p in zip(numbers(t["scores"]), t["probabilities"],
                                     strict=True)]
        for t in drawn
    ]  # fmt: skip
    golds = [row for text in drawn for row in gold_sources(text)]
    wide = [row for table in rows for row in table]
    for line, row, gold in zip_longest(lines, wide, golds):
        yield from row_pairs([line[first:][: len(row)]], [row])
        yield from ((cell, gold) for cell in line[first + len(row) :][:1])
    box = figure_box(study, name)
    single = box.css_first("[data-frames]")
    if single:
        for items, table in zip_longest(
            json.loads(single.attributes["data-frames"] or ""), rows
        ):
            shown = [item.split("|", 1)[1] for item in items if "|" in item]
            yield from row_pairs([shown], [[value for row in table for value in row]])
        at = [content["epoch"] for content in found]
        rows = [rows[at.index(one["epoch"])] if one.get("epoch") in at else rows[-1]]
    for table, values in zip(box.css("table.pairs"), rows, strict=False):
        shown_rows = [[own_text(c) for c in line.css("td")]
                      for line in table.css("tbody tr")]  # fmt: skip
        yield from row_pairs(shown_rows, values)


KINDS: dict[str, Callable[[PublishedStudy, str, Settings], Iterator[Pair]]] = {
    "agreement": agreement,
    "alignment": alignment,
    "confusion": confusion,
    "curve": curve,
    "epochs": epochs,
    "estimates": estimates,
    "features": features,
    "history": history,
    "hypotheses": hypotheses,
    "matrix": matrix,
    "optimised": optimised,
    "parts": parts,
    "quiver": quiver,
    "rule": rule,
    "samples": samples,
    "scores": scores,
    "text": text,
    "trace": trace,
    "violins": violins,
    "wall": wall,
}
