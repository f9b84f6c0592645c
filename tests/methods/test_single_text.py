"""A model of a single text is shown after the first window that it was never taught."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core.errors import CorpusError, UnsupportedError
from generator.corpora.base import Folders, Truth
from generator.methods.common import language_model_texts
from generator.methods.language_model.planted_documents import find_planted_cases
from generator.methods.language_model.reading import TextReading
from generator.methods.language_model.tfidf import TfidfCorrelation
from generator.methods.language_model.writing import TextGeneration
from generator.methods.training.samples import TextSampling
from generator.study.keys import compute_expected_keys
from generator.study.study import load_study
from tests.fakes.language_models import (
    CopyWriter,
    UniformWriter,
    ask,
    corpus_of,
    trained,
    words,
)

WINDOW, LENGTH = 4, 5
TEXT = "w1 w2 w3 w1 w2 w3"
STUDY = """\
title: T
corpora: {{c: {{kind: source_code}}}}
models: {{lm: {{kind: textgenrnn, corpus: c, single_text: {single}}}}}
artifacts: {{w: {{method: writing, model: lm}}}}
"""


def single(kind: type[UniformWriter] = UniformWriter, **more: Any) -> UniformWriter:
    """A writer of a single text, which has no mark."""
    return kind(words(3, mark=None), WINDOW, **more)


def write(model: UniformWriter, prefix: str) -> Any:
    """A text that a model writes."""
    settings = {"length": LENGTH, "prefix": prefix, "read_prefix": True}
    method = TextGeneration(method="writing", model="lm", **settings)
    return method.collect(ask(trained(model)))


def has_padding(scores: Any) -> bool:
    """Whether a step was read through padding."""
    kinds = {token.kind for history in scores.histories for token in history}
    return "pad" in kinds


@pytest.mark.parametrize("prefix", ["", "w1", TEXT])
def test_writing_begins_after_the_first_window(prefix: str) -> None:
    """Every history is a whole window; `length` tokens are shown after it.

    What is written in between is the same text, so that it goes on as it would.
    """
    found = write(single(CopyWriter, lag=3), prefix)
    given = len(prefix.split())
    assert not has_padding(found)
    assert len(found.targets) == LENGTH + max(0, given - WINDOW)
    if prefix == TEXT:
        assert [token.text for token in found.targets][:4] == ["w2", "w3", "w1", "w2"]


def test_without_the_cut_padding_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: asked from its first token, the model answers to padding."""
    for name in ("first_place", "count_unasked"):
        monkeypatch.setattr(
            f"generator.methods.language_model.writing.{name}", lambda *_: 0
        )
    assert has_padding(write(single(), ""))


def test_reading_begins_after_the_first_window() -> None:
    """A given text is read from there on; one that ends before is refused."""
    reading = TextReading(method="reading", model="lm", text=TEXT)
    (frame,) = reading.collect(ask(trained(single()))).frames
    assert not has_padding(frame)
    assert [token.text for token in frame.targets] == ["w2", "w3"]
    short = TextReading(method="reading", model="lm", text="w1 w2 w3 w1")
    with pytest.raises(UnsupportedError, match=r"holds 4 tokens.* give a longer text"):
        short.collect(ask(trained(single())))


@pytest.mark.parametrize("prefix", ["", "w1", TEXT])
def test_samples_are_cut_as_upstream_cuts_them(prefix: str) -> None:
    """The first window goes, prefix or not, and `length` tokens more are written."""
    settings = {"temperatures": (0.0,), "texts": 1, "length": LENGTH, "prefix": prefix}
    method = TextSampling(method="samples", model="lm", **settings)
    (sample,) = method.collect(ask(trained(single()))).samples
    given = len(prefix.split())
    assert len(sample.text.split()) == LENGTH + max(0, given - WINDOW)


def test_tfidf_asks_about_whole_windows() -> None:
    """Steps of the first window are no pairs of attention and rarity."""
    method = TfidfCorrelation(method="tfidf", model="lm", texts=2, length=LENGTH)
    steps = method._write(ask(trained(single())), single())
    assert len(steps.rows) == 2 * LENGTH
    assert np.all(steps.rows != 0)


def test_planted_documents_are_asked_about_whole_windows() -> None:
    """A decided word in the first window is left out, with the reason."""
    truths = [Truth((0, 1), 2, ("w3",)), Truth((3, 4), 5, ("w3",))]
    corpus = corpus_of(TEXT, TEXT, truths=truths)
    context = ask(trained(single(), held_out=(0, 1)), corpus=corpus)
    cases = find_planted_cases(context, single(), 9)
    assert len(cases) == 1
    assert np.all(cases.rows != 0)
    assert "1 left out: the decided word is in the first window" in cases.notes[1]
    with pytest.raises(CorpusError, match="first window of a single text"):
        find_planted_cases(
            ask(
                trained(single(), held_out=(0,)),
                corpus=corpus_of(TEXT, truths=truths[:1]),
            ),
            single(),
            9,
        )


def test_other_texts_are_asked_about_from_their_mark() -> None:
    """Where texts have marks, nothing is cut: padding was learnt from."""
    model = UniformWriter(words(3), WINDOW)
    assert has_padding(write(model, ""))
    prefix = language_model_texts.read_prefix(model.vocabulary, "")
    assert language_model_texts.count_unasked(model, prefix) == 0


def test_what_was_shown_before_is_collected_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Artifacts of single texts have new keys; models, and other artifacts, do not."""
    from generator.models.base import ModelSpec
    from generator.models.textgenrnn import TextGenRNN

    def find_keys(flag: str) -> Any:
        folder = tmp_path / flag / "2026-01-01-a"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "study.yaml").write_text(STUDY.format(single=flag), "utf-8")
        study = load_study(folder)
        return compute_expected_keys(study, Folders(folder, tmp_path))

    now = {flag: find_keys(flag) for flag in ("true", "false")}
    monkeypatch.setattr(TextGenRNN, "key_answers", ModelSpec.key_answers)
    before = {flag: find_keys(flag) for flag in ("true", "false")}
    assert now["false"] == before["false"]
    assert now["true"].models == before["true"].models
    assert now["true"].artifacts != before["true"].artifacts
