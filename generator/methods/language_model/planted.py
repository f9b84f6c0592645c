"""Tables and curves of what a model does with planted documents.

The methods' docstrings say what they mean; `planted_documents` computes their values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Curves, Estimate, EstimateRole, Estimates
from generator.corpora.base import Annotation
from generator.methods.base import Context, Method
from generator.methods.common import statistics
from generator.methods.common.snapshots import measure_epochs, untrained_state
from generator.methods.common.statistics import judge_interval, larger_defined
from generator.methods.language_model import planted_documents
from generator.methods.language_model.planted_documents import (
    Mask,
    PlantedCases,
    find_planted_cases,
    is_key_largest,
    key_sum,
    masked_mean,
    other_word_mean,
    padding_sum,
)
from generator.models.base import Epoch
from generator.models.capabilities import LanguageModel

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


class PlantedTable:
    """The inputs that the tables share: a model, itself before training, and documents."""

    def __init__(
        self,
        context: Context,
        model: LanguageModel,
        before: LanguageModel | None,
        cases: PlantedCases,
    ) -> None:
        self.context, self.model, self.before, self.cases = (
            context,
            model,
            before,
            cases,
        )

    def mean_row(
        self, name: str, values: Array, role: EstimateRole = "observed"
    ) -> Estimate:
        """Build a row of the mean over the documents in which the value is defined."""
        rng = self.context.generator(0)
        return statistics.mean_estimate(name, values, rng, role, self.cases.documents)

    def share_row(
        self, name: str, hits: Mask, role: EstimateRole = "observed"
    ) -> Estimate:
        """Build a row of the share of documents, with its Wilson interval."""
        return statistics.share_estimate(name, hits, role, self.cases.documents)

    def build_estimates(
        self,
        quantity: str,
        claim: str,
        reference: tuple[float, str],
        *rows: Estimate,
        bar: float | None = None,
    ) -> Estimates:
        """Build a table whose verdict compares the first row with `bar`, or the reference.

        Args:
            quantity: What the values are.
            claim: The sentence that the verdict is about.
            reference: What no effect would give, and its name.
            rows: The rows.
            bar: What the first row must exceed; without it, the reference.
        """
        return Estimates(
            epoch=self.model.epoch,
            quantity=quantity,
            rows=rows,
            reference=reference[0],
            reference_name=reference[1],
            verdict=judge_interval(rows[0], reference[0] if bar is None else bar),
            claim=claim,
            notes=self.cases.notes,
        )


def planted_accuracy_table(table: PlantedTable) -> Estimates:
    """Build the table of how often the decided word is the most probable."""
    cases, model = table.cases, table.model
    among, every = planted_documents.is_decided_right(model, cases, cases.rows)
    without, _ = planted_documents.is_decided_right(model, cases, cases.hidden)
    rows = [
        table.share_row("among the choices", among),
        table.share_row("among all words", every),
        table.share_row("without the key", without, "negative control"),
    ]
    if table.before is not None:
        untrained, _ = planted_documents.is_decided_right(
            table.before, cases, cases.rows
        )
        rows.append(table.share_row("before training", untrained, "null"))
    return table.build_estimates(
        "accuracy on the decided word",
        "the model writes the word that the key decides",
        (cases.chance, "guessing among the choices"),
        *rows,
        bar=max(cases.chance, rows[2].value),
    )


def key_attention_table(table: PlantedTable) -> Estimates:
    """Build the table of the attention on the key and beside it."""
    cases = table.cases
    weights = planted_documents.attention_by_slot(table.model, cases)
    rows = [
        table.mean_row(KEY, key_sum(weights, cases)),
        table.mean_row(ANOTHER, other_word_mean(weights, cases), "null"),
        table.mean_row(NEWEST, weights[:, -1]),
        table.mean_row("padding", padding_sum(weights, cases)),
    ]
    if table.before is not None:
        untrained = planted_documents.attention_by_slot(table.before, cases)
        rows.append(table.mean_row(BEFORE, key_sum(untrained, cases), "null"))
    return table.build_estimates(
        "attention weight at the decided word",
        "attention rests on the word that decides",
        (cases.even, "even attention"),
        *rows,
        bar=larger_defined(cases.even, rows[1].value),
    )


def occlusion_table(table: PlantedTable) -> Estimates:
    """Build the table of drops without the key and without another word."""
    return drop_table(
        table,
        planted_documents.occlusion_by_slot,
        planted_documents.occlusion_of_key,
        "drop in log probability of the decided word, in nats",
        "the decided word depends on the word that decides",
    )


def decision_table(table: PlantedTable) -> Estimates:
    """Build the table of drops among the choices."""
    return drop_table(
        table,
        planted_documents.decision_by_slot,
        planted_documents.decision_of_key,
        "drop in log probability among the choices, in nats",
        "which of the choices is written depends on the word that decides",
    )


def drop_table(
    table: PlantedTable,
    by_slot: Callable[[LanguageModel, PlantedCases], Array],
    of_key: Callable[[LanguageModel, PlantedCases], Array],
    quantity: str,
    claim: str,
) -> Estimates:
    """Build a table of drops without the key, without another word, and before training.

    Args:
        table: The inputs.
        by_slot: Computes the drop by slot, (documents, window).
        of_key: Computes the drop without all deciding words, (documents,).
        quantity: What the values are.
        claim: The sentence that the verdict is about.
    """
    cases = table.cases
    drops = by_slot(table.model, cases)
    rows = [
        table.mean_row(KEY, of_key(table.model, cases)),
        table.mean_row(ANOTHER, masked_mean(drops, cases.others), "null"),
        table.mean_row(NEWEST, drops[:, -1]),
    ]
    if table.before is not None:
        rows.append(table.mean_row(BEFORE, of_key(table.before, cases), "null"))
    bar = larger_defined(0.0, rows[1].value)
    return table.build_estimates(quantity, claim, (0.0, "no drop"), *rows, bar=bar)


def contribution_table(table: PlantedTable) -> Estimates:
    """Build the table of slots' contributions to the decided word's logit."""
    cases = table.cases
    logits = planted_documents.contribution_by_slot(table.model, cases)
    rows = [
        table.mean_row(KEY, key_sum(logits, cases)),
        table.mean_row(ANOTHER, other_word_mean(logits, cases), "null"),
        table.mean_row(NEWEST, logits[:, -1]),
        table.mean_row("padding", padding_sum(logits, cases)),
    ]
    return table.build_estimates(
        "contribution to the decided word's logit, in logits",
        "the slot of the word that decides carries the logit",
        (0.0, "no contribution"),
        *rows,
        bar=larger_defined(0.0, rows[1].value),
    )


def ranking_table(table: PlantedTable) -> Estimates:
    """Build the table of how often the key's slot has the largest value."""
    cases = table.cases
    values = scores_by_method(table.model, cases)
    values["occlusion among the choices"] = planted_documents.decision_by_slot(
        table.model, cases
    )
    rows = (
        table.share_row(f"by {name}", is_key_largest(one, cases))
        for name, one in values.items()
    )
    tokens = (cases.keys | cases.others).sum(1)
    return table.build_estimates(
        "share of documents in which the key ranks first",
        "attention ranks the word that decides first",
        (float(np.mean(cases.keys.sum(1) / tokens)), "a token at random"),
        *rows,
    )


def method_agreement_table(table: PlantedTable) -> Estimates:
    """Build the table of Kendall's tau between the rankings of methods."""
    cases = table.cases
    values = scores_by_method(table.model, cases)
    pairs = (("attention", "occlusion"), ("attention", "contribution"))
    rows = (
        table.mean_row(
            f"{left} and {right}",
            planted_documents.method_tau(values[left], values[right], cases),
        )
        for left, right in (*pairs, ("occlusion", "contribution"))
    )
    return table.build_estimates(
        "Kendall's tau over the tokens of a history",
        "attention and occlusion agree more than chance would have it",
        (0.0, "no agreement"),
        *rows,
    )


TABLES: dict[Measure, Callable[[PlantedTable], Estimates]] = {
    "accuracy": planted_accuracy_table,
    "attention": key_attention_table,
    "occlusion": occlusion_table,
    "decision": decision_table,
    "contribution": contribution_table,
    "ranking": ranking_table,
    "agreement": method_agreement_table,
}


def scores_by_method(model: LanguageModel, cases: PlantedCases) -> dict[str, Array]:
    """Compute the scores of all slots by each method, (documents, window)."""
    return {
        "attention": planted_documents.attention_by_slot(model, cases),
        "occlusion": planted_documents.occlusion_by_slot(model, cases),
        "contribution": planted_documents.contribution_by_slot(model, cases),
    }


class PlantedTest(Method):
    """On documents whose truth is known: does the map show the word that decides?

    In a planted document one word (the key) decides a later one. The model is asked at the
    step that writes the decided word, on documents that were held out. Each `measure` is a
    table of one quantity:

    1. `accuracy`: how often the decided word is the most probable of all words, and of the
       words that could stand there; how often it still is when the key is replaced by
       padding, and before training. Wilson intervals; the line is guessing among the
       choices.
    2. `attention`: the attention on the key's slot, beside that of another word of the same
       history (the mean over them), of the newest token and of padding, and on the key
       before training. The line is even attention.
    3. `occlusion`: by how many nats the logarithm of the decided word's probability drops
       when the key is replaced by padding, beside another word (each in turn, the mean),
       and the key before training.
    4. `decision`: the same among the words that could stand there, `p / Σ p` over the
       choices. It asks which of them is written, and no longer whether one of them is,
       which other words decide.
    5. `contribution`: what the key's slot adds to the decided word's logit, beside another
       word and the newest token, as in *contributions*.
    6. `ranking`: how often the key's slot has the largest value of all slots of the window,
       by attention, by occlusion, by contribution and by occlusion among the choices; ties
       count as lost. The line is chance.
    7. `agreement`: Kendall's tau over the tokens of a history, padding left out, between
       attention, occlusion and contribution; histories in which one of them does not vary
       are left out and counted by n.

    Means have 95 % bootstrap intervals over documents. If a key is several words, their
    shares and contributions are summed, and they are replaced together; another word's
    share counts as often as the key has words. Documents whose key does not fit in the
    window, or holds a word unknown to the model, cannot be asked about; they are counted in
    the notes.

    Verdict. The first row is compared with a bar: in `accuracy`, the larger of chance and
    the accuracy without the key; in `attention`, `occlusion`, `decision` and
    `contribution`, the larger of the line and another word's value; in `ranking` and
    `agreement`, the line. Supported: the whole interval lies above the bar. Not supported:
    none of it does. Undecided: the bar lies inside.

    A model that is accurate has used the key, as nothing else in the document tells the
    answer. If attention is then not on the key, the map does not show what decided; where
    occlusion shows it, the influence came through the state of the recurrent layers.

    Source: planted rationales as a gate for methods, Bastings et al. (2021), "Will you find
    these shortcuts?", arXiv 2111.07367; attention against leave-one-out by Kendall's tau,
    Jain and Wallace (2019), Attention is not explanation, arXiv 1902.10186.
    """

    version: ClassVar[int] = 2
    needs: ClassVar = (LanguageModel,)
    gives: ClassVar = Estimates
    expects: ClassVar = frozenset({Annotation.TRUTH})
    method: Literal["planted"]
    measure: Measure = "attention"
    """Which table: one quantity on one axis."""
    documents: int = Field(default=500, ge=1, le=100_000)
    """At most so many held-out documents."""
    epoch: Epoch = "best"
    """The snapshot that is asked."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def collect(self, context: Context) -> Estimates:
        """Measure on planted documents; see the base."""
        model: LanguageModel = context.model.at(self.epoch)
        cases = find_planted_cases(context, model, self.documents)
        table = PlantedTable(context, model, untrained_state(context, model), cases)
        return TABLES[self.measure](table)


NAMES = (
    "accuracy among the choices",
    "attention on the key",
    "key first by attention",
    "key first by occlusion among the choices",
)


class PlantedCurve(Method):
    """The planted documents epoch by epoch: does attention find the key as it is learnt?

    1. The held-out documents of *planted* are asked at each epoch, 0 being before training.
    2. Four shares are drawn on one axis: the accuracy of the decided word among the words
       that could stand there; the attention on the key's slot; and how often the key's slot
       has the largest value of the window by attention and by occlusion among the words
       that could stand there, ties lost.

    If accuracy rises and attention on the key does not, the model learnt to use the key
    without ever showing it in its map.

    Source: as in *planted*.
    """

    needs: ClassVar = (LanguageModel,)
    gives: ClassVar = Curves
    expects: ClassVar = frozenset({Annotation.TRUTH})
    method: Literal["planted_curve"]
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask; without it, all that were kept."""
    documents: int = Field(default=200, ge=1, le=100_000)
    """At most so many held-out documents."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> Curves:
        """Measure at each epoch; see the base."""
        cases = find_planted_cases(context, context.model.at("best"), self.documents)
        return measure_epochs(
            context,
            self.epochs,
            lambda model: planted_shares(model, cases),
            NAMES,
            "share",
        )


def planted_shares(model: LanguageModel, cases: PlantedCases) -> tuple[float, ...]:
    """Compute the means over documents of the measures in `NAMES`."""
    among, _ = planted_documents.is_decided_right(model, cases, cases.rows)
    weights = planted_documents.attention_by_slot(model, cases)
    drops = planted_documents.decision_by_slot(model, cases)
    return (
        float(among.mean()),
        float(planted_documents.key_sum(weights, cases).mean()),
        float(is_key_largest(weights, cases).mean()),
        float(is_key_largest(drops, cases).mean()),
    )
