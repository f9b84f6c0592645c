"""The address told at the end is the one that readers will use."""

from __future__ import annotations

import pytest

from generator.cli.publish.git import redact_credentials
from generator.cli.publish.remote import find_site_address, guess_pages_address


@pytest.mark.parametrize(
    ("remote", "found"),
    [
        ("https://github.com/Some/words.git", "https://some.github.io/words/"),
        ("git@github.com:some/words", "https://some.github.io/words/"),
        ("ssh://git@github.com/some/words.git", "https://some.github.io/words/"),
        ("https://x:secret@github.com/some/words/", "https://some.github.io/words/"),
        ("git@github.com:some/Some.github.io.git", "https://some.github.io/"),
        ("https://gitlab.example.org/some/words.git", ""),
        ("/srv/git/words.git", ""),
    ],
)
def test_where_pages_serve_a_repository(remote: str, found: str) -> None:
    """A repository on GitHub has an address known beforehand, others have none."""
    assert guess_pages_address(remote) == found


def test_a_domain_comes_first() -> None:
    """The site's own domain is where readers are sent, then its base address."""
    remote = "git@github.com:some/words.git"
    assert find_site_address("w.example.org\n", "https://b.example.org/", remote) == (
        "https://w.example.org/"
    )
    assert (
        find_site_address("", "https://b.example.org/", remote)
        == "https://b.example.org/"
    )
    assert find_site_address("", "", remote) == "https://some.github.io/words/"


def test_passwords_are_taken_out_of_addresses() -> None:
    """Names and passwords are replaced, whatever surrounds the address."""
    said = redact_credentials("fatal: 'https://me:pa55@host/x' and ssh://me@other/y")
    assert said == "fatal: 'https://…@host/x' and ssh://…@other/y"
