"""Tables of what a model does with planted documents, one quantity each.

The method *planted* says what they mean; `measures` gives their values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Estimate, Estimates, Role
from generator.methods import estimates, measures
from generator.methods.base import Asked
from generator.methods.estimates import larger, verdict
from generator.methods.measures import Mask, on_another, on_key, on_padding
from generator.methods.truth import Cases, mean_over, ranks_first
from generator.models.language_models import LanguageModel

Array = NDArray[np.floating[Any]]
Measure = Literal[
    "accuracy",
    "attention",
    "occlusion",
    "decision",
    "contribution",
    "ranking",
    "agreement",
]
KEY = "key"
ANOTHER = "another word"
NEWEST = "newest token"
BEFORE = "key before training"


class Table:
    """What the tables share: a model, itself before training, documents, and draws."""

    def __init__(
        self,
        asked: Asked,
        model: LanguageModel,
        before: LanguageModel | None,
        found: Cases,
    ) -> None:
        self.asked, self.model, self.before, self.cases = asked, model, before, found

    def mean(self, name: str, values: Array, role: Role = "observed") -> Estimate:
        """Mean over the documents in which the value is defined."""
        return estimates.mean(name, values, self.asked.generator(0), role)

    def share(self, name: str, hits: Mask, role: Role = "observed") -> Estimate:
        """Share of documents, with its Wilson interval."""
        return estimates.share(name, hits, role)

    def estimates(
        self,
        quantity: str,
        claim: str,
        reference: tuple[float, str],
        *rows: Estimate,
        bar: float | None = None,
    ) -> Estimates:
        """A table whose verdict compares the first row with `bar`, or the reference."""
        return Estimates(
            epoch=self.model.epoch,
            quantity=quantity,
            rows=rows,
            reference=reference[0],
            reference_name=reference[1],
            verdict=verdict(rows[0], reference[0] if bar is None else bar),
            claim=claim,
            notes=self.cases.notes,
        )


def accuracy(table: Table) -> Estimates:
    """How often the decided word is the most probable."""
    found, model = table.cases, table.model
    among, every = measures.right(model, found, found.rows)
    without, _ = measures.right(model, found, found.hidden)
    rows = [
        table.share("among the choices", among),
        table.share("among all words", every),
        table.share("without the key", without, "negative control"),
    ]
    if table.before is not None:
        untrained, _ = measures.right(table.before, found, found.rows)
        rows.append(table.share("before training", untrained, "null"))
    return table.estimates(
        "accuracy on the decided word",
        "the model writes the word that the key decides",
        (found.chance, "guessing among the choices"),
        *rows,
        bar=max(found.chance, rows[2].value),
    )


def attention(table: Table) -> Estimates:
    """Attention on the key and beside it."""
    found = table.cases
    weights = measures.attention(table.model, found)
    rows = [
        table.mean(KEY, on_key(weights, found)),
        table.mean(ANOTHER, on_another(weights, found), "null"),
        table.mean(NEWEST, weights[:, -1]),
        table.mean("padding", on_padding(weights, found)),
    ]
    if table.before is not None:
        untrained = measures.attention(table.before, found)
        rows.append(table.mean(BEFORE, on_key(untrained, found), "null"))
    return table.estimates(
        "attention weight at the decided word",
        "attention rests on the word that decides",
        (found.even, "even attention"),
        *rows,
        bar=larger(found.even, rows[1].value),
    )


def occlusion(table: Table) -> Estimates:
    """Drop in log probability without the key and without another word."""
    return dropped(
        table,
        measures.occlusion,
        measures.occlusion_of_key,
        "drop in log probability of the decided word, in nats",
        "the decided word depends on the word that decides",
    )


def decision(table: Table) -> Estimates:
    """The same among the choices."""
    return dropped(
        table,
        measures.decision,
        measures.decision_of_key,
        "drop in log probability among the choices, in nats",
        "which of the choices is written depends on the word that decides",
    )


def dropped(
    table: Table,
    by_slot: Callable[[LanguageModel, Cases], Array],
    of_key: Callable[[LanguageModel, Cases], Array],
    quantity: str,
    claim: str,
) -> Estimates:
    """Drops without the key, without another word, and before training."""
    found = table.cases
    drops = by_slot(table.model, found)
    rows = [
        table.mean(KEY, of_key(table.model, found)),
        table.mean(ANOTHER, mean_over(drops, found.others), "null"),
        table.mean(NEWEST, drops[:, -1]),
    ]
    if table.before is not None:
        rows.append(table.mean(BEFORE, of_key(table.before, found), "null"))
    bar = larger(0.0, rows[1].value)
    return table.estimates(quantity, claim, (0.0, "no drop"), *rows, bar=bar)


def contribution(table: Table) -> Estimates:
    """Contributions of slots to the decided word's logit."""
    found = table.cases
    logits = measures.contribution(table.model, found)
    rows = [
        table.mean(KEY, on_key(logits, found)),
        table.mean(ANOTHER, on_another(logits, found), "null"),
        table.mean(NEWEST, logits[:, -1]),
        table.mean("padding", on_padding(logits, found)),
    ]
    return table.estimates(
        "contribution to the decided word's logit, in logits",
        "the slot of the word that decides carries the logit",
        (0.0, "no contribution"),
        *rows,
        bar=larger(0.0, rows[1].value),
    )


def ranking(table: Table) -> Estimates:
    """How often the key's slot has the largest value."""
    found = table.cases
    values = by_method(table.model, found)
    values["occlusion among the choices"] = measures.decision(table.model, found)
    rows = (
        table.share(f"by {name}", ranks_first(one, found))
        for name, one in values.items()
    )
    tokens = (found.keys | found.others).sum(1)
    return table.estimates(
        "share of documents in which the key ranks first",
        "attention ranks the word that decides first",
        (float(np.mean(found.keys.sum(1) / tokens)), "a token at random"),
        *rows,
    )


def agreement(table: Table) -> Estimates:
    """Kendall's tau between the orders that the methods give."""
    found = table.cases
    values = by_method(table.model, found)
    pairs = (("attention", "occlusion"), ("attention", "contribution"))
    rows = (
        table.mean(
            f"{left} and {right}",
            measures.agreement(values[left], values[right], found),
        )
        for left, right in (*pairs, ("occlusion", "contribution"))
    )
    return table.estimates(
        "Kendall's tau over the tokens of a history",
        "attention and occlusion agree more than chance would have it",
        (0.0, "no agreement"),
        *rows,
    )


TABLES: dict[Measure, Callable[[Table], Estimates]] = {
    "accuracy": accuracy,
    "attention": attention,
    "occlusion": occlusion,
    "decision": decision,
    "contribution": contribution,
    "ranking": ranking,
    "agreement": agreement,
}


def by_method(model: LanguageModel, found: Cases) -> dict[str, Array]:
    """Scores of all slots by each method, (documents, window)."""
    return {
        "attention": measures.attention(model, found),
        "occlusion": measures.occlusion(model, found),
        "contribution": measures.contribution(model, found),
    }
