"""What + speaks for: the one rule of signs, and the order of a class's colours.

A score is printed with the sign that its artifact stores, in sentences, figures, tables
and notebooks alike, and nothing turns it. What + speaks for is in the artifact: the
`label` of each text of a classifier, the token written by a language model, the target
token of a translation. `speaks_for` names which of them.

A colour, unlike a sign, belongs to a class. With two labels the diverging ramp's low
end is the first of `order_classes`, whatever order the model has them in, so that a
class has one colour in all figures of all studies with these labels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

OTHER_TOKEN = "any other token"  # noqa: S105 - a label, no password
"""The label of all tokens but one, where a language model is asked about that one."""


def state_sign(artifact: object, meaning: str, *, signed: bool) -> None:
    """Set the `speaks_for` of a frozen artifact while it is built.

    Args:
        artifact: The artifact.
        meaning: What its scores above 0 speak for.
        signed: Whether its scores have a sign.
    """
    object.__setattr__(artifact, "speaks_for", meaning if signed else "")


def order_classes(labels: Sequence[str]) -> tuple[str, ...]:
    """Sort labels for their colours, which must not depend on the model's order.

    Args:
        labels: A model's labels in any order.

    Returns:
        The labels by their characters and numbers, all other tokens first.
    """

    def place(name: str) -> tuple[bool, list[str | int], str]:
        parts = re.split(r"([0-9]+)", name)
        numbered = [int(part) if i % 2 else part for i, part in enumerate(parts)]
        return name != OTHER_TOKEN, numbered, name

    return tuple(sorted(labels, key=place))
