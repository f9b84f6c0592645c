"""A generator of static sites for interpretability studies: the map of its folders.

A study file says what to train, what to ask and what to draw. One half of the package
*collects*: corpus, model, artifacts. The other half *renders*: artifacts, figures,
pages, site. They meet in files under `studies/<study>/artifacts/` and nowhere else, so
that a page can be drawn on a machine that never trained anything.

    study.yaml -> study -> corpora -> models -> methods -> artifacts   (collect)
                           artifacts -> figures -> site                (render)

Where to look, from the ground floor up. A folder imports the floors below its own,
never a folder beside it; import-linter holds this (`pyproject.toml`).

    core/       errors, specs and their tables, files, caches, serialization, tokens,
                the rule that decides a claim
    artifacts/  what a method leaves on disk, and the store that reads and writes it
    corpora/    texts and numbers to learn from: read from files, or made by a grammar
    models/     what a study can train and what each can be asked, without TensorFlow
    networks/   layers (attention too), training, inference: the only folder that
                imports TensorFlow
    methods/    ways to question a model: attribution, attention, cells, evaluation
    figures/    what is drawn of an artifact, as HTML and as a picture; scales, colours
    study/      the study file: read, checked, what it claims, keys and freshness
    collect/    train and question what is stale
    site/       write-ups, verdicts, pages, assets, notebooks: what is published
    cli/        commands, `check`, the preview, `publish`

Start with `models/capabilities.py` for what can be asked of a model, `methods/base.py`,
`figures/base.py` and `corpora/base.py` for what a kind of each must do.

From Python, `load` opens a study and `wrap` a function of one's own; see
`collect/interactive.py`.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "load", "wrap"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as Python asks modules for names
    """Import `load` and `wrap` when they are first used: a command needs neither."""
    if name in {"load", "wrap"}:
        from generator.collect import interactive  # noqa: PLC0415

        return getattr(interactive, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
