"""One measure of a model on held-out planted documents."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Estimates
from generator.corpora.base import Annotation
from generator.methods.base import Asked, Method
from generator.methods.planted_tables import TABLES, Measure, Table
from generator.methods.states import before_training
from generator.methods.truth import cases
from generator.models.base import Epoch
from generator.models.language_models import LanguageModel


class Planted(Method):
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
    the whole interval lies below it. Undecided: the bar lies inside.

    A model that is accurate has used the key, as nothing else in the document tells the
    answer. If attention is then not on the key, the map does not show what decided; where
    occlusion shows it, the influence came through the state of the recurrent layers.

    Source: planted rationales as a gate for methods, Bastings et al. (2021), "Will you find
    these shortcuts?", arXiv 2111.07367; attention against leave-one-out by Kendall's tau,
    Jain and Wallace (2019), Attention is not explanation, arXiv 1902.10186.
    """

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
        """The one snapshot that is asked."""
        return (self.epoch,)

    def collect(self, asked: Asked) -> Estimates:
        """Measure. Raises `CorpusError`, `UnsupportedError` and `IntegrityError`."""
        model: LanguageModel = asked.model.at(self.epoch)
        found = cases(asked, model, self.documents)
        table = Table(asked, model, before_training(asked, model), found)
        return TABLES[self.measure](table)
