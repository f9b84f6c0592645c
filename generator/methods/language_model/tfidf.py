"""The correlation of attention with inverse document frequency, and its nulls."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Check, Estimate, EstimateRole, Estimates, Floats
from generator.corpora.base import Document
from generator.corpora.tokenization import Vocabulary
from generator.methods.base import Context, Method
from generator.methods.common.checks import attention_checks, verify_checks
from generator.methods.common.language_model_texts import (
    count_unasked,
    no_corpus_reason,
    predict_histories,
    read_prefix,
    read_text,
    training_documents,
)
from generator.methods.common.snapshots import untrained_state
from generator.methods.common.statistics import (
    bootstrap_mean,
    centre_by_group,
    correlation,
    mean_ranks,
    percentiles,
    permutation_p,
)
from generator.models.base import Epoch, Ids, ModelSpec
from generator.models.capabilities import LanguageModel

Array = NDArray[np.float64]
PAIRS = 20
"""Fewer pairs in a text, and its correlation is noise."""
TEXTS = 10
"""Fewer texts, and the interval is."""
WEAK = 0.1
"""The smallest correlation worth a sentence."""
SIGNIFICANT = 0.05
SHUFFLES, BOOTSTRAPS, STEPS = range(3)
"""Positions of draws."""


class TfidfCorrelation(Method):
    """Does attention rest on rare words?

    1. How rare a word is, is its inverse document frequency over the documents that the
       model was trained on, `idf = ln((1 + N) / (1 + df)) + 1`, with `N` documents of which
       `df` hold the word.
    2. The model writes many texts. Each step and each slot that holds a word gives a pair:
       the attention on the slot and the idf of its word. Padding, unknown words and the
       mark `<s>` are left out.
    3. Attention prefers some slots to others whatever they hold. So both are ranked within
       the text, the mean rank of each slot position is taken away, and what is left is
       correlated: a partial Spearman correlation, one value for each text. A text with
       fewer than 20 pairs, or in which nothing is left to correlate, is left out and
       counted.
    4. The estimate is the mean over texts, with a 95 % bootstrap interval over texts.
    5. Nulls, on the same texts. *idf shuffled*: each word gets the idf of another; p is the
       share of shuffles whose mean is at least as far from 0 as the one observed, itself
       counted as one. *Before training*: the attention of the weights of epoch 0 on the
       same histories. *Recency only*: each step is given the attention of another step of
       its text, slot for slot, which keeps what attention prefers by position and nothing
       else.
    6. Positive control, on the same texts: attention that is the softmax of idf. It says
       how large a value the test could have given.

    Verdict. Supported: the interval lies above 0 and above the value of every null, p <
    0.05, and the value is at least 0.1. Not supported: the interval lies below 0.1, so that
    even a weak association is excluded. Undecided otherwise, and with fewer than 10 texts.

    Source: the conjecture that words of high TF-IDF get attention, in iconix (2018),
    Interpreting attention; the smoothing is scikit-learn's.

    Differs: idf alone, for in texts of this length the term frequency of nearly every word
    is one.
    """

    version: ClassVar[int] = 2
    needs: ClassVar = (LanguageModel,)
    gives: ClassVar = Estimates
    method: Literal["tfidf"]
    texts: int = Field(default=50, ge=2, le=10_000)
    """How many texts to write."""
    length: int = Field(default=60, ge=2, le=5_000)
    """At most so many tokens in each."""
    temperature: float = Field(default=0.5, ge=0, le=100)
    """At 0 all texts would be the same."""
    prefix: str = Field(default="", max_length=20_000)
    """What each text begins with."""
    epoch: Epoch = "best"
    """The snapshot that writes."""
    shuffles: int = Field(default=199, ge=99, le=100_000)
    """How many times idf is shuffled."""

    def unsuitable_reason(self, model: ModelSpec) -> str | None:
        """Return why nothing is counted for a model that learnt from no documents."""
        return no_corpus_reason(model)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot that writes."""
        return (self.epoch,)

    def collect(self, context: Context) -> Estimates:
        """Write, count and correlate; see the base."""
        documents = training_documents(context)
        model: LanguageModel = context.model.at(self.epoch)
        idf = inverse_frequencies(model.vocabulary, documents)
        steps = self._write(context, model)
        correlations = steps.correlations(steps.weights, idf)
        null = shuffled_correlations(steps, idf, self.shuffles, context)
        p = permutation_p(defined_mean(correlations), null, two_sided=True)
        observed = text_mean_estimate(
            "attention and idf", correlations, context, "observed", p
        )
        chance = Estimate(
            "idf shuffled", defined_mean(null), *percentiles(null), observed.n, "null"
        )
        rows = (observed, chance, *self._others(context, model, steps, idf))
        return Estimates(
            epoch=model.epoch,
            checks=steps.checks,
            quantity="partial Spearman correlation, slot position controlled",
            rows=rows,
            reference=0.0,
            reference_name="no association",
            verdict=judge_correlation(rows),
            claim="attention rests on rare words",
            notes=describe_steps(steps, observed.n, len(documents)),
        )

    def _write(self, context: Context, model: LanguageModel) -> AttentionSteps:
        """Generate the texts, and return the steps of all of them."""
        prefix = read_prefix(model.vocabulary, self.prefix)
        unasked = count_unasked(model, prefix)
        length = unasked + self.length
        written = model.write(
            [prefix.ids] * self.texts, length, self.temperature, context.seed
        )
        steps = np.arange(written.ids.shape[1])
        real = (steps >= unasked) & (steps < written.lengths[:, None])
        checked = attention_checks(written.weights[real], written.probabilities[real])
        mark = model.vocabulary.mark
        return AttentionSteps(
            rows=written.histories[real],
            weights=written.weights[real],
            text=np.nonzero(real)[0],
            mark=model.vocabulary.ids[mark] if mark is not None else 0,
            texts=self.texts,
            checks=verify_checks(*checked),
        )

    def _others(
        self, context: Context, model: LanguageModel, steps: AttentionSteps, idf: Array
    ) -> Iterator[Estimate]:
        """Yield the nulls and the control that have one value for each text."""
        untrained = untrained_state(context, model)
        if untrained is not None:
            weights = predict_histories(untrained, steps.rows).weights
            correlations = steps.correlations(weights, idf)
            yield text_mean_estimate("before training", correlations, context, "null")
        correlations = steps.correlations(steps.attention_of_other_steps(context), idf)
        yield text_mean_estimate("recency only", correlations, context, "null")
        correlations = steps.correlations(steps.shares(np.exp(idf[steps.rows])), idf)
        yield text_mean_estimate(
            "attention set to follow idf", correlations, context, "positive control"
        )


def inverse_frequencies(vocabulary: Vocabulary, documents: Iterable[Document]) -> Array:
    """Compute the smoothed inverse document frequency of each id.

    Args:
        vocabulary: The model's vocabulary.
        documents: Those the model was trained on.

    Returns:
        (ids,), NaN for id 0.
    """
    counts = np.zeros(len(vocabulary))
    total = 0
    for document in documents:
        total += 1
        counts[np.unique(read_text(vocabulary, document.text).ids)] += 1
    idf = np.log((1 + total) / (1 + counts)) + 1
    idf[0] = math.nan
    return idf


@dataclass(frozen=True)
class AttentionSteps:
    """The steps of several texts: what was seen, and the attention on it."""

    rows: Ids  # (steps, window)
    weights: Floats  # (steps, window)
    text: NDArray[np.integer[Any]]  # (steps,), which text
    mark: int  # id of the opening mark, 0 for none
    texts: int
    checks: tuple[Check, ...] = ()

    @cached_property
    def words(self) -> NDArray[np.bool_]:
        """Which slots hold a word, (steps, window)."""
        return np.asarray((self.rows != 0) & (self.rows != self.mark))

    def pairs(self, text: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the steps and slots of the words in a text, each (pairs,)."""
        mine = np.flatnonzero(self.text == text)
        steps, slots = np.nonzero(self.words[mine])
        return mine[steps], slots

    @cached_property
    def ids(self) -> tuple[tuple[Ids, NDArray[np.intp]], ...]:
        """Ids and slots of each text's pairs, each (pairs,)."""
        pairs = (self.pairs(text) for text in range(self.texts))
        return tuple((self.rows[at], at[1]) for at in pairs)

    def residuals(self, weights: Floats | Array) -> tuple[Array, ...]:
        """Remove slot position from the ranks of `weights` (steps, window), for each text."""
        pairs = (self.pairs(text) for text in range(self.texts))
        return tuple(
            centre_by_group(mean_ranks(weights[at]), at[1])
            if len(at[0])
            else np.empty(0)
            for at in pairs
        )

    def correlations(self, weights: Floats | Array, idf: Array) -> Array:
        """Correlate weights (steps, window) with idf (ids,), for each text.

        Returns:
            (texts,), NaN where there are too few pairs or no variation.
        """
        return self.correlations_of_residuals(self.residuals(weights), idf)

    def correlations_of_residuals(
        self, residuals: Sequence[Array], idf: Array
    ) -> Array:
        """Correlate residuals with idf; no shuffle of idf changes the residuals."""
        return np.array(
            [
                correlation(left, centre_by_group(mean_ranks(idf[ids]), slots))
                if len(ids) >= PAIRS
                else math.nan
                for left, (ids, slots) in zip(residuals, self.ids, strict=True)
            ]
        )

    def shares(self, sizes: Array) -> Array:
        """Divide `sizes` (steps, window) by their sum over each step's words."""
        word_sizes = np.where(self.words, sizes, 0)
        return np.asarray(
            word_sizes / np.maximum(word_sizes.sum(1, keepdims=True), 1e-30)
        )

    def attention_of_other_steps(self, context: Context) -> Floats:
        """Return each step's attention taken from another step of its text, at random."""
        shuffled = self.weights.copy()
        for text in range(self.texts):
            mine = np.flatnonzero(self.text == text)
            shuffled[mine] = self.weights[
                context.generator(STEPS, text).permutation(mine)
            ]
        return shuffled


def shuffled_correlations(
    steps: AttentionSteps, idf: Array, shuffles: int, context: Context
) -> Array:
    """Compute the means over texts with idf shuffled over the words, (shuffles,)."""
    residuals = steps.residuals(steps.weights)
    words = np.array([at for at in range(1, len(idf)) if at != steps.mark])
    null = np.empty(shuffles)
    for number in range(shuffles):
        other = idf.copy()
        other[words] = context.generator(SHUFFLES, number).permutation(idf[words])
        null[number] = defined_mean(steps.correlations_of_residuals(residuals, other))
    return null


def defined_mean(values: Array) -> float:
    """Compute the mean of what is defined, NaN where nothing is."""
    real = values[np.isfinite(values)]
    return float(real.mean()) if real.size else math.nan


def text_mean_estimate(
    name: str,
    values: Array,
    context: Context,
    role: EstimateRole,
    p: float | None = None,
) -> Estimate:
    """Estimate the mean of one value for each text (texts,), NaN left out."""
    real = values[np.isfinite(values)]
    interval = bootstrap_mean(real, context.generator(BOOTSTRAPS))
    return Estimate(name, *interval, n=real.size, role=role, p=p)


def judge_correlation(
    rows: Sequence[Estimate],
) -> Literal["supported", "not supported", "undecided"]:
    """Judge by the rule in the docstring of the method; the first row is the observed one."""
    observed, nulls = rows[0], [one.value for one in rows if one.role == "null"]
    if observed.n < TEXTS or math.isnan(observed.low):
        return "undecided"
    if observed.high < WEAK:
        return "not supported"
    bar = max([0.0, *(null for null in nulls if math.isfinite(null))])
    clear = observed.low > bar and observed.value >= WEAK
    return "supported" if clear and (observed.p or 1) < SIGNIFICANT else "undecided"


def describe_steps(steps: AttentionSteps, used: int, documents: int) -> tuple[str, ...]:
    """Describe the texts for the notes."""
    notes = [
        f"idf = ln((1 + N) / (1 + df)) + 1 over N = {documents:,} training documents",
        f"{used:,} of {steps.texts:,} texts, {int(steps.words.sum()):,} pairs",
    ]
    if used < steps.texts:
        notes.append(
            f"{steps.texts - used:,} texts left out: fewer than {PAIRS} pairs, or "
            "attention or idf that does not vary"
        )
    return tuple(notes)
