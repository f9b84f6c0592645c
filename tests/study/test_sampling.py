"""How texts were chosen is refused where the study file itself says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.errors import ConfigError
from generator.study.study import Study, load_study

STUDY = """\
title: T
sampling: {sampling}
corpora:
  reviews: {{kind: planted_reviews, documents: 300}}
models:
  reader: {{kind: sentiment, corpus: reviews, epochs: 1}}
artifacts:
  words: {{method: attention, model: reader{texts}}}
figures:
  seen: {{figure: heatmap, artifact: words{chosen}}}
"""


def load(tmp_path: Path, sampling: str, texts: str, chosen: str = "") -> Study:
    """The study with these settings."""
    folder = tmp_path / "studies" / "2024-01-02-chosen"
    folder.mkdir(parents=True)
    text = STUDY.format(sampling=sampling, texts=texts, chosen=chosen)
    (folder / "study.yaml").write_text(text, "utf-8")
    return load_study(folder)


TYPED = ", texts: [a fine film, a dull film]"
BOTH = f"{TYPED}, documents: 5"


@pytest.mark.parametrize(
    ("texts", "chosen"), [(TYPED, ""), (BOTH, ""), (BOTH, ", texts: [2, 3]")]
)
def test_typed_texts_are_not_random(tmp_path: Path, texts: str, chosen: str) -> None:
    """The message has the line of the setting, that of the texts, and what to do."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "random", texts, chosen)
    (problem,) = caught.value.problems
    assert "study.yaml:2:11: sampling: random, but figure" in problem
    assert '"seen" shows texts of artifact "words" that you typed (line 8)' in problem
    assert "write sampling: cherry-picked" in problem


@pytest.mark.parametrize(
    ("sampling", "texts", "chosen"),
    [
        ("random", ", documents: 5", ""),
        ("random", BOTH, ", texts: [3, 4]"),
        ("cherry-picked", TYPED, ""),
        ("all", BOTH, ""),
    ],
)
def test_documents_may_be_random(
    tmp_path: Path, sampling: str, texts: str, chosen: str
) -> None:
    """Documents alone, or chosen past the typed ones; other words are the author's."""
    assert load(tmp_path, sampling, texts, chosen).sampling == sampling
