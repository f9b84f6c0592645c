"""The search for the text that a classifier gives the largest log odds."""

from __future__ import annotations

import math
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from generator.artifacts import (
    CandidateText,
    Check,
    OptimisationRun,
    OptimisationStage,
    OptimisedInputs,
)
from generator.core.errors import UnsupportedError
from generator.corpora.words import FIRST_WORD_ID
from generator.methods.base import Context, Method
from generator.methods.common.checks import verify_checks
from generator.methods.common.classifier_texts import label_index
from generator.methods.common.language_model_texts import to_float32
from generator.methods.inputs import maximisation_search
from generator.methods.inputs.maximisation_search import (
    Array,
    ClimbMoment,
    Ids,
    LabelLogOdds,
    MixtureClimb,
    WordExchange,
)
from generator.models.base import Epoch, HasWeightsHash
from generator.models.capabilities import Differentiable

DISTURBED = 0.1
"""Standard deviation of the free numbers at the start, where all words mix evenly."""


class Maximisation(Method):
    """What text would a classifier like best? Its weights stay, the input climbs.

    1. What climbs are the log odds of one label, `log p − log (1 − p)`: they rise with its
       probability and can be told apart where that is nearly 1.
    2. *Mixtures.* A text of a given length begins as even mixtures of all words, a little
       disturbed at random. The model reads the mixtures of the words' vectors,
       `softmax(θ / τ) E`. The numbers θ climb by the gradient, the weights being frozen,
       while the temperature τ falls, so that each mixture comes down to one word.
    3. *Read off as words.* No mixture is a text. So at every step each place is also given
       the word whose vector makes the smallest angle with its mixture, and the model reads
       this text as it would read any. The difference of the two scores is the gap: what the
       relaxation promised and no text keeps.
    4. *Exchanges.* From the last of these texts words are exchanged one by one, as HotFlip
       does: the gradient names the exchanges that promise most, the model is asked about
       sixteen of them, and the best is kept as long as it is better.
    5. All of it is done over from `restarts` starts, with other disturbances.

    **What it is compared with.** For every start: the best of as many random texts of this
    length as `random` says, and exchanges alone, from a random text, without any mixture.
    And once: the best stretch of this length in the texts that the model was trained on. An
    optimised text that is no better than these has found nothing; the figures say so.

    **How far to believe it.** What is found is a text that this model likes, and need not
    be one that anybody writes, or that means anything. Climbing ends in a local maximum:
    how much the starts differ says how far one of them can be trusted, and nothing says
    that all of them did not miss a better one. With `repeats: false` no word may stand in a
    text twice; without it, a model that adds up words is best pleased by one word all over.
    Mixtures know nothing of that rule: where two of them come down to one word, only one of
    the two places gets it, and that is part of the gap.

    Source: Simonyan, Vedaldi and Zisserman (2014), arXiv 1312.6034, for maximising a class
    score by gradient ascent on the input; Ebrahimi, Rao, Lowd and Dou (2018), HotFlip,
    arXiv 1712.06751, for exchanges; a softmax whose temperature falls as in Jang, Gu and
    Poole (2017), arXiv 1611.01144.

    Differs: the softmax has no Gumbel noise, so that a climb depends on its start alone;
    the norm of the input is not penalised, as mixtures of vectors are bounded.
    """

    version: ClassVar[int] = 2
    needs: ClassVar = (Differentiable,)
    gives: ClassVar = OptimisedInputs
    method: Literal["maximisation"]
    label: str
    """The label whose log odds climb."""
    length: int = Field(default=8, ge=1, le=200)
    """Words of the text."""
    restarts: int = Field(default=5, ge=1, le=100)
    """How many starts; five or more say how far a search depends on its start."""
    steps: int = Field(default=120, ge=1, le=10_000)
    """Steps over mixtures."""
    rate: float = Field(default=0.1, gt=0, le=10)
    """Of Adam."""
    temperatures: tuple[float, float] = (1.0, 0.1)
    """At the first step and at the last; it falls in equal ratios between."""
    flips: int = Field(default=40, ge=0, le=10_000)
    """Exchanges of a word after that, at most."""
    repeats: bool = True
    """Whether a word may stand in a text twice."""
    random: int = Field(default=1000, ge=1, le=100_000)
    """Random texts of each start."""
    stretches: int = Field(default=4000, ge=1, le=1_000_000)
    """Stretches of training texts, at most."""
    stages: int = Field(default=8, ge=2, le=100)
    """Steps over mixtures whose text is kept, the first and the last among them."""
    epoch: Epoch = "best"
    """The snapshot that is asked."""

    @model_validator(mode="after")
    def _falling(self) -> Self:
        first, last = self.temperatures
        if not 0 < last <= first:
            raise ValueError(
                f"temperatures: from {first:g} to {last:g}; expected both above 0, and "
                "the second no larger than the first"
            )
        return self

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def collect(self, context: Context) -> OptimisedInputs:
        """Search from every start; see the base."""
        model: Differentiable = context.model.at(self.epoch)
        known = np.arange(FIRST_WORD_ID, len(model.words))
        self._check(model, known.size)
        aim = LabelLogOdds(model, label_index(model, self.label))
        before = model.weights_hash() if isinstance(model, HasWeightsHash) else ""
        flipping = WordExchange(known, self.flips, self.repeats)
        drawn = [
            self._random_texts(context, number, known)
            for number in range(self.restarts)
        ]
        random = [
            maximisation_search.best_text(aim, model.words, texts) for texts in drawn
        ]
        searches = tuple(
            self._search(aim, flipping, moments, drawn[number][0], random[number])
            for number, moments in enumerate(self._climb_starts(context, aim, known))
        )
        trained = maximisation_search.training_stretches(
            context, model.words, self.length, self.stretches
        )
        after = model.weights_hash() if isinstance(model, HasWeightsHash) else ""
        return OptimisedInputs(
            epoch=model.epoch,
            checks=verify_checks(
                Check("the weights are the same after as before", before != after, 0.0)
            ),
            label=self.label,
            labels=model.labels,
            quantity=f"log odds of {self.label}",
            unit="nats",
            searches=searches,
            drawn=self.random,
            best_random=max(random, key=lambda one: one.score),
            best_trained=maximisation_search.best_text(aim, model.words, trained)
            if trained
            else None,
            windows=len(trained),
            notes=self._notes(known.size, len(trained)),
        )

    def _check(self, model: Differentiable, known: int) -> None:
        """Check that texts of the length can exist.

        Raises:
            UnsupportedError: The model reads fewer words, or knows too few.
        """
        if self.length > model.max_tokens:
            raise UnsupportedError(
                f"length: {self.length} words; the model reads {model.max_tokens} at "
                "most"
            )
        if not self.repeats and self.length > known:
            raise UnsupportedError(
                f"length: {self.length} different words; the model knows {known}: "
                "shorten the text, or set repeats: true"
            )

    def _random_texts(
        self, context: Context, number: int, known: Ids
    ) -> maximisation_search.Rows:
        """Draw the random texts of one start."""
        rng = context.generator(number, 1)
        return maximisation_search.random_texts(
            known, self.length, self.random, rng, repeats=self.repeats
        )

    def _climb_starts(
        self, context: Context, aim: LabelLogOdds, known: Ids
    ) -> list[list[ClimbMoment]]:
        """Climb from all starts together, and return the moments of each."""
        shape = (self.length, known.size)
        starts = [
            context.generator(number, 0).normal(0, DISTURBED, shape)
            for number in range(self.restarts)
        ]
        climb = MixtureClimb(self.steps, self.rate, self.temperatures, self.repeats)
        table = aim.model.embedding().astype(np.float64)[known]
        every = [*climb.moments(aim, table, np.stack(starts))]
        return [
            [one.of_start(start) for one in every] for start in range(self.restarts)
        ]

    def _search(
        self,
        aim: LabelLogOdds,
        flipping: WordExchange,
        moments: list[ClimbMoment],
        text: tuple[int, ...],
        random: CandidateText,
    ) -> OptimisationRun:
        """Search from one start on; `text` is where exchanges alone begin."""
        texts = [tuple(flipping.known[one.words].tolist()) for one in moments]
        scores = aim.score(texts)
        flips = [*flipping.climb(aim, texts[-1])]
        alone = [*flipping.climb(aim, text)]
        return OptimisationRun(
            stages=(
                *(
                    build_stage(aim, at, texts[at], float(scores[at]), moments[at])
                    for at in choose_steps(self.steps, self.stages)
                ),
                *(
                    build_stage(aim, self.steps + at, flip, score)
                    for at, (flip, score) in enumerate(flips, 1)
                ),
            ),
            mixtures=to_float32(np.array([one.scores for one in moments])),
            texts=to_float32(scores),
            flipped=flips[-1][1] if flips else float(scores[-1]),
            alone=alone[-1][1] if alone else float(aim.score([text])[0]),
            random=random.score,
        )

    def _notes(self, known: int, trained: int) -> tuple[str, ...]:
        first, last = self.temperatures
        again = "words may repeat" if self.repeats else "no word is used twice"
        words = f"texts of {self.length} words chosen from {known:,}"
        falls = f"the temperature falling from {first:g} to {last:g}"
        exchanges = f"then at most {self.flips:,} exchanges of a word"
        stretches = f"{trained:,} stretches of training texts"
        return (
            f"{words}; {again}",
            f"{self.steps:,} steps over mixtures, {falls}; {exchanges}",
            f"{self.random:,} random texts for each start, {stretches}",
        )


def choose_steps(steps: int, stages: int) -> list[int]:
    """Choose the steps whose text is stored: the first, the last, and some between.

    Most happens early: the steps are spaced evenly in their square roots.
    """
    places = np.linspace(0, math.sqrt(steps), stages) ** 2
    return sorted({round(float(place)) for place in places})


def build_stage(
    aim: LabelLogOdds,
    step: int,
    text: tuple[int, ...],
    score: float,
    moment: ClimbMoment | None = None,
) -> OptimisationStage:
    """Build a text of the search; without a moment there is no mixture."""
    whole: Array = np.ones(len(text))
    return OptimisationStage(
        step=step,
        tokens=tuple(aim.model.words.token(index) for index in text),
        shares=to_float32(whole if moment is None else moment.shares),
        score=score,
        mixture=math.nan if moment is None else float(moment.scores),
        temperature=math.nan if moment is None else moment.temperature,
    )
