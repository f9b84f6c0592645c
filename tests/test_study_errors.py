"""Bad study files: each mistake is named where it stands, with what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.core.errors import ConfigError
from generator.study.study import load_study
from tests.bad_studies import BAD
from tests.kinds import GOOD, NAME, TABLES

TWO = {
    "unknown key at the top",
    "a number as a key",
    "true as a key",
    "null as a key",
    "half a character in a key",
}
"""Cases in which something else is wrong besides, such as a missing title."""


def problems(folder: Path, text: str | bytes) -> tuple[str, ...]:
    """What is wrong with a study file that holds `text`."""
    folder = folder / "studies" / "2024-02-29-songs"
    folder.mkdir(parents=True, exist_ok=True)
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "study.yaml").write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load_study(folder, TABLES)
    assert caught.value.status == 2
    return caught.value.problems


@pytest.mark.parametrize("case", BAD, ids=[case.replace(" ", "-") for case in BAD])
def test_a_bad_file_is_named_with_its_place(case: str, tmp_path: Path) -> None:
    """A mistake gives one message, with its place and what to do.

    The message has under 600 characters, drives no terminal, shows no secret and no
    folder of the machine.
    """
    text, expected = BAD[case]
    found = problems(tmp_path, text)
    assert any(expected in problem for problem in found), found
    assert len(found) == 1 or case in TWO, found
    for problem in found:
        assert len(problem) < 600
        assert re.match(rf"{re.escape(NAME)}(:\d+:\d+)?: \S", problem)
        assert all(c.isprintable() or c == "\n" for c in problem)
        assert "hunter2" not in problem
        assert str(tmp_path) not in problem


def test_all_mistakes_of_a_file_come_at_once_in_its_order(tmp_path: Path) -> None:
    """Syntax apart, every kind of mistake is found in one reading, sorted by place."""
    text = (
        "seed: 0123\n"
        "tags: [a, 3]\n"
        "corpora: {c: {kind: texts, path: /x}}\n"
        "models:\n"
        "  lm: {kind: tiny, corpus: d, epoch: 3, epochs: 0}\n"
        "  n: {kind: tiny, corpus: d}\n"
        "artifacts: {a: {method: write, model: lm, of: b}}\n"
        "figures: {f: {figure: drew}}\n"
    )
    found = problems(tmp_path, text)
    lines = [int(re.findall(r":(\d+):\d+: ", one)[0]) for one in found]
    assert lines == [1, 1, 2, 3, 5, 5, 6, 7, 8]


def test_a_reference_to_a_broken_part_is_no_second_mistake(tmp_path: Path) -> None:
    """A model with a wrong setting still exists for the artifacts that name it."""
    text = GOOD.replace("epochs: 4", "epochs: 0")
    assert len(problems(tmp_path, text)) == 1


def test_many_mistakes_are_counted_and_not_all_listed(tmp_path: Path) -> None:
    """Forty mistakes are listed; the rest are a number."""
    text = "title: T\n" + "".join(f"x{i}: 1\n" for i in range(100))
    found = problems(tmp_path, text)
    assert len(found) == 41
    assert found[-1].endswith("and 60 more problems")


def test_nothing_of_a_tag_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that a hostile tag would make is not there afterwards."""
    monkeypatch.chdir(tmp_path)
    problems(tmp_path, BAD["tag that would run"][0])
    assert not (tmp_path / "canary").exists()
