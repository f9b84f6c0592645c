"""Scores of another program: read as they are, and held against the model."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.artifacts import TokenScores
from generator.core.errors import ConfigError, SettingError
from generator.core.package_data import CHECKOUT
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document
from generator.methods.attribution.given import GivenScores
from generator.methods.attribution.given_files import read_given_texts
from generator.methods.base import Context
from generator.methods.common.explanations import explanation_rows
from generator.models.base import ModelSpec
from generator.models.capabilities import Classifier
from generator.models.external import ExternalModel, ExternalRecipe
from tests.models.function.functions import LABELS, make_recipe, try_function

TEXTS: list[dict[str, Any]] = [
    {"tokens": ["A", "good", "film"], "scores": [0.5, -2.0, None], "label": "yes"},
    {"tokens": ["bad"], "scores": [1.0]},
]
"""Two texts with all that must be there."""
ODDS = [{"probabilities": [0.25, 0.75]}, {"probabilities": {"yes": 0.1, "no": 0.9}}]


def make_table(texts: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    """The texts as a table with a row for each token."""
    file = io.StringIO(newline="")
    rows = csv.writer(file, delimiter=delimiter)
    rows.writerow(("text", "token", "score", "label"))
    for number, text in enumerate(texts):
        for token, score in zip(text["tokens"], text["scores"], strict=True):
            blank = "" if score is None else score
            rows.writerow((number, token, blank, text.get("label", "")))
    return file.getvalue().encode()


def make_arrays(texts: list[dict[str, Any]]) -> bytes:
    """The texts as arrays, one behind the other."""
    file = io.BytesIO()
    scores = [one for text in texts for one in text["scores"]]
    np.savez(
        file,
        tokens=np.array([token for text in texts for token in text["tokens"]]),
        scores=np.array([np.nan if one is None else one for one in scores]),
        lengths=np.array([len(text["tokens"]) for text in texts]),
    )
    return file.getvalue()


FORMS = {
    "a.json": json.dumps(TEXTS).encode(),
    "b.json": json.dumps({"texts": TEXTS}).encode("utf-8-sig"),
    "c.jsonl": "\n".join(map(json.dumps, TEXTS)).encode(),
    "d.csv": make_table(TEXTS),
    "e.tsv": make_table(TEXTS, "\t"),
    "f.npz": make_arrays(TEXTS),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_holds_the_same_texts(name: str) -> None:
    """However it is written, tokens and scores are those that were meant."""
    found = read_given_texts(FORMS[name], name)
    assert [list(one.tokens) for one in found] == [one["tokens"] for one in TEXTS]
    for one, text in zip(found, TEXTS, strict=True):
        wanted = [np.nan if x is None else x for x in text["scores"]]
        assert np.array_equal(one.scores, np.array(wanted, float), equal_nan=True)
    if name != "f.npz":
        assert [one.label for one in found] == ["yes", None]


def test_what_neat_vision_reads_is_read() -> None:
    """Its `label` is the text's own, its `prediction` what was predicted."""
    data = [
        {"text": ["a", "b"], "label": 0, "prediction": 1, "posterior": [0.2, 0.8],
         "attention": [0.1, 0.9], "id": "sample_0"},
    ]  # fmt: skip
    (one,) = read_given_texts(json.dumps(data).encode(), "data.json")
    assert (one.tokens, one.label, one.truth) == (("a", "b"), 1, 0)
    assert one.probabilities == (0.2, 0.8)
    assert one.scores.tolist() == [0.1, 0.9]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.json", b"{", r"a\.json: is not JSON"),
        ("a.json", b"\xff", "byte 0 is not UTF-8"),
        ("a.json", b"[]", "holds no text"),
        ("a.json", b"3", "must be a list of texts"),
        ("a.json", b"[3]", r"a\.json: text 1: must be an object"),
        ("a.json", b'[{"tokens": "a b", "scores": [1]}]', "tokens must be a list"),
        ("a.json", b'[{"tokens": ["a"]}]', "scores must be a list .* got null"),
        ("a.json", b'[{"tokens": ["a"], "scores": [1, 2]}]', "1 tokens and 2 scores"),
        ("a.json", b'[{"tokens": ["a"], "scores": ["1"]}]', "one is text"),
        ("a.json", b'[{"tokens": ["a"], "scores": [true]}]', "must be numbers"),
        ("a.json", b'[{"tokens": ["a"], "score": [1]}]', 'did you mean "scores"'),
        ("a.json", b'[{"tokens": ["a"], "words": ["a"], "scores": [1]}]', "twice"),
        ("a.json", b'[{"tokens": ["a"], "scores": [1], "label": true}]', "name or num"),
        ("a.json", b'[{"tokens": ["a"], "scores": [1], "document": "1"}]', "from 0"),
        ("a.json", b'[{"tokens": ["a"], "scores": [1], "probs": [0.5]}]', "sum to 0.5"),
        ("a.json", b'[{"tokens": ["a"], "scores": [1], "probs": "x"}]', "must be num"),
        ("a.jsonl", b'{"tokens": ["a"], "scores": [1]}\n{', r"a\.jsonl:2: is not JSON"),
        ("a.csv", b"text,token\n", r"a\.csv:1: .*no score"),
        ("a.csv", b"text,token,score,labl\n", 'did you mean "label"'),
        ("a.csv", b"text,token,score\n1,a\n", r"a\.csv:2: 2 cells .* 3 columns"),
        ("a.csv", b"text,token,score\n1,a,x\n", r'a\.csv:2: score "x" is no number'),
        ("a.csv", b"", r"a\.csv:1: the heads"),
        ("a.npz", b"PK", "cannot be read"),
        ("a.txt", b"", "ends in"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    name: str, data: bytes, said: str
) -> None:
    """Each mistake is one message with file, place, what was found and expected."""
    with pytest.raises(ConfigError, match=said) as raised:
        read_given_texts(data, name)
    assert str(raised.value).startswith(name)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lengths": np.array([1])}, "sum to that"),
        ({"lengths": np.array([-1, 5])}, "whole numbers"),
        ({"lengths": np.array([1.0, 3.0])}, "whole numbers"),
        ({"labels": np.array(["a"])}, "1 entries of label for 2 texts"),
        ({"tokens": np.array([b"x", b"y", b"z", b"w"], object)}, "cannot be read"),
    ],
)
def test_arrays_that_do_not_fit(changes: dict[str, Any], said: str) -> None:
    """Arrays of other lengths are refused, and objects are never unpickled."""
    arrays: dict[str, Any] = {
        "tokens": np.array(["a", "b", "c", "d"]),
        "scores": np.zeros(4),
        "lengths": np.array([3, 1]),
    }
    file = io.BytesIO()
    np.savez(file, allow_pickle=True, **(arrays | changes))
    with pytest.raises(ConfigError, match=said):
        read_given_texts(file.getvalue(), "a.npz")


def collect(
    tmp_path: Path,
    model: object,
    texts: list[dict[str, Any]],
    corpus: Corpus | None = None,
    **settings: Any,
) -> TokenScores:
    """Draw a file of scores about a model."""
    (tmp_path / "scores.json").write_text(json.dumps(texts))
    words: dict[str, Any] = {"model": "m", "path": "scores.json"}
    method = GivenScores(method="given", **words | settings).with_folder(tmp_path)
    trained: Any = model
    return method.collect(Context(trained, corpus, (), (0, 1)))


def make_external(tmp_path: Path, **settings: Any) -> Any:
    """A model that cannot be asked."""
    spec = ExternalRecipe(kind="external", labels=LABELS, **settings)
    folder = tmp_path / ".cache" / "models" / ("2" * 64)
    folder.mkdir(parents=True)
    spec.train(None, 0, folder, QuietProgress())
    return spec.load(folder)


def test_scores_of_a_model_that_cannot_be_asked(tmp_path: Path) -> None:
    """Scores and probabilities are the file's, as the likeliest label is."""
    model = make_external(tmp_path, about="A network of 2016.")
    texts = [text | odds for text, odds in zip(TEXTS, ODDS, strict=True)]
    found = collect(tmp_path, model, texts, source="captum 0.7", quantity="gradient")
    first, second = found.texts
    assert np.allclose(first.scores[:2], [0.5, -2.0])
    assert np.isnan(first.scores[2])
    assert np.allclose(first.probabilities, [0.25, 0.75])
    assert np.allclose(second.probabilities, [0.9, 0.1])
    assert (first.label, second.label) == ("yes", "no")
    assert (found.labels, found.quantity, found.signed) == (LABELS, "gradient", True)
    assert found.notes[0] == (
        "scores were computed by captum 0.7 and brought as scores.json"
    )
    assert [row.words for row in explanation_rows(found, "x")][1] == ("bad",)
    assert "A network of 2016." in model.log.notes
    assert not isinstance(model.at("best"), Classifier)
    with pytest.raises(ConfigError, match=r"text 1: gives no probabilities"):
        collect(tmp_path, model, TEXTS)


def test_a_model_at_hand_is_asked(tmp_path: Path) -> None:
    """Its answers stand beside the scores; a file of another model's is refused."""
    model = try_function(tmp_path, make_recipe(tmp_path))
    found = collect(tmp_path, model, TEXTS, signed=False)
    odds = 1 / (1 + np.exp([-1.0, 1.0]))
    assert np.allclose([text.probabilities[1] for text in found.texts], odds)
    assert {text.label for text in found.texts} == {""}
    close = [{**TEXTS[0], "probabilities": [0.27, 0.73]}]
    assert collect(tmp_path, model, close)
    far = [{**TEXTS[0], "probabilities": [0.2, 0.8]}]
    with pytest.raises(ConfigError, match="scores of another model"):
        collect(tmp_path, model, far)


def test_documents_bring_their_truth_and_rationale(tmp_path: Path) -> None:
    """Tokens must be the document's, whose label and rationale then stand there."""
    document = Document("A good film", label="no", rationale=((1, 2),))
    corpus = Corpus((document,), "key", labels=LABELS)
    model = try_function(tmp_path, make_recipe(tmp_path), corpus)
    text = TEXTS[0] | {"document": 0}
    (one,) = collect(tmp_path, model, [text], corpus).texts
    assert (one.truth, one.rationale, one.document) == ("no", ((1, 2),), 0)
    (cut,) = collect(
        tmp_path, model, [{"tokens": ["A"], "scores": [1], "document": 0}], corpus
    ).texts
    assert cut.rationale == ()
    for changes, said in (
        ({"document": 1}, "expected 0 to 0"),
        ({"document": 0, "tokens": ["A", "bad", "film"]}, 'token 2 is "bad" where'),
        ({"document": 0, "tokens": ["A", "good", "film", "x"], "scores": [0] * 4},
         "has nothing"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=said):
            collect(tmp_path, model, [text | changes], corpus)


def test_labels_by_name_and_by_number(tmp_path: Path) -> None:
    """A number is one of the model's labels, or of those that the study names."""
    model = make_external(tmp_path)
    text = TEXTS[1] | ODDS[0]
    for given, names, meant in (
        (1, (), "yes"),
        (1, ("yes", "no"), "no"),
        ("no", (), "no"),
    ):
        settings = {"labels": names} if names else {}
        if names:
            text = TEXTS[1] | ODDS[1]
        found = collect(tmp_path, model, [text | {"label": given}], **settings)
        assert found.texts[0].label == meant
    for given, said in ((2, "expected 0 to 1"), ("ys", 'did you mean "yes"')):
        with pytest.raises(ConfigError, match=said):
            collect(tmp_path, model, [text | {"label": given}])


def test_a_text_without_any_score_says_so(tmp_path: Path) -> None:
    """It is drawn without shades, with the reason."""
    text = {"tokens": ["a"], "scores": [None]} | ODDS[0]
    found = collect(tmp_path, make_external(tmp_path), [text])
    assert found.texts[0].undefined == "the file gives no score"


def test_its_file_decides_its_key(tmp_path: Path) -> None:
    """Other bytes give another key; a missing file or a link is told by name."""
    method = GivenScores(method="given", model="m", path="a.json")
    placed = method.with_folder(tmp_path)
    with pytest.raises(SettingError, match=r'^path: there is no "a\.json"'):
        placed.foreign_key()
    (tmp_path / "a.json").write_text("[]")
    before = placed.foreign_key()
    (tmp_path / "a.json").write_text("[ ]")
    assert placed.foreign_key() != before
    (tmp_path / "a.json").unlink()
    (tmp_path / "a.json").symlink_to("/etc/passwd")
    with pytest.raises(SettingError, match="is a link"):
        placed.foreign_key()


def test_what_it_can_be_about(tmp_path: Path) -> None:
    """A classifier or an external model; nothing else, and the message names both."""
    method = GivenScores(method="given", model="m", path="a.json")
    external = ExternalRecipe(kind="external", labels=LABELS)
    assert method.unsuitable_reason(make_recipe(tmp_path)) is None
    assert method.unsuitable_reason(external) is None
    assert "kind external" in str(method.unsuitable_reason(ModelSpec(kind="other")))
    assert isinstance(make_external(tmp_path), ExternalModel)
    assert "kind: function" in external.explain_missing_capability(Classifier)


def find_snippet(name: str) -> dict[str, Any]:
    """Run the part of the docs under a heading, and return its names."""
    text = (CHECKOUT / "docs" / "given-scores.md").read_text("utf-8")
    code = re.search(rf"## {name}\n\n```python\n(.*?)```", text, re.DOTALL)
    assert code
    assert len(code[1].strip().split("\n")) <= 19, "short enough to copy"
    names: dict[str, Any] = {}
    exec(compile(code[1], name, "exec"), names)  # noqa: S102 - as the docs say
    return names


def predict(texts: list[str]) -> np.ndarray[Any, Any]:
    """More good words make a text more probably good."""
    sums = np.array([t.lower().split().count("good") for t in texts], float)
    return np.stack([1 / (1 + np.exp(sums)), 1 / (1 + np.exp(-sums))], axis=1)


@pytest.mark.slow(10)
@pytest.mark.peer
@pytest.mark.parametrize("name", ["lime", "shap"])
def test_the_snippets_of_the_docs_write_what_is_read(tmp_path: Path, name: str) -> None:
    """Run as written, each gives the good word the largest score."""
    pytest.importorskip(name)
    write = find_snippet(name)[f"write_{name}"]
    write(["a good film", "good or dull"], predict, str(tmp_path / "scores.json"))
    found = read_given_texts((tmp_path / "scores.json").read_bytes(), "scores.json")
    for one in found:
        assert one.tokens[int(np.argmax(one.scores))] == "good"
        assert one.label == 1


@pytest.mark.parametrize("name", ["captum", "inseq"])
def test_the_other_snippets_are_python(name: str) -> None:
    """Where their packages are not installed, they are compiled at least."""
    text = (CHECKOUT / "docs" / "given-scores.md").read_text("utf-8")
    code = re.search(rf"## {name}\n\n```python\n(.*?)```", text, re.DOTALL)
    assert code
    assert f"write_{name}" in compile(code[1], name, "exec").co_names
