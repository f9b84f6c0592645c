"""Notes: numbered as a reader meets them, each once, near what refers to it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.prose.writing import html


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
        assert re.search(rf'id="fn-{n}" role="note"><b class="n">{n}</b>', out), n
        assert re.search(rf">note {n} <a", out), n


def test_a_note_used_twice_is_put_once(tmp_path: Path) -> None:
    """The second reference has an id of its own and leads to the same note."""
    out = html(tmp_path, "a[^n]\n\nb[^n]\n\n[^n]: note\n")
    assert out.count('id="fn-1"') == 1
    assert 'id="ref-1"' in out
    assert 'id="ref-1-2"' in out
