"""A brought function: what it makes possible, and what it may not do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core import files
from generator.core.errors import (
    ConfigError,
    IntegrityError,
    ResourceError,
    SettingError,
    StudyError,
)
from generator.core.progress import QuietProgress
from generator.corpora.base import Folders
from generator.corpora.synthetic.film_reviews import PlantedReviews
from generator.methods.attribution.anchors import AnchorExplanation
from generator.methods.attribution.lime import Lime
from generator.methods.attribution.shap import Shap
from generator.models.bag_of_words import BagOfWordsRecipe
from generator.models.base import ModelSpec
from generator.models.capabilities import Attentive, Classifier
from tests.models.function.functions import (
    COUNTER,
    LABELS,
    TEXTS,
    ask,
    make_corpus,
    make_recipe,
    try_function,
)

HEAD = "import numpy as np\nimport os, sys, time\n\n\ndef predict(texts):\n"
EVEN = "    return np.full((len(texts), 2), 0.5)\n"


def test_texts_are_given_as_they_are_written(tmp_path: Path) -> None:
    """The function gets each text's own letters and spaces, each text once."""
    code = (
        COUNTER
        + "\n\ncount = predict\n\n\ndef predict(texts):\n"
        + (
            "    assert len(set(texts)) == len(texts)\n"
            "    print(texts)\n"
            "    assert all(text in KNOWN for text in texts), texts\n"
            "    return count(texts)\n"
        )
    )
    code = code.replace("GOOD, BAD", f"KNOWN = {TEXTS!r}\nGOOD, BAD", 1)
    model = try_function(tmp_path, make_recipe(tmp_path, code)).at("best")
    ids = [model.words.encode(model.words.split(text)) for text in TEXTS]
    found = model.predict([*ids, *ids])
    assert np.allclose(found[:3, 1], 1 / (1 + np.exp([-2, 3, 0])))
    assert (found[:3] == found[3:]).all()
    assert isinstance(model, Classifier)
    assert not isinstance(model, Attentive)


@pytest.mark.slow(5)
def test_a_brought_bag_of_words_is_explained_like_the_built_in_one(
    tmp_path: Path,
) -> None:
    """LIME, SHAP and anchors give the same numbers at equal seeds and tokens."""
    place = Folders(study=tmp_path, data=tmp_path)
    corpus = PlantedReviews(kind="planted_reviews", documents=200, classes=2).load(
        place
    )
    own = BagOfWordsRecipe(kind="bag_of_words", corpus="reviews", test=0.2)
    folder = tmp_path / ".cache" / "models" / ("1" * 64)
    folder.mkdir(parents=True)
    own.train(corpus, 0, folder, QuietProgress())
    code = (
        "from pathlib import Path\n"
        "from generator.models.bag_of_words.saved_model import SavedModel\n"
        f"model = SavedModel(Path({str(folder)!r})).at('best')\n\n\n"
        "def predict(texts):\n"
        "    encode, split = model.words.encode, model.words.split\n"
        "    return model.predict([encode(split(text)) for text in texts])\n"
    )
    spec = make_recipe(tmp_path, code, test=0.2, validation=0.1, labels=corpus.labels)
    brought = try_function(tmp_path, spec, corpus)
    built_in = own.load(folder)
    texts: dict[str, Any] = {"model": "mine", "documents": 3, "operator": "remove"}
    methods = (
        Lime(method="lime", samples=100, **texts),
        Shap(method="shap", **texts),
        AnchorExplanation(method="anchors", samples=100, **texts),
    )
    for method in methods:
        mine, theirs = (
            method.collect(ask(model, corpus)) for model in (brought, built_in)
        )
        assert mine.labels == theirs.labels
        for one, other in zip(mine.texts, theirs.texts, strict=True):
            assert one.document == other.document
            assert [t.text.lower() for t in one.tokens] == [
                t.text for t in other.tokens
            ]
            for name in ("scores", "probabilities", "anchor", "precision"):
                if hasattr(one, name):
                    pair = (getattr(each, name) for each in (one, other))
                    first, second = map(np.asarray, pair)
                    assert np.allclose(first, second, rtol=0, atol=1e-9), (
                        method.method,
                        name,
                        first - second,
                    )


MISTAKES = {
    "raise ValueError('too\\nbad')": r"model.py:6: .*ValueError: too bad",
    "return [[0.5, 0.4]] * len(texts)": r"sum to 0\.9 and not to 1",
    "return [[1.5, -0.5]] * len(texts)": "not all from 0 to 1",
    "return [[float('nan'), 1]] * len(texts)": "not all finite",
    "return [[1, 0, 0]] * len(texts)": r"3 probabilities .* expected 2",
    "return [[1, 0]]": "1 by 2; expected 3 by any",
    "return [1] * len(texts)": "array of 3; expected 3 by any",
    "return [[1, 0], [1]]": "must give an array of numbers",
    "return None": "array of a single number",
    "sys.exit('enough')": r"model.py:6: .*left the program",
    "print('last words', flush=True); os._exit(0)": r"ended by itself.*last words",
    "os.kill(os.getpid(), 9)": "ended by itself",
    "x = np.random.random(); return [[x, 1 - x]] * len(texts)": "answer each time",
}
"""Bodies of `predict`, and what is said of each."""
SLOW = {
    "time.sleep(99)": "longer than 1 s",
    "while True: pass": "longer than 1 s",
}
"""Bodies that take too long."""


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        *((body, ConfigError, said) for body, said in MISTAKES.items()),
        *((body, ResourceError, said) for body, said in SLOW.items()),
    ],
)
@pytest.mark.slow(1)
def test_what_a_function_may_not_do(
    tmp_path: Path, body: str, error: type[StudyError], said: str
) -> None:
    """Each is one error with place and cause, before anything is written."""
    limit = 1.0 if error is ResourceError else 60.0
    spec = make_recipe(tmp_path, f"{HEAD}    {body}\n", seconds=limit)
    with pytest.raises(error, match=said) as raised:
        try_function(tmp_path, spec)
    assert raised.value.status in {2, 5}
    assert len(raised.value.problems) == 1
    assert "\n" not in raised.value.problems[0]
    assert not any((tmp_path / ".cache" / "models" / ("0" * 64)).iterdir())


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def predict(texts)\n", r"model.py:1: raised SyntaxError"),
        ("import no_such_package\n", r"model.py:1: raised ModuleNotFoundError"),
        ("def predikt(texts): ...\n", "'predict' is not in it; it has: predikt"),
        ("predict = 1\n", "'predict' is no function; it has: no function"),
    ],
)
@pytest.mark.slow(1)
def test_a_file_that_cannot_be_imported(tmp_path: Path, code: str, said: str) -> None:
    """The line, or what the file has instead."""
    with pytest.raises(ConfigError, match=said):
        try_function(tmp_path, make_recipe(tmp_path, code))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system is silent")
@pytest.mark.slow(5)
def test_memory_is_bounded_with_that_of_what_it_starts(tmp_path: Path) -> None:
    """What a child of the function takes counts; within the bound it goes on."""
    greedy = (
        "    import subprocess\n"
        "    code = 'import time; x = bytearray(400_000_000); time.sleep(30)'\n"
        "    subprocess.run([sys.executable, '-c', code])\n"
    )
    spec = make_recipe(tmp_path, HEAD + greedy + EVEN, memory=0.3, seconds=20.0)
    begun = time.monotonic()
    with pytest.raises(ResourceError, match=r"GB of memory.*0\.3 GB"):
        try_function(tmp_path, spec)
    assert time.monotonic() - begun < 20
    roomy = make_recipe(tmp_path, HEAD + EVEN, memory=0.3)
    assert try_function(tmp_path, roomy)


@pytest.mark.slow(1)
def test_what_a_function_starts_ends_with_it(tmp_path: Path) -> None:
    """A program that it left running is gone when its process is ended."""
    place = tmp_path / "pid"
    (tmp_path / "left.py").write_text(
        "import os, sys, time\n"
        "open(sys.argv[1], 'w').write(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    left = (
        "    import subprocess\n"
        f"    place, code = {str(place)!r}, {str(tmp_path / 'left.py')!r}\n"
        "    subprocess.Popen([sys.executable, code, place])\n"
        "    while not os.path.exists(place) or not open(place).read():\n"
        "        time.sleep(0.01)\n"
    )
    try_function(tmp_path, make_recipe(tmp_path, HEAD + left + EVEN))
    number = int(place.read_text())
    latest = time.monotonic() + 10
    while _is_running(number) and time.monotonic() < latest:
        time.sleep(0.02)
    assert not _is_running(number)


def _is_running(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.slow(2)
def test_it_sees_what_it_declares_and_nothing_else(tmp_path: Path) -> None:
    """Declared files and folders lie beside it, undeclared ones do not."""
    code = (
        "import numpy as np\nfrom pathlib import Path\nimport helper\n"
        "seen = sorted(str(p) for p in Path('.').rglob('*') if p.is_file())\n"
        "assert seen == ['.output', 'deep/a.txt', 'helper.py', 'model.py'], seen\n\n\n"
        "def predict(texts):\n" + EVEN
    )
    study = tmp_path / "studies" / "2026-01-01-mine"
    (study / "deep" / "__pycache__").mkdir(parents=True)
    for name in ("helper.py", "deep/a.txt", "deep/__pycache__/x.pyc", "study.yaml"):
        (study / name).write_text("")
    declared = make_recipe(tmp_path, code, files=("helper.py", "deep"))
    assert try_function(tmp_path, declared)
    with pytest.raises(ConfigError, match=r"model.py:3: .*No module named 'helper'"):
        make_and_try(tmp_path / "other", code)


def make_and_try(folder: Path, code: str) -> None:
    """Try a function in a project of its own."""
    try_function(folder, make_recipe(folder, code))


def test_nothing_runs_without_trust(tmp_path: Path) -> None:
    """Neither a file that nobody looked at, nor one that has changed since."""
    code = f"open({str(tmp_path / 'ran')!r}, 'w')\n" + COUNTER
    with pytest.raises(IntegrityError, match="only after it was trusted"):
        try_function(tmp_path, make_recipe(tmp_path, code, trusted=False))
    trusted = make_recipe(tmp_path, COUNTER)
    (tmp_path / "studies/2026-01-01-mine/model.py").write_text(code)
    with pytest.raises(IntegrityError, match="changed since it was looked at"):
        try_function(tmp_path, trusted)
    assert not (tmp_path / "ran").exists()
    try_function(tmp_path, make_recipe(tmp_path, code))
    assert (tmp_path / "ran").exists(), "the control: with trust it runs"


@pytest.mark.parametrize("kind", ["missing", "link", "folder"])
def test_files_that_are_none(tmp_path: Path, kind: str) -> None:
    """A declared file that is missing, or leads elsewhere, is told by name."""
    study = tmp_path / "studies" / "2026-01-01-mine"
    study.mkdir(parents=True)
    if kind == "link":
        (study / "x.npz").symlink_to("/etc/passwd")
    elif kind == "folder":
        (study / "x.npz").mkdir()
        (study / "x.npz" / "out").symlink_to("/etc")
    with pytest.raises(SettingError, match=r"^files: .*x\.npz"):
        make_recipe(tmp_path, files=("x.npz",))


def test_what_enters_its_key(tmp_path: Path) -> None:
    """Files, their bytes and what changes answers do; what it may take does not."""

    def key(code: str = COUNTER, **settings: Any) -> object:
        spec = make_recipe(tmp_path, code, **settings)
        return spec.key_settings(), spec.foreign_key()

    (tmp_path / "studies" / "2026-01-01-mine").mkdir(parents=True)
    (tmp_path / "studies" / "2026-01-01-mine" / "w.npz").write_bytes(b"1")
    same = key()
    assert key(seconds=5.0, memory=9.0, batch=3) == same
    others = [
        key(COUNTER + "\n"),
        key(files=("w.npz",)),
        key(version="2"),
        key(mask="[MASK]"),
        key(labels=("a", "b")),
        key(unit="character"),
    ]
    (tmp_path / "studies" / "2026-01-01-mine" / "w.npz").write_bytes(b"2")
    others.append(key(files=("w.npz",)))
    assert all(one != same for one in others)
    assert others[1] != others[-1]


@pytest.mark.slow(2)
def test_attention_that_a_function_gives(tmp_path: Path) -> None:
    """Weights stand for its own tokens; a row of another length is refused."""
    more = (
        "\n\ndef cut(text):\n    return text.split()\n\n\n"
        "def look(texts):\n"
        "    sizes = [len(text.split()) for text in texts]\n"
        "    return [np.arange(1, n + 1) / (n * (n + 1) / 2) for n in sizes]\n"
    )
    names: dict[str, Any] = {"tokenize": "cut", "attention": "look"}
    spec = make_recipe(tmp_path, COUNTER + more, **names)
    model = try_function(tmp_path, spec).at(1)
    assert isinstance(model, Attentive)
    text = model.words.split(TEXTS[0])
    assert [token.text for token in model.words.tokens(text)] == TEXTS[0].split()
    found = model.attend([model.words.encode(text)])
    assert np.allclose(found.weights[0], np.arange(1, 7) / 21)
    wrong = COUNTER + more.replace("range(1, n + 1)", "range(1, n)")
    place = tmp_path / "wrong"
    model = try_function(place, make_recipe(place, wrong, **names)).at(1)
    assert isinstance(model, Attentive)
    ids = model.words.encode(model.words.split(TEXTS[0]))
    with pytest.raises(ConfigError, match="gave 5 weights for the 6 tokens"):
        model.attend([ids])


def test_capabilities_follow_from_settings(tmp_path: Path) -> None:
    """Without a function for attention it has none; the message says what to set."""
    spec: ModelSpec = make_recipe(tmp_path)
    assert spec.capabilities() == (Classifier,)
    assert "set attention:" in spec.explain_missing_capability(Attentive)
    assert spec.explain_missing_capability(Classifier) == ""


@pytest.mark.slow(2)
def test_columns_are_the_corpus_labels_or_named(tmp_path: Path) -> None:
    """Named labels give the order; one that lacks a label of the corpus is refused."""
    swapped = make_recipe(tmp_path, labels=LABELS[::-1])
    assert try_function(tmp_path, swapped).labels == LABELS[::-1]
    for labels in (("no", "other"), ()):
        place = tmp_path / str(len(labels))
        spec = make_recipe(place, labels=labels, corpus="reviews" if labels else None)
        with pytest.raises(SettingError, match=r"^labels: "):
            try_function(place, spec)


@pytest.mark.slow(1)
def test_typed_texts_need_no_corpus(tmp_path: Path) -> None:
    """With labels of its own a function is asked about what the author types."""
    spec = make_recipe(tmp_path, corpus=None, labels=LABELS)
    model = try_function(tmp_path, spec)
    method = Lime(method="lime", model="mine", texts=("A good film",), samples=50)
    found = method.collect(ask(model, make_corpus()))
    scores = dict(zip(["A", "good", "film"], found.texts[0].scores, strict=True))
    assert max(scores, key=lambda word: scores[word]) == "good"


@pytest.mark.slow(1)
def test_a_function_that_changes_later_is_found(tmp_path: Path) -> None:
    """The first text is asked again beside many others."""
    drift = (
        "    global calls\n    calls += 1\n    p = 0.5 if calls < 20 else 0.7\n"
        "    return [[p, 1 - p]] * len(texts)\n"
    )
    spec = make_recipe(tmp_path, HEAD.replace("\n\n\n", "\ncalls = 0\n\n\n") + drift)
    model = try_function(tmp_path, spec).at("best")
    rounds = [[f"text {one} {two}" for two in range(40)] for one in range(30)]
    with pytest.raises(ConfigError, match="the same answer each time"):
        list(map(model.predict_texts, rounds))


@pytest.mark.slow(2)
def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function's folder goes when its process is ended, and when it fails."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    model: Any = try_function(tmp_path, make_recipe(tmp_path))
    model.at(1).predict_texts(["a"])
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    model.at(1).process.end()
    with pytest.raises(ConfigError):
        make_and_try(tmp_path / "bad", "1 / 0")
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.slow(1)
def test_a_folder_of_another_version_is_refused(tmp_path: Path) -> None:
    """What does not hold labels and pieces is no model of this kind."""
    spec = make_recipe(tmp_path)
    try_function(tmp_path, spec)
    folder = tmp_path / ".cache" / "models" / ("0" * 64)
    (folder / "model.json").write_text("{}")
    files.write_manifest(folder, ("log.json", "model.json", "vocabulary.json"))
    with pytest.raises(IntegrityError, match="another version"):
        spec.load(folder)
