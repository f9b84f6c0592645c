"""One measure of where a reader points, and of what it needs."""

from __future__ import annotations

from typing import ClassVar, Literal

from generator.artifacts import Estimates
from generator.corpora.base import Annotation
from generator.methods.base import Asked
from generator.methods.classified import Question
from generator.methods.comparing import AttentionTable
from generator.methods.pointing_tables import TABLES, Measure, Stories
from generator.models.attentive import Reader


class Pointer(AttentionTable):
    """Does a reader of stories point at the sentence that answers, and need it?

    The model reads stories that it did not learn from, of which it is known which sentence
    holds the answer. Nobody told the model: it was trained on answers. Each `measure` is a
    table of one quantity:

    1. `pointing`: how often the largest attention weight of a story is on the sentence that
       answers; a tie with any other counts as lost. The same of two ways of asking what the
       answer needs: the sentence without which the probability of the answer given drops
       most, and the one whose vector has the longest gradient of its logit. Beside them
       stand the attention of right answers alone and of wrong ones, attention before
       training, the rule that takes the last sentence, and a sentence taken at random.
    2. `accuracy`: how often the answer is right; how often it is without the sentence that
       answers, without another one (each in turn, the mean over the story), and before
       training. The line is always giving the most frequent answer.
    3. `dependence`: by how much the probability of the answer given drops without the
       sentence that the model points at, and without another one (the mean), and the same
       before training. The line is no drop.
    4. `agreement`: how often two of attention, leaving out and gradient have their largest
       value on the same sentence, right or wrong. The line is a sentence taken at random.

    Shares have Wilson intervals, means 95 % bootstrap intervals over stories. Stories of
    one sentence, and those of which the sentence that answers was not read, are left out
    and counted in the notes.

    Verdict. In `pointing` and `agreement` the first row is compared with the line; in
    `accuracy` with the accuracy without the sentence that answers, or the line where that
    is larger; in `dependence` with the drop without another sentence. Supported: the whole
    interval lies above the bar. Not supported: it lies below. Undecided otherwise.

    Where sentences know of each other, a reader can be right without pointing at the one
    that answers, as another may carry what it says. Where they do not, and the question
    acts through the weights alone, it cannot answer for long from where it does not point:
    there attention is an explanation because the model was built so that it must be.

    Source: pointing at the supporting fact of a story, Weston et al. (2015), arXiv
    1502.05698, and Sukhbaatar et al. (2015), arXiv 1503.08895.
    Differs: there the supporting fact is shown in training or looked at for single stories;
    here it is held back and every story counts.
    """

    needs: ClassVar = (Reader,)
    expects: ClassVar = frozenset({Annotation.LABEL, Annotation.RATIONALE})
    method: Literal["pointer"]
    measure: Measure = "pointing"
    """Which table: one quantity on one axis."""

    def collect(self, asked: Asked) -> Estimates:
        """Measure. Raises `CorpusError`, `UnsupportedError` and `IntegrityError`."""
        found = self.compare(asked, asked.model.at(self.epoch), why_not)
        return TABLES[self.measure](Stories(found))


def why_not(question: Question) -> str:
    """Why a story cannot tell, "" where it can."""
    if len(question.ids) == 1:
        return "it has one sentence"
    return "" if question.rationale else "the sentence that answers was not read"
