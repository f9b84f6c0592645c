"""Modules become one classic script; what the bundler cannot join is refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from generator.core.errors import IntegrityError
from generator.site.assets import (
    SCRIPTS,
    SEARCH,
    bundle_assets,
    bundle_scripts,
    join_scripts,
)

NODE = shutil.which("node")


def write(project: Path, **modules: str) -> Path:
    """Write modules of a project's own, `a_b` as `a/b.js`."""
    for name, source in modules.items():
        path = project / "templates" / "static" / f"{name.replace('_', '/')}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return project


def test_what_is_imported_comes_first_and_once(tmp_path: Path) -> None:
    """A module stands before those that import it, however many do."""
    write(
        tmp_path,
        main='import { one } from "./deep/one.js";\n'
        'import { two } from "./two.js";\nwindow.sum = one + two;\n',
        deep_one='import { two } from "../two.js";\nexport const one = two - 1;\n',
        two="/** Two. */\nexport const two = 2;\n",
    )
    joined = join_scripts(tmp_path, ("main.js",)).replace(" ", "")
    assert joined.startswith("(()=>{\n'usestrict';")
    assert joined.count("two=2") == 1
    assert (
        joined.index("two=2") < joined.index("one=two-1") < joined.index("window.sum")
    )
    text = bundle_scripts(tmp_path, ("main.js",)).decode()
    assert text.startswith('(()=>{"use strict";')
    assert not {"import", "export", "Two."} & set(text.replace(";", " ").split())


@pytest.mark.parametrize(
    ("main", "other", "message"),
    [
        ('import { b } from "./other.js";\n', "const b = 1;\n", "exports no b"),
        ('import b from "./other.js";\n', "", "bundled modules have only"),
        ('import * as b from "./other.js";\n', "", "bundled modules have only"),
        ('import { a as b } from "./other.js";\n', "", "exports no a as b"),
        ('import { b } from "react";\n', "", "bundled modules have only"),
        ("export default 1;\n", "", "bundled modules have only"),
        ("const a = 1;\nexport { a };\n", "", "bundled modules have only"),
        ('const a = await import("./other.js");\n', "", "bundled modules have only"),
        (
            'import { a } from "./other.js";\nconst b = a;\n',
            "export const a = 1;\nfunction b() {}\n",
            "b is declared in other.js too",
        ),
        (
            'import { a } from "./other.js";\nexport const c = a;\n',
            'import { c } from "./main.js";\nexport const a = c;\n',
            "modules in a circle: main.js imports other.js imports main.js",
        ),
        ('import { a } from "./gone.js";\n', "", "gone.js: is missing"),
    ],
)
def test_what_cannot_be_joined_is_refused(
    tmp_path: Path, main: str, other: str, message: str
) -> None:
    """The message names the module and what is wrong with it."""
    write(tmp_path, main=main, other=other)
    with pytest.raises(IntegrityError, match=message.replace(".", r"\.")) as caught:
        bundle_scripts(tmp_path, ("main.js",))
    assert "templates/static/" in str(caught.value)


def test_a_projects_own_module_goes_before_the_shipped_one(tmp_path: Path) -> None:
    """A classic script in its place, without imports, is bundled as it is."""
    write(tmp_path, page="(() => { window.ours = true; })();\n")
    assert "window.ours = true" in join_scripts(tmp_path, SCRIPTS)
    assert b"window.ours=!0" in bundle_scripts(tmp_path, SCRIPTS)


@pytest.mark.skipif(NODE is None, reason="needs node")
def test_the_shipped_scripts_are_valid_classic_scripts(tmp_path: Path) -> None:
    """A parser takes what the minifier left, as a script and not as a module."""
    for names in (SCRIPTS, SEARCH, ("preview.js",)):
        path = tmp_path / "bundle.cjs"
        path.write_bytes(bundle_scripts(tmp_path, names))
        subprocess.run([str(NODE), "--check", str(path)], check=True)


def test_names_follow_from_contents(tmp_path: Path) -> None:
    """The same sources give the same files; another source, another name."""
    files, paths = bundle_assets(tmp_path)
    assert bundle_assets(tmp_path) == (files, paths)
    write(tmp_path, page="window.ours = true;\n")
    assert bundle_assets(tmp_path)[1]["script"] != paths["script"]
    assert bundle_assets(tmp_path)[1]["style"] == paths["style"]
