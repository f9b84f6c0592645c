"""Claims: their verdicts judged again from the artifacts' numbers.

What a page prints beside a claim is compared with the artifacts, and its verdict
follows from the interval of the difference. The one number that is taken from the page
is the interval of a paired difference, which comes from resampling.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from tests.built_site.published import (
    NUMBER,
    PublishedStudy,
    agrees,
    find_values,
    numbers,
    plain_text,
    printed,
)

LEAST = 10
"""Units below which no interval decides."""


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, how many units are behind it, and their values."""

    value: float
    low: float
    high: float
    n: int = 0
    sample: dict[str, Any] | None = None


@dataclass(frozen=True)
class Judged:
    """A claim's verdict, the estimates that it compares, and what its page prints."""

    verdict: str
    one: Estimate
    than: Estimate
    said: str
    shown: str

    value = property(lambda self: self.one.value)
    low = property(lambda self: self.one.low)
    high = property(lambda self: self.one.high)
    n = property(lambda self: self.one.n)


def read_claims(study: PublishedStudy) -> dict[str, dict[str, Any]]:
    """Return the claims that a study's author wrote."""
    whole = YAML(typ="safe").load((study.source / "study.yaml").read_text("utf-8"))
    claims: dict[str, dict[str, Any]] = whole.get("claims") or {}
    return claims


def find_estimate(study: PublishedStudy, path: float | str) -> Estimate:
    """Return the estimate that a path leads to; a number is one without width."""
    if not isinstance(path, str):
        return Estimate(path, path, path)
    steps = find_values(study, path)
    last = steps[-1]
    if path.endswith(".baseline") and "baseline_low" in steps[-2]:
        row = steps[-2]
        ends = [row["baseline"], row["baseline_low"], row["baseline_high"]]
        value, low, high = numbers(ends).tolist()
        return Estimate(value, low, high, row["n"], row["baseline_sample"])
    if not isinstance(last, dict):
        return Estimate(float(last), float(last), float(last))
    values = [last.get("value", last.get("mean")), last["low"], last["high"]]
    many = last["n"] if "n" in last else np.isfinite(numbers(last["values"])).sum()
    value, low, high = numbers(values).tolist()
    return Estimate(value, low, high, int(many), last.get("sample"))


def paired_difference(one: Estimate, than: Estimate) -> float:
    """Return the mean difference over the units of both."""
    assert one.sample
    assert than.sample
    ids = numbers(one.sample["ids"]), numbers(than.sample["ids"])
    _, *places = np.intersect1d(ids[0], ids[1], return_indices=True)
    means = []
    for sample, place in zip((one.sample, than.sample), places, strict=True):
        weights = numbers(sample["weights"])
        weights = weights[place] if weights.size else np.ones(place.size)
        means.append(numbers(sample["values"])[place].mean() / weights.mean())
    return float(means[0] - means[1])


def judge_claim(study: PublishedStudy, name: str) -> Judged:
    """Judge a claim from its artifacts, and from a difference that is resampled."""
    claim = read_claims(study)[name]
    one, than = (find_estimate(study, claim[key]) for key in ("value", "than"))
    box = study.tree.css_first(f"#claim-{name} .estimate")
    said = plain_text(box)
    resampled = re.search(
        rf"difference (?:over [^−+\d]*[\d,]+ .*? of both )?({NUMBER.pattern})"
        rf" \[({NUMBER.pattern}), ({NUMBER.pattern})\]", said,
    )  # fmt: skip
    many = min(one.n, than.n) if than.n else one.n
    slack = (0.0, 0.0)
    if resampled:
        low, high = (printed(text)[0] for text in resampled.groups()[1:])
        slack = (printed(resampled[2])[1], printed(resampled[3])[1])
    elif than.low == than.high == than.value or math.isnan(than.low):
        low, high = one.low - than.value, one.high - than.value
    else:
        low, high = one.low - than.high, one.high - than.low
    possible = ["undecided"]
    if math.isfinite(low + high + one.low + one.high) and many >= LEAST:
        possible = [
            decide(claim, low + i * slack[0], high + j * slack[1])
            for i, j in itertools.product((0, -1, 1), repeat=2)
        ]
    shown = plain_text(study.tree.css_first(f"#claim-{name} .verdict")).lower()
    verdict = shown if shown in possible else possible[0]
    return Judged(verdict, one, than, said, resampled[1] if resampled else "")


def decide(claim: dict[str, Any], low: float, high: float) -> str:
    """Return whether an interval lies where a claim expects it."""
    margin, expects = float(claim.get("margin", 0)), claim["expects"]
    if expects == "below":
        low, high, expects = -high, -low, "above"
    if expects == "above":
        inside, outside = low > margin, high <= margin
    else:
        inside = -margin < low and high < margin
        outside = high <= -margin or low >= margin
    return "supported" if inside else "not supported" if outside else "undecided"


def claim_mismatches(study: PublishedStudy) -> Iterator[str]:
    """Yield each number or verdict of a claim that its page prints otherwise."""
    for name in read_claims(study):
        where = f"{study.source.name}: claim {name}"
        item = study.tree.css_first(f"#claim-{name}")
        if item is None:
            yield f"{where}: is not on the page"
            continue
        judged = judge_claim(study, name)
        shown = plain_text(item.css_first(".verdict")).lower()
        if shown != judged.verdict:
            yield f"{where}: prints {shown!r}; its numbers say {judged.verdict!r}"
        ends = NUMBER.findall(plain_text(item.css_first(".estimate b")))
        own = [judged.value, judged.low, judged.high]
        pairs = list(zip(ends, own, strict=False))
        goal = judged.said.partition("expected ")[2].partition("n = ")[0]
        inner = re.findall(r"\(([^()]*)\)[^()]*$", goal)
        ends = NUMBER.findall(inner[0] if inner else goal.split(", by")[0])
        than = judged.than
        wanted = [than.value, than.low, than.high]
        pairs += zip(ends[:3] if inner else ends[-1:], wanted, strict=False)
        many = re.findall(r"n = ([\d,]+)", judged.said)
        pairs += zip(many, [judged.n, than.n], strict=False)
        if ", paired" in judged.said or "paired difference" in judged.said:
            pairs.append((judged.shown, paired_difference(judged.one, than)))
        elif judged.shown:
            pairs.append((judged.shown, judged.value - than.value))
        for text, value in pairs:
            if not agrees(text, value):
                yield f"{where}: prints {text!r} of {value!r}"
