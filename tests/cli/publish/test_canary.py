"""What is kept back, and what was taken out, is in no byte that is published."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.cli import commands
from generator.cli.job import Job
from generator.cli.publish import derivation, publish, verify
from generator.core.errors import ConfigError, IntegrityError, StudyError
from generator.site import swap
from generator.site.ownership import read_manifest
from generator.site.portable import archive_path
from generator.study import freshness
from tests.cli.publish import canary
from tests.cli.publish.canary import PLACES, WORD, find_in_folder, find_in_tree
from tests.cli.publish.conftest import Place, git
from tests.stub.specs import install

pytestmark = pytest.mark.slow(6)

OPEN, DRAFT, LATER = "2024-01-01-open", "2024-01-02-held", "2999-01-01-later"
OLD = {f"{WORD}old{place}" for place in PLACES}
KEPT_BACK = {f"{WORD}{who}{place}" for who in ("draft", "later") for place in PLACES}


def put_stub(patch: pytest.MonkeyPatch) -> None:
    """Put the stub and its labels into the tables."""
    from generator.methods import METHODS

    install(patch.setitem)
    patch.setitem(METHODS, "stub-label", canary.LabelledScores)  # type: ignore[misc] - a table


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stub in the tables for one test, and the clock's own day."""
    put_stub(monkeypatch)
    monkeypatch.delenv("STUDY_NOW", raising=False)


def build(project: Path, **options: object) -> None:
    """Build in this process."""
    commands.build(Job(project=str(project), quiet=True, **options))  # type: ignore[arg-type] - options


def take_out(place: Place) -> None:
    """Write the open study without the word; its old picture and an artifact stay."""
    artifacts = place.project / "studies" / OPEN / "artifacts"
    shutil.copyfile(artifacts / "small.json", artifacts / "gone.json")
    canary.write_study(place.project, OPEN, "")


@pytest.fixture(scope="module")
def drafted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of an open study and two kept back, built for its author's eyes."""
    project = tmp_path_factory.mktemp("canary") / "project"
    shutil.copytree(template, project)
    canary.write_study(project, OPEN, "old")
    canary.write_study(project, DRAFT, "draft", draft=True)
    canary.write_study(project, LATER, "later")
    with pytest.MonkeyPatch.context() as patch:
        put_stub(patch)
        build(project, drafts=True, future=True)
    return project


@pytest.fixture
def seen(drafted: Path, place: Place) -> Place:
    """A copy of it in a repository: its last build showed all words."""
    for name in ("site", "studies", ".cache"):
        shutil.rmtree(place.project / name)
        shutil.copytree(drafted / name, place.project / name)
    place.commit()
    return place


def test_every_place_reaches_a_site(seen: Place) -> None:
    """A build with drafts has the word in each place: the search below can find it.

    What pictures say beside their pixels reaches none, though the files say it.
    """
    found = find_in_folder(seen.project / "site")
    assert found >= OLD | KEPT_BACK
    owners = ("old", "draft", "later")
    said = {f"{WORD}{who}{place}" for who in owners for place in canary.UNPUBLISHED}
    assert find_in_folder(seen.project / "studies") >= said
    assert not found & said


def test_nothing_kept_back_or_taken_out_is_published(seen: Place) -> None:
    """After the word is out and the site built, no byte of the tip's tree has it.

    Neither of drafts and studies to come nor of lines, captions, labels and pictures
    that are no more; feeds, notebooks, cards, metadata and archives included.
    """
    take_out(seen)
    build(seen.project, portable=True)
    seen.commit()
    seen.publish()
    assert find_in_tree(seen.bare, "gh-pages") == set()
    assert find_in_folder(seen.project / "site") == set()
    archive = archive_path(seen.project / "site")
    assert canary.find_words(archive.name, archive.read_bytes()) == set()
    page = "studies/2024/01/01/open/index.html"
    assert "plainopenline" in (seen.project / "site" / page).read_text()


def test_a_site_for_its_author_is_refused(seen: Place) -> None:
    """A build with drafts, or with studies to come, is no site to publish."""
    with pytest.raises(ConfigError, match=r"built with its drafts.*without --drafts"):
        seen.publish()
    build(seen.project, future=True)
    with pytest.raises(ConfigError, match=f"{LATER}.*without --future"):
        seen.publish()
    build(seen.project, now="2999-02-01")
    with pytest.raises(ConfigError, match="older than what it is made from"):
        seen.publish()
    assert not seen.tip()


@pytest.mark.parametrize(
    "options", [{"drafts": True}, {"future": True}, {"now": "2999-02-01"}], ids=str
)
def test_options_of_publish_show_nothing_more(
    seen: Place, options: dict[str, object]
) -> None:
    """What a build was told to show, publishing cannot be told to send."""
    build(seen.project, **options)
    job = Job(project=str(seen.project), **options)  # type: ignore[arg-type] - options
    with pytest.raises(StudyError, match="then publish"):
        publish.publish_site(job, publish.PublishOptions())
    assert not seen.tip()


def lose_corpus(place: Place) -> None:
    """Take the word out of the open study, whose corpus is not at hand any more."""
    for owner in ("old", ""):
        home = canary.write_study(place.project, OPEN, owner)
        file = home / "study.yaml"
        file.write_text(file.read_text().replace("count: 3", "path: texts.txt"))
        if owner:
            (home / "texts.txt").write_text("one\ntwo")
            build(place.project)
            (home / "texts.txt").unlink()
    commands.render(Job(project=str(place.project), quiet=True))
    place.commit()


def test_a_label_is_taken_out_though_its_corpus_is_away(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was collected from another study file is not sent, whatever is at hand.

    The control: where settings are not compared, the label that was taken out is sent.
    """
    lose_corpus(place)
    with pytest.raises(ConfigError, match="small, table: its settings or what it"):
        place.publish()
    assert not place.tip()
    monkeypatch.setattr(freshness, "_find_changed_artifacts", lambda *_: {})
    place.publish()
    assert f"{WORD}oldlabel" in find_in_tree(place.bare, "gh-pages")


def test_an_earlier_day_is_believed(place: Place) -> None:
    """A day before the clock's shows less, and is the day that publishing takes."""
    canary.write_study(place.project, "2024-01-01-open", "")
    canary.write_study(place.project, "2024-03-01-second", "old")
    build(place.project, now="2024-02-01")
    place.commit()
    job = Job(project=str(place.project), now="2024-02-01")
    publish.publish_site(job, publish.PublishOptions())
    assert find_in_tree(place.bare, "gh-pages") == set()


def without_guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Take out the guards of files left from another build, one after the other."""
    monkeypatch.setattr(derivation, "forget_rendering", lambda _: None)
    monkeypatch.setattr(swap, "is_code", lambda _path, _name: True)
    yield "kept by the build"
    monkeypatch.setattr(verify, "is_code", lambda _path, _name: True)
    yield "listed as left from another build"
    monkeypatch.setattr(derivation, "is_code", lambda _path, _name: True)
    yield "no part of what the studies give"


def test_each_guard_of_leftovers_is_needed(
    seen: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the first, the next refuses; without all, old words are published."""
    guards = without_guards(monkeypatch)
    next(guards)
    take_out(seen)
    build(seen.project)
    seen.commit()
    assert find_in_folder(seen.project / "site") & KEPT_BACK
    with pytest.raises(StudyError, match="is left from another build"):
        seen.publish()
    next(guards)
    with pytest.raises(IntegrityError, match=r"is of (none of them|held)"):
        seen.publish()
    assert not seen.tip()
    next(guards)
    seen.publish()
    assert find_in_tree(seen.bare, "gh-pages") & KEPT_BACK


def test_each_guard_of_drafts_is_needed(
    seen: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the note's word, the rendering refuses; without both, drafts go out."""
    monkeypatch.setattr(derivation, "forget_rendering", lambda _: None)
    monkeypatch.setattr(publish, "require_current", read)
    with pytest.raises(IntegrityError, match="only what follows"):
        seen.publish()
    assert not seen.tip()
    monkeypatch.setattr(publish, "require_derived", lambda *_given: None)
    seen.publish()
    assert find_in_tree(seen.bare, "gh-pages") >= KEPT_BACK


def read(job: Job, _released: object) -> object:
    """The note of the last build, not judged."""
    from generator.site.fingerprint import read_note

    return read_note(job.cache_folder)


def test_each_guard_of_studies_to_come_is_needed(
    seen: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the day of the clock the note refuses; without both, they go out."""
    monkeypatch.setattr(derivation, "forget_rendering", lambda _: None)
    build(seen.project, future=True)
    job = Job(project=str(seen.project), future=True)
    monkeypatch.setattr(publish, "restrict_to_released", lambda given: given)
    with pytest.raises(ConfigError, match="without --future"):
        publish.publish_site(job, publish.PublishOptions())
    assert not seen.tip()
    monkeypatch.setattr(publish, "require_current", read)
    with pytest.raises(IntegrityError, match="only what follows"):
        publish.publish_site(job, publish.PublishOptions())
    assert not seen.tip()
    monkeypatch.setattr(publish, "require_derived", lambda *_given: None)
    publish.publish_site(job, publish.PublishOptions())
    assert f"{WORD}laterline" in find_in_tree(seen.bare, "gh-pages")


def test_a_page_that_a_draft_left_is_named(
    seen: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file below a draft's address is said to be the draft's."""
    monkeypatch.setattr(publish, "require_current", read)
    job = derivation.restrict_to_released(Job(project=str(seen.project)))
    done = verify.files_of(seen.project / "site")
    page = next(path for path in done if "/held/" in path)
    build(seen.project)
    files = verify.files_of(seen.project / "site")
    released = derivation.find_released(job)
    derivation.require_derived(job, released, files, "")
    with pytest.raises(IntegrityError, match="is of held, which is not to be"):
        derivation.require_derived(job, released, files | {page: done[page]}, "")
    gone = {path: file for path, file in files.items() if path != "feed.xml"}
    with pytest.raises(IntegrityError, match=r"feed\.xml: is missing"):
        derivation.require_derived(job, released, gone, "")
    other = files | {"feed.xml": files["index.html"]}
    with pytest.raises(IntegrityError, match=r"feed\.xml: is not what they give"):
        derivation.require_derived(job, released, other, "")


SECRET = "AKIA" + "ABCDEFGH12345678"


def test_a_secret_that_was_taken_out_blocks_nothing(place: Place) -> None:
    """With a secret out of prose and styles and the site built, publishing works.

    The old style sheet is still in the site, for readers under way, and is not sent.
    """
    sheet = place.project / "templates" / "figures" / "wall.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text(f'.key::before {{ content: "{SECRET}" }}\n')
    home = canary.write_study(place.project, OPEN, "")
    prose = (home / "index.md").read_text()
    (home / "index.md").write_text(f"{prose}\nThe key is {SECRET}.\n")
    build(place.project)
    place.commit()
    with pytest.raises(StudyError, match="looks like an AWS key") as error:
        place.publish()
    assert any("assets/figure-wall." in problem for problem in error.value.problems)
    sheet.write_text('.key::before { content: "" }\n')
    (home / "index.md").write_text(prose)
    build(place.project)
    place.commit()
    place.publish()
    manifest = read_manifest(place.project / "site")
    assert manifest
    (old,) = (path for path in manifest.kept if path.startswith("assets/figure-wall."))
    assert SECRET in (place.project / "site" / old).read_text(), "there to be left out"
    sent = git(place.bare, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    assert set(sent) == (manifest.own | manifest.kept).keys() - {old}
    assert not git(place.bare, "grep", "-l", SECRET, "gh-pages", check=False)


def test_a_stale_study_is_refused(seen: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A label that was taken out of the file alone is in the data, and not sent.

    Without the guard it would be.
    """
    take_out(seen)
    commands.render(Job(project=str(seen.project), quiet=True))
    seen.commit()
    with pytest.raises(ConfigError, match=r"open: small.*changed.*build, then publish"):
        seen.publish()
    assert not seen.tip()
    monkeypatch.setattr(publish, "require_collected", lambda _released: None)
    seen.publish()
    assert f"{WORD}oldlabel" in find_in_tree(seen.bare, "gh-pages")
