"""What a build does, keeps, says and costs, on the stub."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.stub.conftest import Stub
from tests.stub.project import everything, run, tree, write_project, write_study

DASK = find_spec("distributed") is not None
NO_SCHEDULER = (4, "no scheduler answered") if DASK else (2, "dask")
"""Exit status and words, with and without the packages."""


def first(project: Path) -> Path:
    """The folder of the first study."""
    return project / "studies" / "2024-01-01-first"


def edit(project: Path, old: str, new: str) -> None:
    """Change the first study's file."""
    path = first(project) / "study.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_build_says_what_it_made(stub: Stub, project: Path) -> None:
    """The last line says how much was built, how long it took, and what to open."""
    done = stub(project, "-v")
    assert done.stdout.startswith("built 2 studies, 3 pages in ")
    assert "(trained 1 model, collected 6 artifacts)" in done.stdout
    opened = done.stdout.rstrip().rsplit("open ", 1)[1]
    assert Path(opened).is_file()
    assert "study 2 of 2: second" in done.stderr
    assert "lm: epoch 2 of 2, loss 0.333, validation 0.667" in done.stderr


def test_nothing_stale_nothing_done(stub: Stub, built: Path) -> None:
    """A second build trains nothing, collects nothing and changes no byte."""
    before = tree(built)
    done = stub(built)
    assert "trained" not in done.stdout
    assert "collected" not in done.stdout
    assert tree(built) == before


@pytest.mark.parametrize(
    ("old", "new", "made"),
    [
        ("title: ", "title: new ", ""),
        ("figure: stub", "figure: stub, title: new", ""),
        ("of: small}", "of: small}  # reworded", ""),
        ("large: {method: stub-curve, ", "large: {method: stub-curve, points: 9, ",
         "(collected 1 artifact)"),
        ("small: {method: stub, ", "small: {method: stub, steps: 3, ",
         "(collected 2 artifacts)"),
        ("epochs: 2", "epochs: 3", "(trained 1 model, collected 3 artifacts)"),
        ("count: 3", "count: 2", "(trained 1 model, collected 3 artifacts)"),
        ("seed: 5", "seed: 6", "(trained 1 model, collected 3 artifacts)"),
    ],
)  # fmt: skip
def test_only_what_depends_is_made_again(
    stub: Stub, built: Path, old: str, new: str, made: str
) -> None:
    """A change remakes what it enters, that is what reads it too, and nothing else."""
    edit(built, old, new)
    assert (made or " s; open") in stub(built).stdout
    edit(built, new, old)
    again = stub(built)
    assert "trained" not in again.stdout, "the old model is still there"


def test_renamed_parts_are_not_trained_again(stub: Stub, built: Path) -> None:
    """The name of a corpus or a model is in no key of a model."""
    text = (first(built) / "study.yaml").read_text()
    text = text.replace("texts", "lines").replace("lm", "net")
    (first(built) / "study.yaml").write_text(text)
    assert "trained" not in stub(built).stdout


@pytest.mark.slow(3)
def test_parallel_builds_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    """One process or two: every byte of site, models and artifacts is the same."""
    two = shutil.copytree(project, tmp_path / "two")
    run(project)
    run(two, "--jobs", "2")
    assert everything(two) == everything(project)


@pytest.mark.slow(2)
@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_two_builds_anywhere_give_the_same_bytes(
    tmp_path: Path, hash_seed: str
) -> None:
    """Folder, locale, time zone, hash seed, umask, order: none changes a byte."""
    one = write_project(tmp_path / "one")
    other = tmp_path / "an öther place #1%"
    for number, slug in ((2, "second"), (1, "first")):
        write_study(other, slug, day=number)
    run(one, LC_ALL="C", TZ="UTC", PYTHONHASHSEED="random")
    shell = ["sh", "-c", 'umask 077; exec "$@"', "sh"]
    from tests.stub.project import command, environment

    subprocess.run(
        [*shell, *command(other)],
        env=environment(LC_ALL="tr_TR.UTF-8", TZ="Asia/Kathmandu",
                        PYTHONHASHSEED=hash_seed),
        check=True, capture_output=True,
    )  # fmt: skip
    assert everything(other) == everything(one)


def test_a_subdirectory_is_as_good(project: Path) -> None:
    """From a folder inside the project the same project is found and built."""
    subprocess_done = run(project, "list", "-C", str(first(project) / ".."))
    assert "first" in subprocess_done.stdout


def test_studies_are_shown_as_they_are_done(stub: Stub, project: Path) -> None:
    """When a later study fails, the page of an earlier one is there already."""
    write_study(project, "third", day=3, model=", fail: bug")
    done = stub(project, status=1)
    assert "rendered so far" in done.stderr
    assert (project / "site" / "studies" / "first" / "index.html").is_file()
    assert "1 of 3 studies failed; what the others gave is kept" in done.stderr


def test_a_failed_study_does_not_stop_the_others(stub: Stub, project: Path) -> None:
    """The others are collected; the run ends with the list and its first status."""
    edit(project, "epochs: 2", "epochs: 2, fail: unsupported")
    done = stub(project, "collect", status=2)
    assert "error: first: model lm: the stub cannot do this" in done.stderr
    assert (
        project / "studies" / "2024-01-02-second" / "artifacts" / "table.json"
    ).exists()


def test_a_failed_artifact_does_not_mislead_its_reader(stub: Stub, built: Path) -> None:
    """An artifact is not made from a stale one whose renewal failed."""
    edit(built, "small: {method: stub, ", "small: {method: stub, fail: unsupported, ")
    done = stub(built, status=2)
    assert "artifact small: the model cannot answer" in done.stderr
    assert "artifact table: what it reads could not be collected" in done.stderr
    state = json.loads(stub(built, "list", "--json").stdout)[0]["artifacts"]
    assert state["table"]["state"] == "stale"


FAILURES: dict[str, tuple[Callable[[Path], object], tuple[str, ...], int, str]] = {
    "bad YAML": (lambda p: edit(p, "title:", "title: ["), (), 2, "study.yaml:"),
    "unknown key": (lambda p: edit(p, "seed:", "sead:"), (), 2, "seed"),
    "unknown kind": (lambda p: edit(p, "stub-table", "lyme"), (), 2, "lyme"),
    "no model": (lambda p: edit(p, "model: lm", "model: lo"), (), 2, "lm"),
    "corpus gone": (
        lambda p: edit(p, "count: 3", "path: gone.txt"), ("--strict",), 2,
        "gone.txt: no such file",
    ),
    "training fails": (
        lambda p: edit(p, "epochs: 2", "epochs: 1, fail: unsupported"),
        (), 2, "cannot do",
    ),
    "training has a bug": (
        lambda p: edit(p, "epochs: 2", "epochs: 1, fail: bug"), (), 1, "a bug of ours"
    ),
    "out of memory": (
        lambda p: edit(p, "epochs: 2", "epochs: 1, fail: memory"), (), 5, "memory"
    ),
    "a method fails": (
        lambda p: edit(p, "method: stub,", "method: stub, fail: unsupported,"),
        (), 2, "artifact small",
    ),
    "a method has a bug": (
        lambda p: edit(p, "method: stub,", "method: stub, fail: bug,"),
        (), 1, "error.log",
    ),
    "an infinite number": (
        lambda p: edit(p, "method: stub,", "method: stub, fail: infinite,"),
        (), 3, "infinite",
    ),
    "a figure fails": (
        lambda p: edit(p, "figure: stub", "fail: true, figure: stub"), (), 2, "drawn"
    ),
    "the prose fails": (
        lambda p: (first(p) / "index.md").write_text("FAIL"), (), 2, "index.md:1"
    ),
    "rendering has a bug": (
        lambda p: (first(p) / "index.md").write_text("BUG"), (), 1, "a bug of ours"
    ),
    "a warning under --strict": (
        lambda p: (first(p) / "index.md").write_text("WARN"), ("--strict",), 2,
        "1 warning, and --strict",
    ),
    "bad site settings": (
        lambda p: (p / "studies" / "site.yaml").write_text("titel: x"), (), 2, "title"
    ),
    "two slugs alike": (lambda p: write_study(p, "first", day=3), (), 2, "rename"),
    "a bad folder name": (
        lambda p: first(p).rename(p / "studies" / "2024-13-01-first"), (), 2, "date"
    ),
    "a stranger in the site": (
        lambda p: (p / "site" / "CNAME").write_text("x"),
        (), 2, "was not made by a build",
    ),
    "no such study": (lambda _: None, ("--only", "frist"), 2, 'did you mean "first"?'),
    "a bad site folder": (lambda _: None, ("-d", ".."), 2, "inside the project"),
    "a newer artifact": (
        lambda p: newer(first(p) / "artifacts" / "small.json"), (), 3, "newer version"
    ),
    "jobs 0": (lambda _: None, ("--jobs", "0"), 2, "--jobs"),
    "jobs -1": (lambda _: None, ("--jobs", "-1"), 2, "--jobs"),
    "jobs 10000": (lambda _: None, ("--jobs", "10000"), 2, "--jobs"),
    "an unknown option": (lambda _: None, ("--wat",), 2, "No such option"),
    "a missing value": (lambda _: None, ("--only",), 2, "requires an argument"),
    "an unknown command": (lambda _: None, ("biuld",), 2, "No such command"),
    "no scheduler": (
        lambda p: edit(p, "seed: 5", "seed: 7"),
        ("--scheduler", "tcp://x"), *NO_SCHEDULER,
    ),
    "no dataset under --strict": (
        lambda p: edit(p, "count: 3", "dataset: songs"), ("--strict",), 2, "fetch songs"
    ),
}  # fmt: skip


def sealed(path: Path, old: str, new: str) -> None:
    """Change an artifact's text and give it the right hash again."""
    rest = path.read_text().split("\n", 1)[1].replace(old, new)
    digest = hashlib.sha256(rest.encode()).hexdigest()
    path.write_text(f'{{"sha256": "{digest}",\n{rest}')


def newer(path: Path) -> None:
    """Make an artifact one of a newer schema, sealed as it would be."""
    sealed(path, '"schema": 1', '"schema": 99')


@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_build_leaves_the_site(stub: Stub, built: Path, name: str) -> None:
    """The site stays as it was to the byte; one paragraph says what and where."""
    change, words, status, text = FAILURES[name]
    change(built)
    before = tree(built / "site")
    done = stub(built, *words, status=status)
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert all(len(line) < 700 for line in done.stderr.splitlines())
    assert tree(built / "site") == before
    assert not (built / "site.next").exists()


def test_a_bug_is_written_down(stub: Stub, project: Path) -> None:
    """A bug of ours is one paragraph on screen and a traceback in a file."""
    edit(project, "epochs: 2", "epochs: 1, fail: bug")
    done = stub(project, status=1)
    log = project / ".cache" / "log" / "error.log"
    assert str(log) in done.stderr
    assert "ZeroDivisionError: an unexpected thing" in log.read_text()


def test_a_killed_worker_is_explained(project: Path) -> None:
    """A worker that the system ends gives status 5 and no endless retry."""
    edit(project, "epochs: 2", "epochs: 1, fail: killed")
    done = run(project, "-j", "2", check=False)
    assert done.returncode == 5
    assert "a worker was killed (probably memory)" in done.stderr


def test_absent_datasets_are_named(stub: Stub, project: Path, tmp_path: Path) -> None:
    """A study that waits for a dataset is skipped with the command that fetches it."""
    edit(project, "count: 3", "dataset: songs")
    done = stub(project)
    assert (
        "first: skipped: its corpus texts is not here; run: python build.py fetch"
        in (done.stderr)
    )
    assert "built 1 study" in done.stdout
    gaps = done.stderr.splitlines()[-2:]
    assert gaps[0].startswith("first: skipped: its corpus texts is not here; run:")
    wait = "1 study waits for data that is not here; run: python build.py fetch songs"
    assert gaps[1].startswith(wait)
    assert stub(project, "list").stdout.splitlines()[-1] == gaps[1]
    assert stub(project, "-q").stderr == ""
    listed = json.loads(stub(project, "list", "--json").stdout)
    assert listed[0]["state"] == "waiting"
    assert listed[0]["fetch"] == ["songs"]
    data = tmp_path / "data"
    data.mkdir()
    (data / "songs").write_text("x")
    assert "built 2 studies" in stub(project, "--data", str(data)).stdout
    without = stub(project)
    assert "built 2 studies" in without.stdout, "what was collected is still drawn"


def test_damage_is_told_though_the_corpus_is_away(
    stub: Stub, project: Path, tmp_path: Path
) -> None:
    """A damaged artifact is no gap: exit status 3, what to fetch, the site as it was.

    The controls: with sound artifacts the study is drawn, with none it waits.
    """
    edit(project, "count: 3", "dataset: songs")
    data = tmp_path / "data"
    data.mkdir()
    (data / "songs").write_text("x")
    stub(project, "--data", str(data))
    stub(project)
    before = tree(project / "site")
    small = first(project) / "artifacts" / "small.json"
    sound = small.read_bytes()
    small.write_bytes(sound[:-9] + b"x" + sound[-8:])
    for words in ("build", "render"):
        done = stub(project, words, status=3)
        assert "first: small: damaged: its hash does not match; run: " in done.stderr
        assert "fetch songs" in done.stderr
        assert tree(project / "site") == before
    assert "artifact small is damaged" in stub(project, "check", status=2).stdout
    small.unlink()
    assert "first: left out: " in stub(project, "render").stderr


def test_a_pinned_dataset_that_is_absent_is_named(stub: Stub, project: Path) -> None:
    """A dataset whose key is known without its bytes is waited for all the same."""
    edit(project, "kind: stub, count: 3", "kind: songs")
    done = stub(project)
    assert "first: skipped: its corpus texts is not here; run: python" in done.stderr
    assert "fetch songs" in done.stderr
    assert "built 1 study" in done.stdout
    listed = json.loads(stub(project, "list", "--json").stdout)
    assert (listed[0]["state"], listed[0]["fetch"]) == ("waiting", ["songs"])
    assert "fetch songs" in stub(project, "--strict", status=2).stderr


def test_a_frozen_study_needs_no_model_and_no_corpus(stub: Stub, project: Path) -> None:
    """Artifacts alone are enough to draw, without the cache and without the corpus."""
    edit(project, "count: 3", "path: texts.txt")
    (first(project) / "texts.txt").write_text("one\ntwo")
    stub(project)
    before = tree(project / "site")
    shutil.rmtree(project / ".cache")
    assert "trained" not in stub(project).stdout
    (first(project) / "texts.txt").unlink()
    stub(project, "render")
    assert tree(project / "site") == before
    assert "first  unknown" in stub(project, "list").stdout


def test_render_trains_nothing(stub: Stub, project: Path) -> None:
    """What was never collected is an error that names the command; no model is made."""
    done = stub(project, "render", status=2)
    assert (
        "first: small, large, table: missing: never collected; run: python build.py"
        in (done.stderr)
    )
    assert not (project / ".cache" / "models").exists()


def test_render_warns_of_what_is_stale(stub: Stub, built: Path) -> None:
    """A stale artifact is drawn with a warning, and is an error under --strict."""
    edit(built, "epochs: 2", "epochs: 3")
    assert "warning: first: is stale" in stub(built, "render").stderr
    stub(built, "render", "--strict", status=2)


def test_collect_renders_nothing(stub: Stub, project: Path) -> None:
    """Collecting by name collects that study, and makes no site."""
    done = stub(project, "collect", "second")
    assert "collected 1 study" in done.stdout
    assert not (project / "site").exists()
    assert not (first(project) / "artifacts").exists()
    assert "no study" in stub(project, "collect", "thrid", status=2).stderr


def test_only_some_studies(stub: Stub, project: Path) -> None:
    """`--only` collects what matches and leaves out what was never collected."""
    done = stub(project, "--only", "sec*")
    assert "built 1 study" in done.stdout
    assert done.stderr.splitlines()[-1].startswith("first: left out: ")
    others = stub(project, "collect", "--only", "!*second")
    assert "collected 1 study" in others.stdout
    assert (first(project) / "artifacts").exists()


def test_drafts_wait_for_their_option(stub: Stub, project: Path) -> None:
    """A draft is neither trained nor shown unless drafts are asked for."""
    edit(project, "title:", "draft: true\ntitle:")
    assert "built 1 study" in stub(project).stdout
    assert "built 2 studies" in stub(project, "--drafts").stdout


def test_options_before_and_after_a_command(stub: Stub, project: Path) -> None:
    """A global option means the same before a command and after it."""
    stub(project, "-q", "build", "-d", "public")
    assert (project / "public" / "index.html").is_file()
    assert stub(project, "build", "-q").stdout == ""


def test_list_says_why(stub: Stub, built: Path) -> None:
    """Every study is listed with what of it is stale and the reason."""
    edit(built, "epochs: 2", "epochs: 3")
    shown = stub(built, "list").stdout
    assert "2024-01-01  first  stale" in shown
    assert "small, large, table: stale: its settings or what it was made from" in shown
    assert "2024-01-02  second  fresh" in shown


def test_nothing_stale_is_quick(built: Path) -> None:
    """A build with nothing to do works well under three seconds, start included."""
    begun = os.times()
    run(built)
    done = os.times()
    assert done.children_user - begun.children_user < 3
    assert done.children_system - begun.children_system < 3


def test_clean_and_build_again(stub: Stub, built: Path) -> None:
    """After cleaning, of artifacts too, a build gives the same bytes again."""
    before = everything(built)
    assert "removed site" in stub(built, "clean").stdout
    assert not (built / "site").exists()
    assert (first(built) / "artifacts" / "small.json").exists()
    assert "trained" not in stub(built).stdout, "artifacts need no model"
    stub(built, "clean", "--artifacts", "--yes")
    assert not (first(built) / "artifacts" / "small.json").exists()
    stub(built)
    assert everything(built) == before


def test_clean_asks_before_anything_is_removed(built: Path) -> None:
    """Without an answer, nothing at all is removed."""
    before = everything(built)
    done = run(built, "clean", "--artifacts", check=False)
    assert done.returncode == 130
    assert "Delete 8 artifact files?" in done.stderr
    assert everything(built) == before
