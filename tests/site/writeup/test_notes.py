"""Notes: numbered as a reader meets them, each once, near what refers to it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.site.writeup.writing import html


def test_notes_are_numbered_in_reading_order(tmp_path: Path) -> None:
    """In lists, tables, quotes and captions alike, the order is that of the page."""
    text = (
        "- a[^1]\n\n    - b[^2]\n\n- c[^3]\n\nd[^4] e[^5]\n\n> f[^6]\n\n"
        "| g[^7] |\n|---|\n| h[^8] |\n\n![i[^9]](figure:hero)\n\nj[^10]\n\n"
        + "".join(f"[^{n}]: note {n}\n" for n in range(10, 0, -1))
    )
    out = html(tmp_path, text)
    refs = re.findall(r'href="#fn-(\d+)" id="ref-\1"', out)
    assert refs == [str(n) for n in range(1, 11)]
    for n in range(1, 11):
        assert re.search(rf'id="fn-{n}" role="note"><b class="number">{n}</b>', out), n
        assert re.search(rf">note {n} <a", out), n


def test_a_note_used_twice_is_put_once(tmp_path: Path) -> None:
    """The second reference has an id of its own and leads to the same note."""
    out = html(tmp_path, "a[^n]\n\nb[^n]\n\n[^n]: note\n")
    assert out.count('id="fn-1"') == 1
    assert 'id="ref-1"' in out
    assert 'id="ref-1-2"' in out


def test_notes_stand_beside_what_refers_to_them(tmp_path: Path) -> None:
    """A block and its notes are one element, so that no two notes can overlap."""
    text = (
        "a[^1][^2]\n\n- b[^3]\n\nc\n\n![d[^4]](figure:hero)\n\n"
        "[^1]: one\n[^2]: two\n[^3]: three [^5]\n[^4]: four\n[^5]: five\n"
    )
    out = html(tmp_path, text)
    whole = re.compile(
        r'<div class="with-notes">(.*?</aside>\s*)</div>\s*</div>', re.DOTALL
    )
    wholes = whole.findall(out)
    told = [re.findall(r'id="fn-(\d)"', one) for one in wholes]
    assert told == [["1", "2"], ["3"]]
    assert wholes[0].lstrip().startswith("<p>a")
    assert wholes[1].lstrip().startswith("<ul>")
    assert re.findall(r'id="fn-(\d)"', whole.sub("", out)) == ["4", "5"]
