"""Code of a project runs once a person has trusted it, until it changes."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from generator.core import trust as module
from generator.core.errors import ConfigError, IntegrityError
from generator.core.package_data import CHECKOUT
from generator.core.trust import (
    UntrustedCodeError,
    find_code,
    find_config_folder,
    forget_trust,
    give_trust,
    read_trust,
    require_trust,
)

Paths = tuple[Path, Path]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A project with a script, and the file that trust is kept in."""
    monkeypatch.setenv("STUDY_CONFIG", str(tmp_path / "settings"))
    static = tmp_path / "project" / "templates" / "static"
    static.mkdir(parents=True)
    (static / "page.js").write_text("run();\n")
    return tmp_path / "project", tmp_path / "settings" / "trust.json"


def test_code_needs_trust_until_it_is_given(places: Paths) -> None:
    """Without trust the code is named, with it nothing is said, in any copy of it."""
    project, file = places
    with pytest.raises(UntrustedCodeError, match=r"^templates/static/page\.js: "):
        require_trust(project)
    assert not file.parent.exists()
    give_trust(find_code(project))
    require_trust(project)
    copy = project.rename(project.with_name("moved"))
    require_trust(copy)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("templates/static/page.js", "other();\n"),
        ("templates/static/more.js", "run();\n"),
        ("templates/static/deep/more.js", "run();\n"),
        ("templates/more.JS", "run();\n"),
        ("templates/static/icon.svg", "<svg/>"),
    ],
)
def test_any_change_of_code_ends_trust(places: Paths, name: str, text: str) -> None:
    """A script that is changed or added is named as what has changed."""
    project, _file = places
    give_trust(find_code(project))
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text(text)
    with pytest.raises(UntrustedCodeError, match=f"^{name}: .*changed since"):
        require_trust(project)


def test_a_script_that_is_gone_or_renamed_ends_trust(places: Paths) -> None:
    """Trust is in all files together, under their names."""
    project, _file = places
    static = project / "templates" / "static"
    (static / "more.js").write_text("more();\n")
    give_trust(find_code(project))
    (static / "more.js").rename(static / "less.js")
    with pytest.raises(UntrustedCodeError):
        require_trust(project)
    (static / "less.js").unlink()
    with pytest.raises(UntrustedCodeError):
        require_trust(project)


@pytest.mark.parametrize("name", ["templates/study.html", "templates/static/style.css"])
def test_what_is_no_code_needs_no_trust(places: Paths, name: str) -> None:
    """Templates and styles are not run: they may change after trust was given."""
    project, _file = places
    give_trust(find_code(project))
    (project / name).write_text("x")
    require_trust(project)


def test_the_program_itself_needs_no_trust(places: Paths) -> None:
    """The scripts of a checkout are the program's own."""
    del places
    assert not find_code(CHECKOUT)
    require_trust(CHECKOUT)


def test_the_list_is_the_user_s_alone(places: Paths) -> None:
    """Nobody else can read or write it, whatever the process's mask."""
    project, file = places
    before = os.umask(0)
    try:
        give_trust(find_code(project))
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert sorted(json.loads(file.read_text())) == ["trusted", "version"]


def test_trust_is_forgotten(places: Paths) -> None:
    """What a project brings, and brought before, is trusted no more; others are."""
    project, file = places
    assert forget_trust(project) == 0
    assert not file.parent.exists()
    give_trust(find_code(project))
    script = project / "templates" / "static" / "page.js"
    script.write_text("other();\n")
    give_trust(find_code(project))
    other = project.with_name("other")
    (other / "templates").mkdir(parents=True)
    (other / "templates" / "x.js").write_text("x")
    give_trust(find_code(other))
    assert forget_trust(project) == 2
    require_trust(other)
    for text in ("run();\n", "other();\n"):
        script.write_text(text)
        with pytest.raises(UntrustedCodeError):
            require_trust(project)


def write_for_all(file: Path) -> None:
    """Let everybody write the list."""
    file.chmod(0o666)


def make_link(file: Path) -> None:
    """Make the list a link to itself elsewhere."""
    file.rename(file.with_name("else"))
    file.symlink_to(file.with_name("else"))


def make_pipe(file: Path) -> None:
    """Make the list a pipe."""
    file.unlink()
    os.mkfifo(file, 0o600)


def change(old: str, new: str) -> object:
    """Change a text in the list."""
    return lambda file: file.write_text(file.read_text().replace(old, new))


DAMAGE = {
    "others": write_for_all,
    "link": make_link,
    "pipe": make_pipe,
    "empty": lambda file: file.write_text(""),
    "bytes": lambda file: file.write_bytes(b"\xff"),
    "twice": change('"version": 1', '"version": 1, "version": 1'),
    "version": change('"version": 1', '"version": 2'),
    "more": change('"version": 1', '"version": 1, "more": 2'),
    "list": lambda file: file.write_text("[]"),
    "no object": lambda file: file.write_text('{"version": 1, "trusted": [1]}'),
    "no files": lambda file: file.write_text('{"version": 1, "trusted": {"a": {}}}'),
    "files": change('"files": {', '"files": 3, "x": {'),
    "third": change('"files": {', '"x": 1, "files": {'),
    "number": lambda file: file.write_text(
        '{"version": 1, "trusted": {"a": {"project": 1, "files": {}}}}'
    ),
    "hash": lambda file: file.write_text(
        '{"version": 1, "trusted": {"a": {"project": "p", "files": {"x.js": 1}}}}'
    ),
    "deep": lambda file: file.write_text("[" * 100_000),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_list_that_cannot_be_believed_is_not(places: Paths, damage: object) -> None:
    """Code runs on no list that is damaged, or that others could have written."""
    project, file = places
    give_trust(find_code(project))
    assert callable(damage)
    damage(file)
    for act in (lambda: require_trust(project), lambda: give_trust(find_code(project))):
        with pytest.raises(IntegrityError, match="remove it"):
            act()


def test_a_project_cannot_bring_the_list(
    places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of settings in the project is refused, and by a link too."""
    project, file = places
    give_trust(find_code(project))
    file.parent.rename(project / "settings")
    (project.parent / "link").symlink_to(project / "settings")
    for folder in (project / "settings", project.parent / "link"):
        monkeypatch.setenv("STUDY_CONFIG", str(folder))
        for act in (require_trust, lambda place: give_trust(find_code(place))):
            with pytest.raises(ConfigError, match="STUDY_CONFIG"):
                act(project)


def test_settings_are_where_the_system_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable of the program goes first, then that of the system."""
    monkeypatch.setenv("STUDY_CONFIG", str(tmp_path / "a"))
    assert find_config_folder() == tmp_path / "a"
    monkeypatch.delenv("STUDY_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "b"))
    assert find_config_folder() == tmp_path / "b" / "interpretability-studies"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    own = tmp_path / ".config" / "interpretability-studies"
    assert find_config_folder() == own
    assert read_trust() == {}


def test_without_the_check_of_the_hash_changed_code_runs(
    places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: it is the hash of the code that tells a change."""
    project, _file = places
    give_trust(find_code(project))
    (project / "templates" / "static" / "page.js").write_text("other();\n")
    monkeypatch.setattr(module.files, "digest", lambda _data: "same")
    give_trust(find_code(project))
    (project / "templates" / "static" / "page.js").write_text("third();\n")
    require_trust(project)
