"""Whether a published number is the artifact's own: prose, figure, CSV and notebook.

A reader of a built site that shares no code with what wrote it. The artifact's JSON
(and NPZ) beside a page is the truth; every other place must print the same number, sign
included, to the digits that it prints. What differs is yielded as a sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborNode

from tests.built_site.claims import claim_mismatches, judge_claim
from tests.built_site.figure_numbers import KINDS, figure_pairs, holds
from tests.built_site.notebook_numbers import notebook_mismatches
from tests.built_site.published import (
    NUMBER,
    PublishedStudy,
    agrees,
    find_value,
    is_pad,
    numbers,
    plain_text,
    printed,
)

VALUE = re.compile(r"\{\{\s*([^{}\s:]+)\s*(?::\s*([^{}\s]*)\s*)?\}\}")
CODE = re.compile(r"(?s)(`{3,}|~{3,}).*?\1|`[^`\n]*`|<!--.*?-->")
TEXT_FIGURES = {"heatmap", "bars", "compare"}
SIGNED_TABLES = {"alignment", "matrix", "parts", "text"}
DRAWN_SCORES = 6
"""Given texts that a heatmap draws where its settings name none."""


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
        value = find_prose_value(study, path)
        if value is None:
            yield f"{study.source.name}: {match[0]} leads nowhere"
            continue
        words = re.findall(
            r"[A-Za-z]{2,} *$", text[max(0, match.start() - 40) : match.start()]
        )
        before = re.escape(words[0].strip()) + r"[^\w+−]{0,3}" if words else ""
        if isinstance(value, str):
            if not re.search(before + re.escape(value), page):
                yield f"{study.source.name}: {match[0]} is {value!r}, not printed"
            continue
        shown = re.findall(rf"{before}({NUMBER.pattern})", page)
        wanted = format(value, form) if form else ""
        if not any(
            agrees(one, value) and (not wanted or same_text(one, wanted))
            for one in shown
        ):
            yield f"{study.source.name}: {match[0]} is {value!r}, which is not printed"


def find_prose_value(study: PublishedStudy, path: str) -> float | int | str | None:
    """The number or the word of a path, of a claim too; None where it leads nowhere."""
    if path.startswith("claims."):
        _, name, field = path.split(".")
        value: float | str = getattr(judge_claim(study, name), field)
        return value
    return find_value(study, path)


def same_text(shown: str, wanted: str) -> bool:
    """Whether a number is printed to the digits, and with the sign, of a format."""
    same_digits = math.isclose(printed(shown)[1], printed(wanted)[1])
    return same_digits and shown.startswith("+") == wanted.startswith("+")


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
    """Yield each epoch whose label the CSV of a text by epoch does not say."""
    for head, frame in zip(
        study.csv(name)[0][1:], study.content(one["artifact"])["frames"], strict=False
    ):
        text = frame["texts"][one.get("text", 1) - 1]
        if frame["signed"] and f"+ speaks for {text['label']}" not in head:
            yield f"{where}: CSV says no label of epoch {frame['epoch']}"


def figure_mismatches(study: PublishedStudy) -> Iterator[str]:
    """Yield each number of a figure or its CSV that is not its artifact's."""
    for name, one in study.figures.items():
        names = (
            [one["artifact"]] if "artifact" in one else list(one.get("artifacts", ()))
        )
        where = f"{study.source.name}: figure {name}"
        if one["figure"] in TEXT_FIGURES:
            yield from text_mismatches(study, name, one, names, where)
        elif one["figure"] not in KINDS:
            yield f"{where}: nothing compares a figure {one['figure']}"
        if one["figure"] == "history":
            yield from history_mismatches(study, name, one, where)
        elif one["figure"] in SIGNED_TABLES and study.content(names[0]).get("signed"):
            heads = study.csv(name)[0]
            if not any("+ speaks for" in head for head in heads):
                yield f"{where}: CSV does not say what + speaks for"
        for shown, value in figure_pairs(study, name, one):
            if not holds(shown, value):
                yield f"{where}: prints {shown!r} of {value!r}"


def mismatches(study: PublishedStudy) -> list[str]:
    """Everything of a study that is not as its artifacts have it."""
    return [
        *prose_mismatches(study),
        *claim_mismatches(study),
        *figure_mismatches(study),
        *notebook_mismatches(study),
    ]
