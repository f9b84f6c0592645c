"""Where a word was published before, publishing says that the history has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli.publish import history, publish
from tests.cli.publish.conftest import Place, git

pytestmark = pytest.mark.slow(5)

SECRET = "AKIA" + "ABCDEFGH12345678"
CORRECTED = "title: Tiny\ndescription: Plain words.\n"


@pytest.fixture
def published(place: Place) -> Place:
    """A site with a word in its description, published."""
    describe(place, "title: Tiny\ndescription: Plain kanarie words.\n")
    return place


def describe(place: Place, settings: str) -> None:
    """Publish the site with other settings."""
    (place.project / "studies" / "site.yaml").write_text(settings)
    place.commit()
    place.build()
    place.publish()


def push_by_hand(place: Place, files: dict[str, str]) -> None:
    """Put files on the branch, as another version of the program might have done."""
    other = place.project.parent / "other"
    git(other.parent, "clone", "-q", "-b", "gh-pages", str(place.bare), str(other))
    for path, text in files.items():
        (other / path).parent.mkdir(exist_ok=True)
        (other / path).write_text(text)
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "by hand")
    git(other, "push", "-q")


def history_has(bare: Path, word: str) -> bool:
    """Whether any commit of the branch has a word."""
    return bool(git(bare, "log", "--format=%h", f"-S{word}", "gh-pages"))


def test_a_word_that_goes_is_in_the_history(
    published: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """The word and the commands are named; done as they say, no commit has it."""
    capsys.readouterr()
    describe(published, CORRECTED)
    said = capsys.readouterr().err
    assert (
        'gh-pages: its history still holds what this takes out, 1 word ("kanarie")'
        in said
    )
    assert "git push origin --delete gh-pages, then python build.py publish" in said
    assert max(map(len, said.splitlines())) < 600
    assert history_has(published.bare, "kanarie"), "as it says"
    git(published.project, "push", "-q", "origin", "--delete", "gh-pages")
    published.publish()
    assert published.commits() == 1
    assert not history_has(published.bare, "kanarie")
    assert "history" not in capsys.readouterr().err, "a new branch has none"


def test_a_rehearsal_says_it_before(
    published: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--dry-run` names the word too, before anything is sent."""
    (published.project / "studies" / "site.yaml").write_text(CORRECTED)
    published.commit()
    published.build()
    published.publish(dry_run=True)
    assert '("kanarie")' in capsys.readouterr().err


def test_what_stays_or_comes_is_not_said_to_go(
    published: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words that are added, moved or written otherwise are in no message."""
    capsys.readouterr()
    for text in (
        "title: Tiny\ndescription: Kanarie words, plain and more.\n",
        "title: Tiny kanarie\ndescription: Words, plain and more.\n",
    ):
        describe(published, text)
        assert "history" not in capsys.readouterr().err


def test_words_of_an_old_index_are_found(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """A search index that another version left on the branch is read, escapes too."""
    place.publish()
    words = ("entwurf", "gänsefuß", "𝒽𝒾𝒹𝒹ℯ𝓃")
    terms = json.dumps({"terms": " ".join(words)})
    assert "\\u" in terms
    push_by_hand(place, {"assets/index.0123456789ab.js": f"globalThis.X={terms};"})
    place.publish()
    said = capsys.readouterr().err
    assert all(word in said for word in words)


def test_pictures_and_files_that_go_are_named(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is gone is named; scripts and styles, nobody's words, are not."""
    place.publish()
    code = dict.fromkeys(
        ("assets/script.0123456789ab.js", "assets/style.0123456789ab.css"), "kanarie"
    )
    push_by_hand(place, {"images/old.png": "\0 no words", **code})
    place.publish()
    said = capsys.readouterr().err
    assert '1 file ("images/old.png")' in said
    assert "kanarie" not in said
    assert "0123456789ab" not in said


def test_a_secret_on_the_branch_is_not_repeated(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said to be there and to be replaced; neither it nor words beside it."""
    place.publish()
    push_by_hand(place, {"key.html": f"geheim {SECRET}"})
    place.publish()
    said = capsys.readouterr().err
    assert "warning: gh-pages: its history still holds" in said
    assert "a password or key" in said
    assert "replace the key" in said
    assert "geheim" not in said
    assert "AKIA" not in said.upper()


def test_the_search_for_secrets_is_needed(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, parts of the key would be among the words."""
    monkeypatch.setattr(history, "has_secret", lambda _content: False)
    place.publish()
    push_by_hand(place, {"key.html": f"geheim {SECRET}"})
    place.publish()
    assert "geheim" in capsys.readouterr().err


def test_the_message_is_needed(
    published: Place,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the comparison nothing is said, and the history has the word."""
    nothing = history.RemovedContent()
    monkeypatch.setattr(publish, "find_removed", lambda *_given: nothing)
    describe(published, CORRECTED)
    assert "kanarie" not in capsys.readouterr().err
    assert history_has(published.bare, "kanarie")
