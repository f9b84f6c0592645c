"""`export model` writes upstream's three files, over nothing that is not the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.cli import export
from generator.cli.job import Job
from generator.cli.main import main
from generator.core.errors import ConfigError, StudyError, UnsupportedError
from generator.core.files import TEMPORARY
from tests.cli.preview.serving import project as gallery_project

STUDY = """\
title: T
corpora: {c: {kind: lines, path: texts.txt}, r: {kind: planted_reviews, documents: 60}}
models:
  lm: {kind: textgenrnn, corpus: c, rnn_size: 4, dim_embeddings: 3, max_length: 5}
  whole: {kind: textgenrnn, corpus: c, mode: whole_sequence}
  words: {kind: bag_of_words, corpus: r}
  gated: {kind: sentiment, corpus: r, pooling: attention_gru}
  normal: {kind: sentiment, corpus: r, encoder: gru, layer_normalization: true}
"""
FILES = ["lm_config.json", "lm_vocab.json", "lm_weights.hdf5"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose study was never built."""
    study = tmp_path / "project" / "studies" / "2026-01-01-a"
    study.mkdir(parents=True)
    (study / "study.yaml").write_text(STUDY, "utf-8")
    (study / "index.md").write_text("", "utf-8")
    (study / "texts.txt").write_text("the cat sat\nthe dog slept\n", "utf-8")
    return tmp_path / "project"


def refuse(project: Path, model: str, study: str = "a", **options: str) -> StudyError:
    """The error with which an export ends."""
    job = Job(project=str(project), quiet=True)
    given = {"epoch": "best", "name": "", **options}
    with pytest.raises(StudyError) as refused:
        export.export_model(job, study, model, Path("out"), **given)
    assert not (project / "out").exists()
    return refused.value


def names(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
def test_export(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model is trained if need be; its files are read again as it is, bit for bit.

    A second export finds the same bytes and is fine; other bytes are left as they are.
    """
    from generator.collect.pipeline import CollectReport, StudyCollection, Workspace
    from generator.networks.textgenrnn.upstream import read_upstream_files

    words = ["-C", str(project), "export", "model", "a", "lm", "out"]
    assert main(words) == 0
    out = project / "out"
    assert names(out) == FILES
    assert capsys.readouterr().out.count("wrote ") == len(FILES)
    job = Job(project=str(project))
    work = Workspace(job.root, job.data_folder)
    task = StudyCollection(job.studies[0], work, CollectReport()).train_model("lm")
    state = task.spec.load(task.folder).at("best")
    config, vocabulary, weights = (out / name for name in FILES)
    trio = read_upstream_files(weights, vocabulary, config)
    assert trio.settings == state.settings
    assert trio.vocabulary == state.vocabulary
    for one, other in zip(trio.arrays, state.arrays, strict=True):
        np.testing.assert_array_equal(one, other)

    before = {name: (out / name).read_bytes() for name in FILES}
    assert main(words) == 0
    assert {name: (out / name).read_bytes() for name in FILES} == before
    vocabulary.write_text("mine", "utf-8")
    weights.unlink()
    assert main(words) == 2
    assert "lm_vocab.json: is there and holds something else" in capsys.readouterr().err
    assert vocabulary.read_text("utf-8") == "mine"
    assert not weights.exists()


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("word", {}, 'did you mean "words"?'),
        ("whole", {}, "leave mode out"),
        ("words", {}, "can be exported: char_rnn, perceptron, sentiment, textgenrnn"),
        ("words", {"form": "textgenrnn"}, "can be exported: textgenrnn"),
        ("whole", {"form": "keras"}, "attention that slides over a whole sequence"),
        ("gated", {"form": "keras"}, "no layer for a GRU whose gate is attention"),
        ("normal", {"form": "keras"}, "no layer for a GRU whose gates are normalised"),
        ("lm", {"epoch": "3"}, "has epochs 0 to 0"),
        ("lm", {"epoch": "first"}, "a number, best or last"),
        ("lm", {"epoch": "9" * 9000}, "a number, best or last"),
        ("lm", {"name": "../x"}, "--name"),
        ("lm", {"study": "b"}, "no study"),
    ],
)
def test_what_is_refused_trains_nothing(
    project: Path, model: str, options: dict[str, str], message: str
) -> None:
    """A mistake of the command is told before anything is trained or written."""
    error = refuse(project, model, **options)
    assert message in str(error)
    assert isinstance(error, UnsupportedError | ConfigError)
    assert not (project / ".cache" / "models").exists()


def test_links_are_not_written_through(tmp_path: Path) -> None:
    """A link with the name of a file stays, and so does what it points to."""
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").symlink_to(tmp_path / "mine")
    with pytest.raises(ConfigError, match="something else"):
        export.write_exported_files(tmp_path / "out", {"x": b"theirs"})
    assert (tmp_path / "mine").read_bytes() == b"mine"
    export.write_exported_files(tmp_path / "new" / "folder", {"x": b"1"})
    assert names(tmp_path / "new" / "folder") == ["x"]
    assert not list(tmp_path.rglob(f"{TEMPORARY}*"))


def test_a_figure_is_exported_as_its_page_has_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bytes of the site, and the artifact beside; another name is told."""
    folder = str(gallery_project(tmp_path))
    day = ["--now", "2030-01-01"]
    assert main(["-C", folder, *day, "render"]) == 0
    assert main(["-C", folder, "export", "figure", "slots", "matrix", "out"]) == 0
    out, (page,) = Path(folder, "out"), Path(folder, "site").glob("**/slots/figures")
    drawn = names(out)
    assert [name for name in drawn if name.startswith("matrix.")]
    assert "greedy.json" in drawn
    for name in drawn:
        (there,) = page.parent.glob(f"*/{name}")
        assert (out / name).read_bytes() == there.read_bytes()
    capsys.readouterr()
    assert main(["-C", folder, "export", "figure", "slots", "matrx", "out"]) == 2
    assert 'did you mean "matrix"?' in capsys.readouterr().err
