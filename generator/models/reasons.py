"""The setting `right_reasons:` of a recipe: which inputs must not matter, and how much.

What it does to the loss is described in `networks.right_reasons`.
"""

from __future__ import annotations

from pydantic import Field

from generator.spec import Line, Spec


class RightReasons(Spec):
    """A penalty on the gradients of inputs that must not matter."""

    mask: Line | None = None
    """Which inputs: the name of an annotation mask of the corpus."""
    strength: float = Field(default=1000.0, ge=0, le=1e12)
    """What the penalty is multiplied by in the loss; 0 trains as without it."""
