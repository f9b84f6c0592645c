"""textgenrnn's files of JSON: read as upstream reads them, or refused with a place."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.collect.pipeline import Workspace, collect_studies
from generator.core.errors import ConfigError, StudyError
from generator.corpora.base import Folders
from generator.models import textgenrnn_files
from generator.models.capabilities import CellModel
from generator.models.textgenrnn import TextGenRNN
from generator.models.textgenrnn_files import (
    SHAPE_SETTINGS,
    TextGenRnnSettings,
    find_package_files,
    read_settings,
    read_vocabulary,
)
from generator.study.freshness import find_study_status
from generator.study.keys import compute_expected_keys
from generator.study.study import load_study

WORDS = {"the": 1, "soup": 2, "is": 3, "warm": 4, "cold": 5, "<s>": 6}
LETTERS = {"a": 1, "b": 2, " ": 3, "<s>": 4}
STUDY = """\
title: T
models:
  lm:
    kind: textgenrnn
    files:
      weights: w.hdf5{more}
artifacts:
  w: {{method: {method}, model: lm}}
"""


def write(folder: Path, name: str, value: object) -> Path:
    """Write a JSON file, or text as it is."""
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return path


def read(folder: Path, vocabulary: object, **settings: Any) -> Any:
    """Read a vocabulary beside a configuration of these settings."""
    config = write(folder, "x_config.json", asdict(TextGenRnnSettings()) | settings)
    path = write(folder, "x_vocab.json", vocabulary)
    return read_vocabulary(path, read_settings(config), config)


def make_study(
    folder: Path, more: dict[str, object], method: str = "writing", **settings: str
) -> Path:
    """Make a study whose model begins with files, those of `more` beside weights."""
    study = folder / "studies" / "2026-01-01-a"
    study.mkdir(parents=True)
    study.joinpath("index.md").write_text("", "utf-8")
    study.joinpath("w.hdf5").write_bytes(b"\x89HDF\r\n\x1a\n")
    lines = ""
    for name, value in more.items():
        write(study, f"w_{name}.json", value)
        lines += f"\n      {name}: w_{name}.json"
    lines += "".join(f"\n    {name}: {value}" for name, value in settings.items())
    text = STUDY.format(more=lines, method=method)
    study.joinpath("study.yaml").write_text(text, "utf-8")
    return study


def refuse(folder: Path) -> str:
    """The one message with which a study is refused when its file is read."""
    with pytest.raises(ConfigError) as refused:
        load_study(folder)
    (problem,) = refused.value.problems
    return problem


class TestVocabulary:
    @given(tokens=st.lists(st.characters(codec="utf-8"), unique=True, max_size=30))
    def test_every_token_comes_back(
        self, tmp_path_factory: pytest.TempPathFactory, tokens: list[str]
    ) -> None:
        """What is written with ids from 1 up is read in the order of the ids."""
        folder = tmp_path_factory.mktemp("vocabulary")
        ids = {token: number for number, token in enumerate([*tokens, "<s>"], 1)}
        assert read(folder, ids).tokens == (*tokens, "<s>")

    @pytest.mark.parametrize(
        ("text", "place", "words"),
        [
            ('{"a": 1, "b": 2, "a": 3}', "1:18", ['token "a"', "ids 1 and 3"]),
            ('{"a": 1,\n "b": 1}', "2:2", ["id 1", '"a" and "b"']),
            ('{"a": 1, "b": 3}', "1:10", ["id 2", '"b" has 3']),
            ('{"a": 0, "b": 1}', "1:2", ['"a" has the id 0', "padding"]),
            ('{"a": 1, "b": "2"}', "1:10", ['token "b"', "whole numbers"]),
            ('{"\\"": 1, "b": true}', "1:11", ['token "b"', '"true"']),
            ('{"a": 1, "b": 2', "1:16", ["cut short"]),
        ],
    )
    def test_what_is_wrong_has_its_place(
        self, tmp_path: Path, text: str, place: str, words: list[str]
    ) -> None:
        """A message names the file, the line, the column, the token and the id."""
        with pytest.raises(StudyError, match=f"x_vocab.json:{place}: ") as refused:
            read(tmp_path, text, single_text=True)
        assert all(word in str(refused.value) for word in words)

    def test_words_beside_characters(self, tmp_path: Path) -> None:
        """Words where the configuration says characters are refused, both places named.

        Beside a configuration of words, the same vocabulary is read.
        """
        with pytest.raises(StudyError) as refused:
            read(tmp_path, WORDS)
        assert 'x_vocab.json:1:2: token "the"' in str(refused.value)
        assert "word_level is false (x_config.json:1:2)" in str(refused.value)
        assert "5 of 5" in str(refused.value)
        assert read(tmp_path, WORDS, word_level=True).word_level

    def test_characters_beside_words(self, tmp_path: Path) -> None:
        """A space is no word, so a vocabulary that has one is of characters."""
        with pytest.raises(StudyError, match="vocabulary of characters; but"):
            read(tmp_path, LETTERS, word_level=True)

    def test_without_the_rule_words_are_letters(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Negative control: without the rule, words are read letter by letter."""
        monkeypatch.setattr(textgenrnn_files, "_check_level", lambda *_: None)
        assert read(tmp_path, WORDS).word_level is False

    def test_a_single_text_has_no_mark(self, tmp_path: Path) -> None:
        """As upstream, whose texts are not opened where `single_text` is true."""
        assert read(tmp_path, LETTERS, single_text=True).mark is None
        with pytest.raises(StudyError, match=r"x_config\.json:1:"):
            read(tmp_path, {"a": 1})

    def test_the_package_has_one(self) -> None:
        """The package's own files stand in for those that are not named."""
        tokens = read_vocabulary(None, read_settings(None), None)
        assert (len(tokens), tokens.word_level, tokens.mark) == (465, False, "<s>")
        assert all(path.is_file() for path in find_package_files())


def test_a_setting_that_stands_twice(tmp_path: Path) -> None:
    """Two values of one setting are refused; upstream's other entries are not read."""
    settings = json.dumps(asdict(TextGenRnnSettings()) | {"name": "rnn_size"})
    path = write(tmp_path, "x_config.json", settings[:-1] + ', "rnn_size": 9}')
    with pytest.raises(StudyError, match="rnn_size stands twice, as 128 and as 9"):
        read_settings(path)


class TestStudy:
    CONFIG = asdict(TextGenRnnSettings()) | {
        "rnn_layers": 3,
        "rnn_size": 8,
        "rnn_bidirectional": True,
        "max_length": 5,
    }

    def load(self, folder: Path, more: dict[str, object]) -> TextGenRNN:
        """The recipe of a study."""
        model = load_study(make_study(folder, more)).models["lm"]
        assert isinstance(model, TextGenRNN)
        return model

    def test_settings_are_those_of_the_files(self, tmp_path: Path) -> None:
        """Whatever is asked of a recipe and printed of it is what its files say."""
        files = {"vocabulary": LETTERS, "config": self.CONFIG}
        model = self.load(tmp_path, files)
        for name in SHAPE_SETTINGS:
            assert getattr(model, name) == self.CONFIG[name]
            assert (
                model.describe_settings(model.model_dump(mode="json"))[name]
                == self.CONFIG[name]
            )
        assert CellModel not in model.capabilities()

    def test_weights_alone(self, tmp_path: Path) -> None:
        """Settings are the default ones, and a page says where the rest is from."""
        model = self.load(tmp_path, {})
        assert model.describe_settings(model.model_dump(mode="json")) == {
            "kind": "textgenrnn",
            "corpus": None,
            **asdict(TextGenRnnSettings()),
            "pretrained": False,
            "files": {
                "weights": "w.hdf5",
                "vocabulary": "of textgenrnn's package",
                "config": "textgenrnn's defaults",
            },
        }

    def test_a_method_that_the_files_rule_out(self, tmp_path: Path) -> None:
        """Cells of a network that reads backwards are refused by the study's reader."""
        files = {"vocabulary": LETTERS, "config": self.CONFIG}
        problem = refuse(make_study(tmp_path, files, method="cells"))
        assert "rnn_bidirectional" in problem

    def test_a_mistake_in_a_file_has_both_places(self, tmp_path: Path) -> None:
        """The line of the study that names a file, and the line of the file."""
        files: dict[str, object] = {
            "vocabulary": '{"a": 1,\n "a": 2}',
            "config": self.CONFIG,
        }
        problem = refuse(make_study(tmp_path, files))
        assert problem.startswith("studies/2026-01-01-a/study.yaml:7:")
        assert "models.lm.files.vocabulary: w_vocabulary.json:2:2: token" in problem

    def test_a_setting_that_contradicts_a_file(self, tmp_path: Path) -> None:
        """At the setting's place, with what the file says; the same value is fine."""
        files = {"vocabulary": LETTERS, "config": self.CONFIG}
        problem = refuse(make_study(tmp_path / "a", files, rnn_size="9"))
        assert "study.yaml:9:" in problem
        assert "models.lm.rnn_size: w_config.json: rnn_size is 8" in problem
        load_study(make_study(tmp_path / "b", files, rnn_size="8"))
        problem = refuse(make_study(tmp_path / "c", {}, max_length="9"))
        assert "default settings" in problem

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
            (b"PK\x03\x04" + bytes(600), "no HDF5 file"),
            (b"", "no HDF5 file"),
        ],
    )
    def test_weights_that_are_something_else(
        self, tmp_path: Path, data: bytes, words: str
    ) -> None:
        """A pointer, an archive and nothing are told when the study is read."""
        study = make_study(tmp_path, {})
        study.joinpath("w.hdf5").write_bytes(data)
        problem = refuse(study)
        assert "study.yaml:6:16: models.lm.files.weights: w.hdf5: " in problem
        assert words in problem

    def test_what_may_stand_before_weights(self, tmp_path: Path) -> None:
        """A block of another program before the signature is none of our business."""
        study = make_study(tmp_path, {})
        study.joinpath("w.hdf5").write_bytes(bytes(512) + b"\x89HDF\r\n\x1a\n")
        load_study(study)

    def test_a_missing_file_leaves_what_was_collected(self, tmp_path: Path) -> None:
        """A study is read without its weights, and why it has no key is known."""
        study = make_study(tmp_path, {})
        study.joinpath("w.hdf5").rename(study / "v.hdf5")
        keys = compute_expected_keys(load_study(study), Folders(study, tmp_path))
        assert keys.models["lm"] is None
        assert 'did you mean "v.hdf5"?' in str(keys.absent["model lm"])
        status = find_study_status(load_study(study), Folders(study, tmp_path))
        assert 'did you mean "v.hdf5"?' in status.format_reasons()[0]

    @pytest.mark.slow
    @pytest.mark.parametrize("checked", [True, False])
    def test_weights_are_checked_before_any_training(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checked: bool
    ) -> None:
        """Damaged weights stop a study before its first model is trained.

        Negative control: without the check, the other model is trained first.
        """
        study = make_study(tmp_path, {})
        path = study / "study.yaml"
        text = path.read_text("utf-8").replace(
            "models:\n", "models:\n  first: {kind: textgenrnn, pretrained: true}\n"
        )
        path.write_text(text + "  v: {method: writing, model: first, length: 1}\n")
        if not checked:
            monkeypatch.setattr(TextGenRNN, "check_files", lambda _: None)
        report = collect_studies([load_study(study)], Workspace(tmp_path, tmp_path))
        assert report.trained == ([] if checked else ["a/first"])
        assert "files.weights: w.hdf5: damaged" in str(report.failures[0].error)

    def test_keys_of_default_settings_stay(self, tmp_path: Path) -> None:
        """A trio's key has names and hashes in it, and no more than it had."""
        study = make_study(
            tmp_path,
            {"vocabulary": LETTERS, "config": asdict(TextGenRnnSettings())},
        )
        model = load_study(study).models["lm"]
        assert model.key_settings()["files"] == {
            "weights": "w.hdf5",
            "vocabulary": "w_vocabulary.json",
            "config": "w_config.json",
        }
        written = TextGenRNN.model_validate(
            {"kind": "textgenrnn", "files": model.key_settings()["files"]}
        )
        assert written.key_settings() == model.key_settings()
