"""Alignments of translators whose attention is known: what is stored is what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generator.artifacts import AlignmentFrames, Alignments, Curves, Estimates
from generator.core.errors import CorpusError, IntegrityError, UnsupportedError
from generator.core.tokens import Token
from generator.corpora.base import Corpus, Document
from generator.corpora.words import WordVocabulary
from generator.methods import METHODS
from generator.methods.base import Context
from generator.methods.translation.link_extraction import is_word
from generator.models.base import Texts
from generator.models.capabilities import DifferentiableTranslator, TranslationScores
from tests.fakes.language_models import FakeTrained
from tests.fakes.translators import Follower, corpus

CORPUS = corpus()
HELD = tuple(range(30, 40))


def make_context(
    *models: Follower, read: tuple[Any, ...] = (), of: Corpus = CORPUS
) -> Context:
    """What a method is given; the last ten pairs are for validation and the test."""
    found = FakeTrained({model.epoch: model for model in models}, held_out=HELD)
    found.log = replace(found.log, tested=HELD)
    return Context(found, of, read, (7, 1))


def collect(method: str, *models: Follower, read: Any = (), **settings: Any) -> Any:
    """What a method gives."""
    given = {"method": method, "model": "m", **settings}
    spec = METHODS[method].model_validate(given)
    models = models or (Follower(CORPUS.documents),)
    return spec.collect(make_context(*models, read=read))


def test_the_fake_is_a_translator() -> None:
    """Methods ask it as they would ask any."""
    assert isinstance(Follower(CORPUS.documents), DifferentiableTranslator)


def test_attention_on_gold_links() -> None:
    """An error rate of 0, rows as they were, the corpus's tokens, in its order."""
    found = collect("alignment", documents=4)
    assert isinstance(found, Alignments)
    assert found.forced
    assert found.scoring == "by hand"
    assert all(check.passed for check in found.checks)
    for text in found.texts:
        document = CORPUS.documents[text.document or 0]
        assert document.alignment is not None
        words = [token.text for token in text.sources]
        assert words == [*document.text.split(), "</s>"]
        assert text.sources[-1].kind == text.targets[-1].kind == "mark"
        assert text.gold == document.alignment.sure
        facts = {fact.name: fact.value for fact in text.facts}
        assert facts["alignment error rate"] == 0
        rows = text.scores.astype(np.float64)
        shares = -(rows * np.log(rows)).sum(1) / np.log(len(text.sources))
        assert facts["entropy / log n"] == pytest.approx(shares.mean(), abs=1e-5)


def test_attention_beside_gold_links() -> None:
    """One place beside is wrong everywhere."""
    found = collect("alignment", Follower(CORPUS.documents, shift=1), documents=4)
    for text in found.texts:
        facts = {fact.name: fact.value for fact in text.facts}
        assert facts["alignment error rate"] == 1.0


def test_a_given_text_is_translated_and_has_no_gold() -> None:
    """Its target is the model's own."""
    source = CORPUS.documents[31].text
    found = collect("alignment", texts=(source,))
    (text,) = found.texts
    assert text.gold is None
    assert not found.forced
    written = " ".join(token.text for token in text.targets[:-1])
    assert written == CORPUS.documents[31].translation
    assert "no gold alignment for 1 of 1 texts" in found.notes
    assert "alignment error rate" not in {fact.name for fact in text.facts}


def test_links_between_other_tokens_are_not_gold() -> None:
    """Links of characters say nothing to a model of words."""
    documents = tuple(
        replace(d, alignment=replace(d.alignment, unit="character"))
        for d in CORPUS.documents
        if d.alignment is not None
    )
    spec = METHODS["alignment"].model_validate(
        {"method": "alignment", "model": "m", "documents": 2}
    )
    found = spec.collect(
        make_context(
            Follower(CORPUS.documents), of=replace(CORPUS, documents=documents)
        )
    )
    assert isinstance(found, Alignments)
    assert all(text.gold is None for text in found.texts)


class Unruly(Follower):
    """Weights that sum to 2."""

    def read(self, sources: Texts, targets: Texts) -> TranslationScores:
        found = super().read(sources, targets)
        return replace(found, weights=tuple(2 * w for w in found.weights))


def test_rows_that_do_not_sum_to_1_are_not_stored() -> None:
    """The check refuses them by name."""
    with pytest.raises(IntegrityError, match="attention rows sum to 1"):
        collect("alignment", Unruly(CORPUS.documents), documents=2)


def test_frames() -> None:
    """One frame an epoch, each with its own, all with the same rows."""
    models = [
        Follower(CORPUS.documents, shift, epoch) for shift, epoch in ((1, 0), (0, 5))
    ]
    found = collect("alignment_history", *models, documents=2)
    assert isinstance(found, AlignmentFrames)
    assert [frame.epoch for frame in found.frames] == [0, 5]
    first, last = (frame.texts[0] for frame in found.frames)
    assert (first.sources, first.targets) == (last.sources, last.targets)
    assert first.facts[0].value == 1.0
    assert last.facts[0].value == 0.0


def test_occlusion_finds_what_is_needed() -> None:
    """The drop is 2.9 nats for the words of a missing source word, 0 for others."""
    found = collect("source_occlusion", documents=3)
    for text in found.texts:
        words = [token.text for token in text.sources]
        assert np.isnan(text.scores[:, -1]).all()
        for target, source in text.gold or ():
            if words.count(words[source]) == 1:
                assert text.scores[target, source] == pytest.approx(2.9, abs=1e-5)
        assert np.nanmin(text.scores) == 0


def test_gradients_are_the_models() -> None:
    """Signed, of the model's own products."""
    found = collect("source_gradients", documents=2)
    assert found.signed
    assert found.texts[0].scores.min() < 0 < found.texts[0].scores.max()
    assert found.texts[0].facts[0].value == 0.0


def error(*read: Alignments, **settings: Any) -> Estimates:
    """Error rates of artifacts."""
    names = tuple(f"a{i}" for i in range(len(read)))
    found = collect("alignment_error", read=read, of=names, **settings)
    assert isinstance(found, Estimates)
    return found


def test_error_rates_of_several() -> None:
    """Gold is 0, beside it is 1, and both nulls lie between."""
    good = collect("alignment", documents=10)
    bad = collect("alignment", Follower(CORPUS.documents, shift=1), documents=10)
    rows = {row.name: row for row in error(good, bad, names=("good", "bad")).rows}
    assert (rows["good"].value, rows["good"].low, rows["good"].high) == (0, 0, 0)
    assert rows["bad"].value == 1
    assert 0 < rows["a diagonal"].low < rows["a diagonal"].high < 1
    assert rows["links at random"].value > 0.7
    assert {rows[n].role for n in ("a diagonal", "links at random")} == {"null"}


def test_a_diagonal_fits_copies() -> None:
    """The null that follows the diagonal makes no error on a copy task."""
    copies = corpus(task="copy")
    spec = METHODS["alignment"].model_validate(
        {"method": "alignment", "model": "m", "documents": 5}
    )
    found = spec.collect(make_context(Follower(copies.documents), of=copies))
    assert isinstance(found, Alignments)
    rows = {row.name: row.value for row in error(found).rows}
    assert rows["a diagonal"] == 0


def test_kinds_of_links() -> None:
    """All kinds are right on gold links; none is beside them."""
    good = collect("alignment", documents=10)
    rows = error(good, measure="kinds").rows
    assert {row.name for row in rows} == {"in order", "moved", "second of two"}
    assert all(row.value == 1 for row in rows)
    bad = collect("alignment", Follower(CORPUS.documents, shift=1), documents=10)
    assert all(row.value == 0 for row in error(bad, measure="kinds").rows)


def test_what_cannot_be_measured() -> None:
    """No gold, other texts, or something else are refused, with what to do."""
    given = collect("alignment", texts=("the dog sees a cat .",))
    with pytest.raises(UnsupportedError, match="no gold alignment"):
        error(given)
    few, many = (collect("alignment", documents=n) for n in (2, 3))
    with pytest.raises(UnsupportedError, match="other texts"):
        error(few, many)
    with pytest.raises(UnsupportedError, match="holds no scores of a target"):
        collect("alignment_error", read=(error(few),), of=("x",))


def test_curve() -> None:
    """Error falls from 1 to 0; accuracy is of the likeliest tokens."""
    models = [
        Follower(CORPUS.documents, shift, epoch) for shift, epoch in ((1, 0), (0, 5))
    ]
    found = collect("alignment_curve", *models, documents=10)
    assert isinstance(found, Curves)
    lines = dict(zip(found.names, found.y, strict=True))
    np.testing.assert_allclose(lines["alignment error rate"], [1, 0])
    np.testing.assert_allclose(lines["token accuracy"], 1)
    assert found.x.tolist() == [0, 5]


def test_accuracy() -> None:
    """The fake's beam is always right and its greedy search never."""
    rows = {row.name: row for row in collect("translation_accuracy", documents=10).rows}
    assert rows["tokens"].value == 1
    assert rows["whole targets, greedy"].value == 0
    assert rows["whole targets, beam of 4"].value == 1
    assert rows["whole targets, beam of 4"].n == 10


class Forgetful(Follower):
    """Knows no word of a target but three, and is sure of the unknown."""

    def __init__(self, documents: Sequence[Document], epoch: int = 1) -> None:
        super().__init__(documents, epoch=epoch)
        self.targets = WordVocabulary(self.targets.words[:4])
        for source, (target, links) in self.known.items():
            ids = tuple(i if i < len(self.targets) else 1 for i in target)
            self.known[source] = ids, links


def test_an_unknown_word_is_never_right() -> None:
    """To expect the token of all unknown words is no translation of any."""
    model = Forgetful(CORPUS.documents)
    rows = {
        row.name: row.value
        for row in collect("translation_accuracy", model, documents=10).rows
    }
    assert rows["whole targets, beam of 4"] == 0
    found = collect("alignment", documents=10)
    words = model.targets.words
    known = [token.text in words for text in found.texts for token in text.targets]
    assert rows["tokens"] == pytest.approx(np.mean(known))
    curve = collect("alignment_curve", model, documents=10)
    assert curve.y[0] == pytest.approx(np.mean(known), abs=1e-6)


def test_agreement_of_matrices() -> None:
    """A matrix agrees with itself; the unit is the text, its target tokens averaged."""
    one = collect("alignment", documents=5)
    other = collect("source_gradients", documents=5)
    found = collect("agreement", read=(one, other), of=("one", "other"), top=2)
    assert found.values[0, 0, 1] == pytest.approx(1, abs=0.35)
    assert found.values[1, 0, 1] > 0.4
    assert (found.texts[:2, 0, 1] == 5).all()
    assert "5 texts" in found.notes
    tokens = sum(len(text.targets) for text in one.texts)
    assert f"{tokens} target tokens, averaged within each text" in found.notes
    assert found.quantities == ("attention weight", "gradient times input")


def test_agreement_refuses_other_targets() -> None:
    """Rows of other target tokens are no rows of the same."""
    one = collect("alignment", documents=5)
    moved = replace(one.texts[0], targets=one.texts[0].targets[::-1])
    other = replace(one, texts=(moved, *one.texts[1:]))
    with pytest.raises(UnsupportedError, match="another than that"):
        collect("agreement", read=(one, other), of=("one", "other"))


def rows_of(method: str, *read: Alignments, **settings: Any) -> dict[str, Any]:
    """Rows of a measure of several matrices, by their names."""
    found = collect(method, read=read, **settings)
    assert isinstance(found, Estimates)
    return {row.name: row for row in found.rows}


def test_links_in_common() -> None:
    """All with what it is itself, none beside; both nulls between; n counts texts."""
    good = collect("alignment", documents=10)
    bad = collect("alignment", Follower(CORPUS.documents, shift=1), documents=10)
    needed = collect("source_gradients", documents=10)
    rows = rows_of(
        "same_links", good, bad, needed, of=("good", "bad"), names=("a", "b"), to="to"
    )
    assert (rows["a"].value, rows["a"].low, rows["a"].high) == (1, 1, 1)
    assert rows["b"].value == 0
    assert rows["a"].n == 10
    assert 0 < rows["links at random"].value < rows["a diagonal"].value < 1
    assert {rows[n].role for n in ("a diagonal", "links at random")} == {"null"}


def test_links_in_common_need_a_score_on_both_sides() -> None:
    """Occlusion leaves the closing mark out, so it is no choice of the other either."""
    needed = collect("source_occlusion", documents=10)
    other = collect("alignment", documents=10)
    for text in other.texts:
        text.scores[:, -1] += 2
    rows = rows_of("same_links", other, needed, of=("other",), to="needed")
    plain = collect("alignment", documents=10)
    again = rows_of("same_links", plain, needed, of=("other",), to="needed")
    assert rows["other"] == again["other"]


def test_a_diagonal_shares_the_links_of_copies() -> None:
    """All of them; links at random share one in as many as a source has tokens."""
    copies = corpus(task="copy")
    spec = METHODS["alignment"].model_validate(
        {"method": "alignment", "model": "m", "documents": 5}
    )
    made = make_context(Follower(copies.documents), of=copies)
    one = spec.collect(made)
    assert isinstance(one, Alignments)
    rows = rows_of("same_links", one, one, of=("one",), to="to")
    assert rows["a diagonal"].value == 1
    words = [text for text in one.texts for t in text.targets if is_word(t)]
    expected = np.mean([1 / len(text.sources) for text in words])
    assert rows["links at random"].value == pytest.approx(expected)


def test_links_to_marks() -> None:
    """No word is linked to the closing mark but where all weight is on it."""
    good = collect("alignment", documents=10)
    marks = collect("alignment", documents=10)
    for text in marks.texts:
        text.scores[:, -1] += 2
    rows = rows_of("links_to_marks", good, marks, of=("good", "marks"))
    assert (rows["good"].value, rows["marks"].value) == (0, 1)
    words = [text for text in good.texts for t in text.targets if is_word(t)]
    expected = np.mean([np.mean([not is_word(s) for s in t.sources]) for t in words])
    assert rows["links at random"].value == pytest.approx(expected)


@pytest.mark.parametrize("method", ["same_links", "links_to_marks"])
def test_links_that_cannot_be_compared(method: str) -> None:
    """Other texts, something else, and targets without a word are refused."""
    to = {"to": "b"} if method == "same_links" else {}
    of = ("a",) if to else ("a", "b")
    few, many = (collect("alignment", documents=n) for n in (2, 3))
    with pytest.raises(UnsupportedError, match="other texts"):
        collect(method, read=(few, many), of=of, **to)
    other = error(few)
    with pytest.raises(UnsupportedError, match="holds no scores of a target"):
        collect(method, read=(few, other), of=of, **to)
    marks = (replace(few.texts[0], targets=(Token("."),) * len(few.texts[0].targets)),)
    empty = replace(few, texts=marks)
    with pytest.raises(UnsupportedError, match="no target word has a score"):
        collect(method, read=(empty, empty), of=of, **to)


def test_texts_that_cannot_be_asked() -> None:
    """Too long a source, and a side of the corpus without documents."""
    with pytest.raises(CorpusError, match="tokens; expected 1 to 39"):
        collect("alignment", texts=("dog " * 60,))
    spec = METHODS["alignment"].model_validate(
        {"method": "alignment", "model": "m", "documents": 2}
    )
    model = FakeTrained({1: Follower(CORPUS.documents)})
    with pytest.raises(CorpusError, match="test side"):
        spec.collect(Context(model, CORPUS, (), (7, 1)))
