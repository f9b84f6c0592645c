"""The program from Python: what is asked has a study's words, numbers and messages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import generator as studies
from generator.artifacts import TokenScores
from generator.cli.main import main
from generator.collect.interactive import Answer, AskableModel
from generator.core.errors import ConfigError, MissingArtifactError, StudyError

TEXT = "A GOOD film, not bad."


def predict(texts: list[str]) -> np.ndarray[Any, Any]:
    """More good words make a text more probably good."""
    sums = np.array([t.lower().count("good") for t in texts], float)
    return np.stack([1 / (1 + np.exp(sums)), 1 / (1 + np.exp(-sums))], axis=1)


def wrap(**settings: Any) -> AskableModel:
    """The function as a model."""
    return studies.wrap(predict, ["no", "yes"], **settings)


def find_scores(answer: Answer) -> dict[str, float]:
    """The scores of an answer's first text by token."""
    assert isinstance(answer.artifact, TokenScores)
    text = answer.artifact.texts[0]
    return {t.text: float(s) for t, s in zip(text.tokens, text.scores, strict=True)}


def test_a_wrapped_function_is_explained_and_graded() -> None:
    """Its one word that counts has all of the score, and hiding it costs that."""
    found = wrap().ask("shap", texts=[TEXT])
    scores = find_scores(found)
    assert scores["GOOD"] == pytest.approx(1 / (1 + np.exp(-1)) - 0.5)
    assert all(abs(scores[one]) < 1e-9 for one in scores if one != "GOOD")
    graded = wrap().ask("faithfulness", of=[found])
    (row,) = [row for row in graded.artifact.rows if row.name == "comprehensiveness"]
    assert row.value == pytest.approx(scores["GOOD"])
    assert row.of == "shap-1"


def test_an_answer_is_drawn_without_a_script() -> None:
    """As one picture, with the words; a figure that cannot draw it is told."""
    found = wrap().ask("lime", texts=[TEXT + "<script>"], samples=50)
    shown = found._repr_html_()
    assert shown.count("<svg") == 1
    assert ">GOOD<" in shown
    assert "<script" not in shown
    assert shown == found._repr_html_()
    assert found.draw("bars").startswith(b"<svg") or b"<svg" in found.draw("bars")
    assert "lime" in repr(found)
    with pytest.raises(ConfigError, match='figure "matrix" does not draw it; these do'):
        found.draw("matrix")
    with pytest.raises(ConfigError, match=r'^unknown key "bund"; did'):
        found.draw("heatmap", bund=1)


@pytest.mark.parametrize(
    ("method", "settings", "said"),
    [
        ("lme", {"texts": ["a"]}, '^there is no method "lme"; did you mean "lime"'),
        ("lime", {"texts": ["a"], "samples": "x"}, "^samples must be a whole number"),
        ("lime", {"txts": ["a"]}, '^unknown key "txts"; did you mean "texts"'),
        ("lime", {"texts": ["a"], "samples": {1, 2}}, "what a study file can hold"),
        ("lime", {}, "give texts"),
        ("attention", {"texts": ["a"]}, "^method attention needs a classifier"),
        ("faithfulness", {"of": ["x"]}, '^there is no artifact "x"'),
    ],
)
def test_mistakes_have_the_messages_of_a_study(
    method: str, settings: dict[str, Any], said: str
) -> None:
    """One message of ours, without a place in a file that nobody wrote."""
    with pytest.raises(StudyError, match=said) as raised:
        wrap().ask(method, **settings)
    assert not re.search(r"answer:\d|pydantic", str(raised.value))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[0.5, 0.4]], "sum to 0.9 and not to 1"),
        ([[1.0]], r"expected \(\d+, 2\): a row for each text"),
        ([[np.nan, 1.0]], "not all finite"),
    ],
)
def test_a_function_that_gives_no_probabilities(rows: list[Any], said: str) -> None:
    """It is refused with what it gave."""
    model = studies.wrap(lambda texts: rows * len(texts), ["no", "yes"])
    with pytest.raises(ConfigError, match=said):
        model.ask("leave_one_out", texts=[TEXT])


def test_attention_of_ones_own() -> None:
    """Weights of a second function are drawn; of another length they are not."""

    def attend(texts: list[str]) -> list[list[float]]:
        return [[1 / 8] * 8 for _ in texts]

    found = wrap(attention=attend).ask("attention", texts=["a b c d e f g h"])
    assert set(find_scores(found).values()) == {0.125}
    with pytest.raises(ConfigError, match="gave 8 weights for the 3 tokens"):
        wrap(attention=attend).ask("attention", texts=["a b c"])


def test_a_mask_stands_in_the_place_of_words() -> None:
    """The function sees it where a word is hidden."""
    seen = set[str]()

    def look(texts: list[str]) -> np.ndarray[Any, Any]:
        seen.update(texts)
        return predict(texts)

    model = studies.wrap(look, ["no", "yes"], mask="[MASK]")
    model.ask("leave_one_out", texts=["A good film"])
    assert "A [MASK] film" in seen


STUDY = """title: Words
summary: A bag of words.
seed: 3
corpora:
  reviews: {kind: planted_reviews, documents: 60, classes: 2}
models:
  bag: {kind: bag_of_words, corpus: reviews}
artifacts:
  shap: {method: shap, model: bag, documents: 3}
"""


@pytest.mark.slow(4)
def test_a_study_gives_the_numbers_of_its_build(tmp_path: Path) -> None:
    """A model is trained once, and its answer is what the study collects."""
    folder = tmp_path / "studies" / "2026-01-01-words"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY)
    (folder / "index.md").write_text("Words.\n")
    study = studies.load(folder)
    with pytest.raises(ConfigError, match='no model "bg"; did you mean "bag"'):
        study.model("bg")
    with pytest.raises(MissingArtifactError):
        study.answer("shap")
    model = study.model("bag")
    found = model.ask("shap", name="shap", documents=3)
    assert main(["collect", "-q", "-C", str(tmp_path)]) == 0
    kept = study.answer("shap")
    assert find_scores(found) == find_scores(kept)
    graded = model.ask("faithfulness", of=["shap"])
    assert {row.of for row in graded.artifact.rows} == {"shap"}
    mine = studies.load(folder).model("bag").ask("agreement", of=[kept, found])
    assert mine.artifact is not None


def test_a_name_is_imported_when_it_is_used() -> None:
    """Importing the package imports nothing heavy; another name is an error."""
    code = "import sys, generator; print('numpy' in sys.modules, generator.wrap)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("False <function wrap")
    with pytest.raises(AttributeError, match="no attribute 'wrp'"):
        _ = studies.wrp  # type: ignore[attr-defined]
