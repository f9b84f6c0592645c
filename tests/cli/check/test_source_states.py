"""What `check`, `list`, `fix` and `--dry-run` say of corpora that broke."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.main import main

STUDY = """title: One
summary: A bag of words.
corpora: {t: {kind: labelled, path: t.csv}}
models: {bag: {kind: bag_of_words, corpus: t, least_documents: 1}}
artifacts: {e: {method: evaluation, model: bag}}
figures: {e: {figure: estimates, artifact: e}}
"""
TABLE = "text,label\n" + "".join(
    f"a {'good' if i % 2 else 'bad'} film {i},{'yes' if i % 2 else 'no'}\n"
    for i in range(40)
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A study on a table, and a draft of the same on a table that is damaged."""
    for name, more, table in (
        ("2026-01-01-one", "", TABLE),
        ("2026-01-02-two", "draft: true\n", f"{TABLE}…\n"),
    ):
        folder = tmp_path / "studies" / name
        folder.mkdir(parents=True)
        (folder / "study.yaml").write_text(STUDY + more)
        (folder / "index.md").write_text("One.\n\n## Two\n\n![It.](figure:e)\n")
        (folder / "t.csv").write_text(table)
    return tmp_path


def run(project: Path, *words: str) -> int:
    """Run a command on the project."""
    return main([*words, "-C", str(project)])


def test_a_draft_s_mistakes_are_warnings(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` names their file and line and passes; `fix` offers to mend them."""
    assert run(project, "check") == 0
    said = capsys.readouterr().out
    assert "studies/2026-01-02-two/study.yaml:3: warn[draft]: corpora.t: " in said
    assert run(project, "fix", "--yes") == 0
    assert (project / "studies/2026-01-02-two/t.csv").read_text().count("\n") == 41
    capsys.readouterr()
    assert run(project, "check") == 0
    assert "warn[draft]" not in capsys.readouterr().out


@pytest.mark.slow(3)
def test_a_corpus_that_went_after_it_was_collected(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` warns that the study may be stale; without artifacts all say where."""
    assert run(project, "collect", "-q") == 0
    table = project / "studies" / "2026-01-01-one" / "t.csv"
    table.rename(project / "elsewhere.csv")
    capsys.readouterr()
    assert run(project, "check") == 0
    said = capsys.readouterr().out
    assert (
        'warn[artifacts]: drawn as it was collected, which may be stale: "t.csv"'
        in said
    )
    assert "commit the artifacts" in said
    for path in (table.parent / "artifacts").iterdir():
        path.unlink()
    for words in (("build", "--dry-run"), ("list",)):
        assert run(project, *words) == 2
        assert "2026-01-01-one/study.yaml:3:" in capsys.readouterr().err


def test_one_study_is_listed_by_its_name(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Others are left out, and an unknown name is told with the nearest."""
    assert run(project, "list", "one") == 0
    assert "two" not in capsys.readouterr().out
    assert run(project, "list", "onee") == 2
    assert '"one"' in capsys.readouterr().err
