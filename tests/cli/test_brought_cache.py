"""Results that git brought are believed by no command, and nothing of them is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.cli import commands, doctor
from generator.cli.check.sources import check_cache
from generator.cli.job import Job
from generator.cli.preview.session import Session
from generator.core import brought_cache
from generator.core.brought_cache import MEND, list_brought_files, set_aside
from generator.core.cache import Cache
from generator.core.errors import ConfigError
from tests.cli.publish.conftest import git
from tests.stub.project import write_project
from tests.stub.specs import install


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one study that was built, to be copied."""
    project = tmp_path_factory.mktemp("brought") / "project"
    write_project(project, 1)
    (project / ".gitignore").write_text("/site/\n/site.*/\n/.cache/\n")
    with pytest.MonkeyPatch.context() as patch:
        install(patch.setitem)
        patch.delenv("STUDY_NOW", raising=False)
        commands.build(Job(project=str(project), quiet=True))
    return project


@pytest.fixture
def built(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in a repository without its cache."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    monkeypatch.delenv("STUDY_NOW", raising=False)
    install(monkeypatch.setitem)
    project = tmp_path / "project"
    shutil.copytree(template, project)
    git(project, "init", "-q")
    return project


def bring(project: Path, *places: str) -> dict[str, bytes]:
    """Commit parts of the cache as a repository would bring them; their bytes."""
    git(project, "add", "-f", *places)
    git(project, "commit", "-q", "-m", "results")
    return {path: (project / path).read_bytes() for path in list_brought_files(project)}


def read_models(project: Path) -> dict[str, int]:
    """The files of all models, each by its inode: another where it was made again."""
    folder = project / ".cache" / "models"
    return {
        path.relative_to(folder).as_posix(): path.stat().st_ino
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_git_brought_is_made_again(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Models, pages, records: all are set aside, byte for byte, and made anew.

    One warning says how many, where they are, and the command that mends it, and after
    that command what is there is believed again.
    """
    brought = bring(built, ".cache")
    models = read_models(built)
    assert models
    assert len(brought) > len(models)
    shutil.rmtree(built / "site")
    shutil.rmtree(next((built / "studies").glob("*/artifacts")))
    job = Job(project=str(built))
    assert commands.build(job) == 0
    assert len(job.report.trained) == 1
    said = capsys.readouterr().err
    words = f"git tracks {len(brought)} files of it, which may be somebody else's"
    assert said.count(words) == 1
    assert (
        f"moved to .cache/aside, and what is wanted is made again: run: {MEND}" in said
    )
    for path, data in brought.items():
        aside = built / path.replace(".cache/", ".cache/aside/", 1)
        assert aside.read_bytes() == data
    assert not set(read_models(built).values()) & set(models.values())
    git(built, *MEND.split()[1:], "-q")
    shutil.rmtree(next((built / "studies").glob("*/artifacts")))
    job = Job(project=str(built))
    assert commands.build(job) == 0
    assert not job.report.trained
    assert "git tracks" not in capsys.readouterr().err


def test_a_model_goes_as_a_whole(built: Path) -> None:
    """Though git brought one file of it alone, none of the others is used."""
    (manifest,) = (built / ".cache" / "models").glob("*/manifest.json")
    bring(built, manifest.relative_to(built).as_posix())
    set_aside(built, list_brought_files(built))
    assert not manifest.parent.exists()
    aside = built / ".cache" / "aside" / "models" / manifest.parent.name
    assert (aside / "manifest.json").is_file()
    assert len(list(aside.rglob("*"))) > 1


def test_nothing_is_read_where_nothing_is_set_aside(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check`, `list` and the preview move nothing, and use no entry of the caches."""
    before = bring(built, ".cache/kept", ".cache/pictures")
    read: list[str] = []
    get = Cache.get
    monkeypatch.setattr(
        Cache, "get", lambda one, key: (read.append(one.folder.name), get(one, key))[1]
    )
    job = Job(project=str(built))
    assert job.settings
    assert [job.find_status(study).word for study in job.studies]
    assert Session(Job(project=str(built))).render_preview().files
    assert set(read) <= {"collected"}
    assert all((built / path).read_bytes() == data for path, data in before.items())
    git(built, *MEND.split()[1:], "-q")
    assert Session(Job(project=str(built))).render_preview().files
    assert "kept" in read, "the control: one's own are used"


def test_doctor_and_check_say_so(built: Path) -> None:
    """Both warn with the command, and only where git tracks something."""
    job = Job(project=str(built))
    assert not list(check_cache(job))
    assert [one.level for one in doctor.cache(job)] == ["ok"]
    bring(built, ".cache/rendered")
    job = Job(project=str(built))
    (finding,) = check_cache(job)
    assert finding.level == "warn"
    assert "git tracks 1 file of it" in finding.text
    assert MEND in finding.fix
    _, told = doctor.cache(job)
    assert told.level == "warn"
    assert MEND in told.fix


def test_what_was_set_aside_makes_room(built: Path) -> None:
    """A second time the first is replaced; what git tracks there is never read."""
    (model,) = (built / ".cache" / "models").iterdir()
    for text in ("one", "two"):
        model.mkdir(exist_ok=True)
        (model / "own").write_text(text)
        set_aside(built, [f".cache/models/{model.name}/own", ".cache/rendered"])
    aside = built / ".cache" / "aside" / "models" / model.name
    assert [path.name for path in aside.iterdir()] == ["own"]
    assert (aside / "own").read_text() == "two"
    git(built, "add", "-f", ".cache/aside")
    assert not list_brought_files(built)


def test_another_repository_in_its_place(built: Path) -> None:
    """Where `.cache` as a whole is brought, each part of it is set aside."""
    names = {path.name for path in (built / ".cache").iterdir()}
    set_aside(built, [".cache"])
    assert {p.name for p in (built / ".cache").iterdir()} <= {"aside", "lock"}
    aside = {path.name for path in (built / ".cache" / "aside").iterdir()}
    assert aside == {name for name in names if not name.startswith("lock")}
    (built / ".CACHE").mkdir()
    (built / ".CACHE" / "x").write_text("of another")
    set_aside(built, [".CACHE/x"])
    assert (built / ".CACHE" / "x").exists(), "another folder here"


def test_no_link_is_followed(built: Path, tmp_path: Path) -> None:
    """With the folder of what is set aside being a link, every command stops."""
    (tmp_path / "elsewhere").mkdir()
    (built / ".cache" / "aside").symlink_to(tmp_path / "elsewhere")
    bring(built, ".cache/rendered")
    with pytest.raises(ConfigError, match=r"\.cache/aside: is a link"):
        commands.render(Job(project=str(built), quiet=True))
    assert not list((tmp_path / "elsewhere").iterdir())


def test_without_the_guard_they_are_believed(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a model that came with the clone is asked as one's own would be."""
    bring(built, ".cache")
    monkeypatch.setattr("generator.cli.job.list_brought_files", lambda _: frozenset())
    models = read_models(built)
    shutil.rmtree(next((built / "studies").glob("*/artifacts")))
    job = Job(project=str(built), quiet=True)
    assert commands.build(job) == 0
    assert not job.report.trained
    assert read_models(built) == models
    assert brought_cache.list_brought_files(built)
