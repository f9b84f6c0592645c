"""`check` says what it found, sorted, in three forms, and ends as it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli.check import check as module
from generator.cli.check.check import CheckOptions, check_site, find_errors
from generator.cli.check.finding import Finding, format_findings
from generator.cli.check.site_report import make_report
from generator.cli.job import Job
from generator.core.errors import ConfigError, StudyError
from generator.study.new_study import PLACEHOLDERS
from generator.study.site_settings import Validation
from tests.cli.check.sites import page, site

HERE = Path(module.__file__).parent


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check in this process; see `test_hostile_site` for the one with limits."""
    monkeypatch.setattr(module, "report_site", make_report)


def job(folder: Path, settings: str = "", **files: str | bytes) -> Job:
    """A project with a site of these files."""
    site(folder, **files)
    (folder / "studies").mkdir()
    (folder / "studies" / "site.yaml").write_text(settings or "title: x\n")
    return Job(project=str(folder))


BROKEN = page('<a href="x.html">x</a>\n<a href="#y">y</a><h4>z</h4>')


def test_a_good_site_is_status_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is printed for a site without fault but the count."""
    assert check_site(job(tmp_path), CheckOptions()) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "0 errors, 0 warnings in 2 pages\n")


def test_findings_are_sorted_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One finding a line, by file and line, each with its kind and what to do."""
    files = {"index_html": BROKEN, "a__index_html": BROKEN}
    assert check_site(job(tmp_path, **files), CheckOptions()) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines == sorted(lines)
    assert lines[0] == (
        'site/a/index.html:3: error[links]: "x.html" is no file of the site; name a '
        "file that is there, or build again"
    )
    assert lines[2].startswith("site/a/index.html:4: warn[headings]: ")
    assert len(lines) == 6


def test_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON is one array, also when it is empty."""
    check_site(job(tmp_path / "1", index_html=BROKEN), CheckOptions(style="json"))
    found = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in found] == ["links", "anchors", "headings"]
    assert set(found[0]) == {"file", "line", "kind", "text", "fix", "level"}
    check_site(job(tmp_path / "2"), CheckOptions(style="json"))
    assert json.loads(capsys.readouterr().out) == []


def test_as_annotations() -> None:
    """GitHub's commands are escaped, so that no finding can forge another."""
    found = [Finding("a,b:c.html", 0, "links", "50% of\n::error::x", "mend", "warn")]
    assert format_findings(found, "github") == (
        "::warning file=a%2Cb%3Ac.html,line=1,title=links::50%25 of%0A::error::x; mend"
    )


def test_a_terminal_is_not_driven() -> None:
    """Control characters of a page come out escaped."""
    found = [Finding("x", 1, "links", "\x1b[31mred", "mend")]
    assert "\x1b" not in format_findings(found, "text")


@pytest.mark.parametrize(
    ("level", "status"), [("error", 2), ("warn", 0), ("ignore", 0)]
)
def test_levels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], level: str, status: int
) -> None:
    """`validation:` says what a kind is; what is ignored is not printed."""
    settings = f"validation: {{links: {level}}}\n"
    found = job(tmp_path, settings, index_html=page('<a href="x.html">x</a>'))
    assert check_site(found, CheckOptions()) == status
    out = capsys.readouterr().out
    assert (f"{level}[links]" in out) is (level != "ignore")


def test_a_mistyped_kind_is_met_with_the_right_one(tmp_path: Path) -> None:
    """An unknown kind is an error of the settings, with the nearest name."""
    with pytest.raises(ConfigError, match="links"):
        check_site(job(tmp_path, "validation: {link: warn}\n"), CheckOptions())


def test_strict_makes_warnings_errors(tmp_path: Path) -> None:
    """With --strict a warning alone ends with status 2."""
    found = job(tmp_path, index_html=page("<h4>x</h4>"))
    assert check_site(found, CheckOptions()) == 0
    found.strict = True
    assert check_site(found, CheckOptions()) == 2


def test_paths_choose(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only findings at or below the paths are told; an unknown path is refused."""
    found = job(tmp_path, index_html=BROKEN, a__index_html=BROKEN)
    assert check_site(found, CheckOptions(("site/a",))) == 2
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("site/a/") for line in lines)
    with pytest.raises(ConfigError, match="no such file"):
        check_site(found, CheckOptions(("site/b",)))


def test_no_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a site the sources are checked alone, and that is said; publish asks."""
    (tmp_path / "studies").mkdir()
    job = Job(project=str(tmp_path))
    assert check_site(job, CheckOptions()) == 0
    assert "no site was built yet" in capsys.readouterr().err
    (tmp_path / "studies" / "site.yaml").write_text("titel: x\n")
    with pytest.raises(StudyError, match="titel"):
        check_site(Job(project=str(tmp_path)), CheckOptions())
    with pytest.raises(StudyError, match=r"no site; run: python build\.py build"):
        find_errors(job)


def test_every_kind_has_a_level() -> None:
    """Each kind that a check names is one of the settings, and each of them is used."""
    text = "".join(path.read_text("utf-8") for path in sorted(HERE.glob("*.py")))
    for kind in Validation.model_fields:
        assert f'"{kind}"' in text, kind


def test_prose_is_linted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the linter says of a file comes with its place, as a warning."""
    found = job(tmp_path, "title: A site #2 of many\n")
    assert check_site(found, CheckOptions()) == 0
    line = capsys.readouterr().out
    assert line.startswith("studies/site.yaml:1: warn[prose]: ")
    assert "quotes" in line


@pytest.mark.parametrize(
    ("summary", "prose", "place"),
    [
        ("", "A text.", "study.yaml: error[placeholder]: the study has no summary"),
        ("x", "", "index.md: error[placeholder]: the write-up is empty"),
        ("x", "\n---\n", "index.md: error[placeholder]: the write-up is empty"),
        *(
            ("x", f"A.\n\n[{one}](#x)\n\n## x\n", "index.md:3: error[placeholder]: ")
            for one in PLACEHOLDERS
        ),
        ("x", "A text.", ""),
    ],
)
def test_what_nobody_has_written_is_an_error(
    summary: str,
    prose: str,
    place: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Template sentences, an empty write-up or summary; a draft may have them."""
    found = job(tmp_path)
    folder = tmp_path / "studies" / "2024-01-01-x"
    folder.mkdir()
    settings = f'title: x\nsummary: "{summary}"\n'
    (folder / "study.yaml").write_text(settings)
    (folder / "index.md").write_text(prose)
    assert check_site(found, CheckOptions()) == (2 if place else 0)
    assert [one.kind for one in find_errors(found)] == ["placeholder"] * bool(place)
    assert place in capsys.readouterr().out
    (folder / "study.yaml").write_text(f"{settings}draft: true\n")
    assert check_site(Job(project=str(tmp_path)), CheckOptions()) == 0


def test_a_site_elsewhere_is_named_from_the_project_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `--site-dir` findings name the file where it really is."""
    site(tmp_path / "out", index_html=BROKEN)
    (tmp_path / "studies").mkdir()
    assert (
        check_site(Job(project=str(tmp_path), site_dir="out/site"), CheckOptions()) == 2
    )
    assert capsys.readouterr().out.startswith("out/site/index.html:3: error[links]")
