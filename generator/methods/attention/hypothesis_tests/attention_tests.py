"""The method that tests a classifier's attention."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import Distributions, TokenScores
from generator.methods.attention.hypothesis_tests import report, seeds
from generator.methods.attention.hypothesis_tests.report import Published, TextSample
from generator.methods.attention.measures import select_texts
from generator.methods.attribution.gradients import GradientScore
from generator.methods.base import Context
from generator.methods.common.classifier_texts import InputText, TextMethod
from generator.models.capabilities import Attentive, Averaging, Differentiable

Test = Literal["taus", "permutation", "adversary", "seeds"]
ASKS: dict[Test, tuple[type, ...]] = {
    "taus": (Attentive, Differentiable),
    "permutation": (Attentive, Averaging),
    "adversary": (Attentive, Averaging),
    "seeds": (Attentive,),
}
"""What each test asks a model for."""
OWN: dict[str, Test] = {
    "gradient": "taus",
    "published": "taus",
    "permutations": "permutation",
    "tolerance": "adversary",
    "against": "seeds",
    "adversary": "seeds",
}
"""Settings that belong to one test."""


class AttentionTests(TextMethod):
    """Does attention explain the answer? Four tests of it.

    An attention weight says how much of a token enters the mean by which a classifier
    decides. Whether it says *why* the classifier answered as it did is another question,
    and these tests put numbers to it. Each `test` gives one value for each text, over
    documents that the model was not trained on. Texts of one token are left out, as their
    one weight is 1 whatever the model does. Total variation is the share of probability
    that moves from some labels to others, from 0 to 1. The Jensen–Shannon divergence says
    how different two weightings are, from 0 (the same) to ln 2 = 0.693 nats (no token has
    weight in both); 0.347 is that of two weightings that share half of their weight.

    1. `taus`: do three ways to rank the words of a text agree? By attention; by the size of
       the gradient, that is how fast the predicted label's probability would change with
       the presence of the word, attention being held as it is; and by leaving out, that is
       how far the answer moves, in total variation, when the word is taken out of the text.
       Two rankings are compared by Kendall's tau over the words: 1 is the same order, 0
       none in common, -1 the reverse. A text in which one of the three does not vary by
       more than rounding has no tau and is left out. If gradients and leaving out agree
       with each other, there is an order of importance to be found; if attention agrees
       with neither, it does not show that order. Means published for four models can be
       printed beside, with the distance from them.
    2. `permutation`: does it matter which token has which weight? The weights of a text are
       shuffled over its slots many times, and the median total variation between the answer
       with shuffled weights and the model's is noted. Texts are also grouped by their
       largest weight: where one token has nearly all of it and shuffling still changes
       nothing, that weight explains nothing. Even attention cannot be changed by shuffling,
       so its value is exactly 0.
    3. `adversary`: could quite different weights have led to the same answer? For each text
       the weights are sought that differ most from the model's, by their divergence, while
       the answer moves by at most `tolerance`. With two labels they are found exactly; with
       more, by a search from many starts, whose divergences are lower bounds. A large value
       means that the weights shown are not the only ones to tell that story.
    4. `seeds`: how different is the attention of another model that was trained in the same
       way from another seed? The weights of this model are compared with those of each
       model in `against` on the same texts, and the mean over the models is a text's value.
       Beside it stands the divergence from even attention, which says how much there was to
       differ by. An adversary's values can be shown on the same axis. An adversary that
       differs no more than a seed does shows only what chance does; one that differs far
       more has found weights to which training does not lead, so that its existence says
       less about the model.

    Both answers are computed from the values that the model averages, so shuffled and
    adversarial weights are tried without changing anything else in it. The other baseline
    of this debate is a model of its own, trained with even attention in place of the
    learnt one: if it answers as well, attention was not needed for the task. It is trained
    and compared like any other model.

    Verdicts. Means have 95 % bootstrap intervals over texts; with fewer than ten texts all
    verdicts are undecided. `taus`: the claim is that gradients and leaving out agree with
    each other more than attention does with either. The mean tau of the former less the
    larger of the two other means is resampled, the three values of a text staying together.
    Supported: the interval lies above 0; not supported: below 0. `permutation`: the claim
    is that it matters which tokens get the weight. Supported: the interval of the mean over
    all texts lies above 0.05; not supported: below. `adversary`: the claim is that very
    different attention would have given the same answer. Supported: the interval of the
    mean lies above 0.347; not supported: below. `seeds`: with an adversary the claim is
    that it differs more than another seed does. Supported: the interval of the difference
    of the means lies above 0; not supported: below. Undecided otherwise; without an
    adversary there is no verdict.

    Source: tests 1 to 3, and the published means: Jain and Wallace (2019), Attention is not
    explanation, arXiv 1902.10186; test 4 and the even baseline: Wiegreffe and Pinter
    (2019), Attention is not not explanation, arXiv 1908.04626.

    Differs: with two labels the adversary is found exactly, where the paper follows
    gradients for a fixed number of steps, so values here can only be larger; the answer may
    move by one hundredth in all tasks; a text without three defined taus is left out of all
    three means, which are of the same texts; texts are not divided by their predicted
    label; if padding is weighed it is shuffled with the rest, though never ranked.
    """

    version: ClassVar[int] = 2
    needs: ClassVar = (Attentive,)
    reads: ClassVar = (TokenScores, Distributions)
    gives: ClassVar = Distributions
    method: Literal["attention_tests"]
    test: Test
    """Which test: one quantity on one axis."""
    documents: int = Field(default=300, ge=0, le=100_000)
    """How many documents to ask about, which the model did not learn from."""
    gradient: GradientScore = "input"
    """`taus`: the slope along the word's own vector, or the length of the gradient."""
    published: Published = "none"
    """`taus`: the published model whose means are printed beside."""
    permutations: int = Field(default=100, ge=1, le=10_000)
    """`permutation`: how often each text's weights are shuffled."""
    tolerance: float = Field(default=0.01, gt=0, lt=1)
    """`adversary`: how far the answer may move, in total variation."""
    against: tuple[str, ...] = Field(default=(), max_length=100)
    """`seeds`: the attention of other models, artifacts of the method *attention*."""
    adversary: str | None = None
    """`seeds`: an artifact of test `adversary` to show beside."""

    @model_validator(mode="after")
    def _own(self) -> Self:
        for name in sorted(self.model_fields_set & OWN.keys()):
            if OWN[name] != self.test:
                raise ValueError(f"{name} belongs to test {OWN[name]}: leave it out")
        if self.test == "seeds" and not self.against:
            raise ValueError("against: name the attention of another seed's model")
        if len(set(self.against)) < len(self.against):
            raise ValueError("against: name each artifact once")
        return self

    def required_capabilities(self) -> tuple[type | tuple[type, ...], ...]:
        """Return the capabilities that the test needs."""
        return ASKS[self.test]

    def artifact_names(self) -> tuple[str, ...]:
        """Return the attention of other models, then the adversary."""
        return (*self.against, *([self.adversary] if self.adversary else []))

    def collect(self, context: Context) -> Distributions:
        """Run the test; see the base."""
        model: Any = context.model.at(self.epoch)
        every = self.input_texts(context, model)
        questions, notes = select_texts(every, self.part, unusable_reason)
        sample = TextSample(context, questions, notes)
        if self.test == "taus":
            return report.report_agreement(sample, model, self.gradient, self.published)
        if self.test == "permutation":
            return report.report_permutations(sample, model, self.permutations)
        if self.test == "adversary":
            return report.report_adversary(sample, model, self.tolerance)
        return self._compare_seeds(sample, model, every)

    def _compare_seeds(
        self, sample: TextSample, model: Attentive, every: tuple[InputText, ...]
    ) -> Distributions:
        """Compare with other models' attention, on the texts that can be used."""
        read = sample.context.artifacts
        others = {}
        for name, artifact in zip(self.against, read, strict=False):
            texts = seeds.read_attention(artifact, name, every)
            pairs = zip(every, texts, strict=True)
            others[name] = [text for one, text in pairs if not unusable_reason(one)]
        adversary = None
        if self.adversary is not None:
            adversary = seeds.read_divergences(read[-1], self.adversary)
        return seeds.report_seeds(sample, model, others, adversary)


def unusable_reason(question: InputText) -> str:
    """Return why a text cannot be used, "" where it can."""
    return "" if len(question.ids) > 1 else "fewer than two tokens"
