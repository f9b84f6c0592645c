"""Which scores apply follows from what methods read, need and expect."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.artifacts import TrustAspect
from generator.study.scoring import ASPECTS, find_inapplicable
from generator.study.study import Study, load_study

STUDY = """\
title: T
corpora:
  reviews: {kind: planted_reviews, documents: 300}
  pairs: {kind: planted_pairs, documents: 300}
  songs: {kind: planted_songs, documents: 300}
models:
  reader: {kind: sentiment, corpus: reviews, epochs: 1}
  translator: {kind: translation, corpus: pairs, epochs: 1}
  lm: {kind: textgenrnn, corpus: songs, epochs: 1, word_level: true}
artifacts:
  words: {method: lime, model: reader, documents: 5}
  links: {method: alignment, model: translator, documents: 5}
  greedy: {method: writing, model: lm, prefix: the}
  hidden: {method: occlusion, model: lm, of: greedy}
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A classifier, a translator and a language model, with what explains each."""
    folder = tmp_path / "studies" / "2024-01-02-scored"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY, "utf-8")
    return load_study(folder)


def test_all_scores_apply_where_all_methods_do(study: Study) -> None:
    """Words of a classifier on a corpus with rationales can be scored in all ways."""
    assert not find_inapplicable(study, "words")
    assert not find_inapplicable(study, "nobody")


@pytest.mark.parametrize("name", ["links", "greedy", "hidden"])
def test_a_reason_says_what_is_read(study: Study, name: str) -> None:
    """What holds no scores of a text's words is told apart by its kind."""
    reasons = find_inapplicable(study, name)
    expected: set[TrustAspect] = {"faithfulness", "stability", "sanity", "rationale"}
    assert expected <= reasons.keys()
    assert all("needs token scores or anchors" in reasons[a] for a in expected)


def test_links_can_still_agree(study: Study) -> None:
    """Agreement reads alignments too, so that it applies where the others do not."""
    assert "agreement" not in find_inapplicable(study, "links")


def test_what_the_corpus_lacks_is_named(study: Study) -> None:
    """Without rationales nothing is scored against them, unless the author has some."""
    bare = study.model_copy(update={"corpora": {"reviews": study.corpora["songs"]}})
    assert "rationales" in find_inapplicable(bare, "words")["rationale"]
    typed = study.artifacts["words"].model_copy(update={"texts": ("a fine film",)})
    given = bare.model_copy(update={"artifacts": {"words": typed}})
    assert "rationale" not in find_inapplicable(given, "words")


def test_a_model_without_a_capability_says_so(study: Study) -> None:
    """A model that offers none of what a score needs has no such score."""
    told = study.artifacts["words"].model_copy(update={"model": "lm"})
    mute = study.model_copy(update={"artifacts": {"words": told}})
    reasons = find_inapplicable(mute, "words")
    assert {"stability", "sanity"} <= reasons.keys()
    assert all(reasons.values())
    assert set(reasons) <= set(ASPECTS)
