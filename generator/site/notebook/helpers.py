"""What cells of exported notebooks have in common: read here as text, and copied.

It knows plain JSON, NumPy and Matplotlib and nothing of this package, since a reader of
a notebook has none of it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

# mypy: ignore-errors


def load(name):
    """An artifact from its file, checked, with large arrays put where they belong."""
    data = Path("data", f"{name}.json").read_bytes()
    _, _, rest = data.partition(b"\n")
    found = json.loads(data)
    assert hashlib.sha256(rest).hexdigest() == found["sha256"], "the file was changed"
    if found["npz"]:
        beside = Path("data", f"{name}.npz")
        assert hashlib.sha256(beside.read_bytes()).hexdigest() == found["npz"]
        with np.load(beside, allow_pickle=False) as arrays:
            for place in arrays.files:
                *path, last = place.split(".")
                inner = found["content"]
                for part in path:
                    inner = inner[int(part) if isinstance(inner, list) else part]
                inner[int(last) if isinstance(inner, list) else last] = arrays[place]
    return found


def numbers(values):
    """Nested lists as an array; what is not defined is NaN."""
    if isinstance(values, dict):  # an array without numbers keeps its shape alone
        return np.zeros(values["shape"])
    return np.array(values, dtype=float)


def text(token):
    """A token as a short label: unprintable characters and Matplotlib's $ escaped."""
    shown = token if isinstance(token, str) else token["text"]
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)
    return (shown if len(shown) <= 24 else shown[:23] + "…").replace("$", r"\$")


def heatmap(scores, rows, columns, title, signed=False):
    """Scores as colours, on one scale that is printed."""
    finite = scores[np.isfinite(scores)]
    bound = float(np.abs(finite).max()) if finite.size else 1.0
    size = (min(16, 4 + 0.4 * scores.shape[1]), min(16, 3 + 0.3 * scores.shape[0]))
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    drawn = axes.imshow(
        scores,
        cmap="PuOr" if signed else "viridis",
        vmin=-bound if signed else 0,
        vmax=bound or 1,
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_xticks(range(len(columns)), columns, rotation=90)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_title(title)
    low = f"-{bound:.3g}" if signed else "0"
    figure.colorbar(drawn, ax=axes, label=f"{low} to {bound:.3g}")
    plt.show()


def signed_title(content, label=""):
    """A quantity, and what its scores above 0 speak for."""
    meaning = label or content.get("speaks_for") or "what is explained"
    title = content["quantity"]
    return f"{title}; + speaks for {meaning}" if content["signed"] else title


def intervals(rows, title, reference=None):
    """Values with their 95% intervals, and the value that no effect would give."""
    places = range(len(rows))
    values = numbers([row["value"] for row in rows])
    low, high = numbers([[row["low"], row["high"]] for row in rows]).T
    _, axes = plt.subplots(figsize=(8, 1.5 + 0.35 * len(rows)), layout="constrained")
    axes.hlines(places, low, high)
    axes.plot(values, places, "o")
    if reference is not None:
        axes.axvline(reference, linestyle="--", color="grey")
    axes.set_yticks(places, [text(row["name"]) for row in rows])
    axes.invert_yaxis()
    axes.set_title(text(title))
    plt.show()


def verdict(content):
    """A claim with its verdict, if there is one."""
    if content["claim"]:
        print(f"{content['claim']} - {content['verdict']}")


def ends(one):
    """The 95% interval of a value."""
    return f"[{one['low']}, {one['high']}]"


def cell(one):
    """A cell's name: its layer and its place there."""
    return f"cell {one['cell']['layer']}.{one['cell']['place']}"


def last(content):
    """The last epoch, of an artifact that holds several."""
    if "frames" not in content:
        return content
    print("epochs:", [frame["epoch"] for frame in content["frames"]])
    return content["frames"][-1]
