"""Write `models-and-methods.md`: which kinds of model can be asked which method.

    python docs/generate.py

The table follows from the protocols that recipes offer and methods need.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from generator.methods import METHODS
from generator.methods.base import Method
from generator.models import MODELS
from generator.models.base import ModelSpec

PLACE = Path(__file__).with_name("models-and-methods.md")
HEAD = """\
# Models and methods

Which kinds of model can be asked which method. It follows from the capabilities in
`generator/models/capabilities.py`: a recipe `offers` protocols, a method `needs` some.
Some settings of a model take a capability away, such as `attention: none`, and some of
a method need one more; a study file that asks for what its model lacks is refused
before training.

Written by `python docs/generate.py`.
"""
READS = "what it reads"
"""The need of a method that asks other artifacts, not a model."""


def can_be_asked(model: type[ModelSpec], method: type[Method]) -> bool:
    """Return whether some settings of `model` offer what `method` needs itself."""
    return format_needs(method) != READS and all(
        any(
            need in model.offers
            for need in (needed if isinstance(needed, tuple) else (needed,))
        )
        for needed in method.needs
    )


def format_needs(method: type[Method]) -> str:
    """Return the protocols that a method needs; of some, any one will do."""
    reads = method.artifact_names is not Method.artifact_names
    if not method.needs:
        return READS if reads else "any model"
    return ", ".join(
        " or ".join(f"`{one.__name__}`" for one in needed)
        if isinstance(needed, tuple)
        else f"`{needed.__name__}`"
        for needed in method.needs
    )


def find_group(method: type[Method]) -> str:
    """Return the folder of a method, as words."""
    found = re.fullmatch(r"generator\.methods\.(\w+)\..*", method.__module__)
    return found[1].replace("_", " ") if found else ""


def build_tables() -> str:
    """Return the whole page."""
    parts = [HEAD]
    parts.append("| model | offers |\n|---|---|")
    for word, model in sorted(MODELS.items()):
        offers = ", ".join(f"`{one.__name__}`" for one in model.offers)
        parts[-1] += f"\n| `{word}` | {offers} |"
    parts[-1] += "\n"
    models = sorted(MODELS.items())
    groups = sorted({find_group(method) for method in METHODS.values()})
    for group in groups:
        lines = [
            f"## {group.capitalize()}\n",
            f"| method | {' | '.join(f'`{word}`' for word, _ in models)} | needs |",
            f"|---|{':-:|' * len(models)}---|",
        ]
        for word, method in sorted(METHODS.items()):
            if find_group(method) == group:
                cells = ["✓" if can_be_asked(one, method) else "" for _, one in models]
                row = [f"`{word}`", *cells, format_needs(method)]
                lines.append(f"| {' | '.join(row)} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    PLACE.write_text(build_tables(), "utf-8")
