"""Projects that mean harm, and a program that builds them while everything is watched.

`python -m tests.hostile_projects FOLDER [WALL [NAME]]` makes each project in `FOLDER`,
builds it without `--trust`, and prints as JSON how each build ended, how long it took,
and what it did that no build may do. WALL names a wall that is taken out first, NAME
the one project to build.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.stub.project import REPOSITORY, write_project
from tests.stub.specs import install

SECONDS = 1.0
"""Time that a page may take while these are built."""
ELSEWHERE = "what stands in another folder"
RUNS = (
    "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork",
    "pickle.", "ctypes.dlopen", "socket.connect", "socket.bind", "urllib.",
)  # fmt: skip
"""Beginnings of the events by which a program runs another, or asks a network."""
LAYOUT = '{% extends "base.html" %}{% block main %}'


def write(project: Path, name: str, text: str = "") -> Path:
    """Write a file of a project."""
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def layout(text: str) -> Callable[[Path], object]:
    """A project whose pages of studies hold what a template says."""
    return lambda project: write(
        project, "templates/study.html", f"{LAYOUT}{text}{{% endblock %}}"
    )


def run_command(project: Path) -> None:
    """A template that runs a command, which leaves a file outside the project."""
    code = "cycler.__init__.__globals__.os.system('echo > %s')"
    layout("{{ " + code % (project.parent / "outside" / "ran") + " }}")(project)


def link_folder(project: Path) -> None:
    """Templates that are a link to a folder elsewhere."""
    (project / "templates").symlink_to(project.parent / "outside")


def link_file(project: Path) -> None:
    """A style sheet that is a link to a secret."""
    folder = write(project, "templates/static/own.css").parent
    (folder / "style.css").symlink_to(project.parent / "outside" / "secret.txt")


def make_pipe(project: Path) -> None:
    """A template that waits for somebody to write."""
    write(project, "templates/own.html")
    os.mkfifo(project / "templates" / "study.html")


def make_large(project: Path) -> None:
    """A style sheet that claims ten gigabytes."""
    with write(project, "templates/figures/own.css").open("wb") as file:
        file.truncate(10**10)


def make_many(project: Path) -> None:
    """More templates than anybody means."""
    for number in range(1001):
        write(project, f"templates/{number}.html")


def name_badly(project: Path) -> None:
    """A template whose name drives a terminal."""
    write(project, "templates/\x1b]0;owned\x07\n::error::.html", "x")


def bring_modules(project: Path) -> None:
    """Modules that Python might import, each of which leaves a file."""
    code = f"open({str(project.parent / 'outside' / 'ran')!r}, 'w')\n"
    for name in ("jinja2", "sitecustomize", "conftest", "build", "plugins/own"):
        write(project, f"{name}.py", code)


EXIT = {
    "a command": (run_command, 2),
    "loops": (layout("{% for i in range(99999) %}" * 2 + "{% endfor %}" * 2), 2),
    "a long loop": (layout("{% for i in range(10**9) %}{% endfor %}"), 2),
    "a large text": (layout("{{ 'a' * 10**10 }}"), 2),
    "a wide text": (layout("{{ 'a'|center(10**9) }}"), 2),
    "open marks": (layout("{{" * 40_000), 2),
    "a file elsewhere": (layout("{% include '../../outside/secret.txt' %}"), 2),
    "a link to a folder": (link_folder, 2),
    "a link to a file": (link_file, 2),
    "a pipe": (make_pipe, 2),
    "a large file": (make_large, 2),
    "many files": (make_many, 2),
    "a name": (name_badly, 2),
    "a script": (lambda p: write(p, "templates/static/page.js", "alert(1)\n"), 2),
    "a module of scripts": (lambda p: write(p, "templates/evil.js", "alert(1)\n"), 2),
    "a picture": (lambda p: write(p, "templates/static/icon.svg", "<svg/>"), 2),
    "a script in a page": (layout("<script>alert(1)</script>"), 3),
    "data as a script": (layout('<script src="data/small.json"></script>'), 3),
    "deep elements": (layout("{% for i in range(60000) %}<div>{% endfor %}"), 3),
    "many elements": (
        layout(
            "<p>{% for i in range(3000) %}<b id=a{{ i }}>{% endfor %}</p>"
            "{% for i in range(3000) %}<p>x</p>{% endfor %}"
        ),
        3,
    ),
    "an attribute": (layout("<img src=x onerror=alert(1)>"), 3),
    "modules": (bring_modules, 0),
    "a style": (lambda p: write(p, "templates/static/style.css", "{(" * 400_000), 2),
    "a style's end": (
        lambda p: write(p, "templates/figures/own.css", "}}}<!--" * 9),
        0,
    ),
}
"""What makes each project hostile, and the exit status of its build."""


def take_out(wall: str) -> None:
    """Take a wall out, as a control."""
    import jinja2

    from generator.core import trust
    from generator.site import sandbox, templates

    if wall == "sandbox":

        class Usual(jinja2.Environment):
            meter = sandbox.Meter()

        setattr(templates, "BoundedEnvironment", Usual)  # noqa: B010 - another class
    if wall == "trust":
        setattr(trust, "CODE", ())  # noqa: B010 - a constant
    if wall == "oracle":
        from generator.site.page_check import CheckerProcess

        setattr(CheckerProcess, "find_problems", lambda *_: [])  # noqa: B010 - same


def main(base: Path, wall: str = "", only: str = "") -> dict[str, Any]:
    """Build every project, or only one, and return what each build did."""
    install()
    from generator.cli.main import main as run
    from generator.site import (  # all is imported before the watch begins
        build,
        page_check,
        sandbox,
    )

    del build
    setattr(sandbox, "SECONDS", SECONDS)  # noqa: B010 - a constant
    setattr(page_check, "SECONDS", SECONDS)  # noqa: B010 - same
    take_out(wall)
    seen: list[str] = []
    watched: list[Path] = []
    places = (str(REPOSITORY), sys.prefix, sys.base_prefix, os.devnull)
    harmless = (*places, "/usr/", "/etc/", "/proc/", str(base / "settings"))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if not watched:
            return
        # No name is the program itself, of which the swap of sites asks a function.
        if event.startswith(RUNS) and arguments != (None,):
            seen.append(f"{event} {arguments!r}"[:200])
        if event == "open" and isinstance(arguments[0], str):
            path = os.path.abspath(arguments[0])  # noqa: PTH100 - a hook, often called
            if not path.startswith((str(watched[0]), *harmless)):
                seen.append(f"open {path}")

    sys.addaudithook(hook)
    found: dict[str, Any] = {}
    for number, (name, (make, _status)) in enumerate(EXIT.items()):
        if only not in ("", name):
            continue
        home = base / str(number)
        write(home, "outside/secret.txt", ELSEWHERE)
        project = write_project(home / "project", 3)
        make(project)
        seen.clear()
        said = io.StringIO()
        begun = time.monotonic()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            watched.append(project)
            # In one process, as the hook sees no other.
            status = run(["-C", str(project), "--jobs", "1", "build"])
            watched.clear()
        found[name] = {
            "status": status,
            "seconds": time.monotonic() - begun,
            "did": list(seen),
            "said": said.getvalue(),
            "outside": sorted(path.name for path in (home / "outside").iterdir()),
            "kept": find_text(project / "site", ("alert(1)", ELSEWHERE)),
        }
    return found


def find_text(folder: Path, texts: tuple[str, ...]) -> list[str]:
    """The files below a folder that hold one of some texts."""
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(text.encode() in path.read_bytes() for text in texts)
    ]


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]).resolve(), *sys.argv[2:])))  # noqa: T201 - a program
