"""What a classifier predicts when some tokens of a text are hidden.

Every method that perturbs does so here, so that all of them hide tokens alike: the
masks of
all texts become texts, equal ones are predicted once, and the model, which sorts them
by
length, predicts all in one call.

- `remove`: the token goes and the others move together. What is left is a shorter text.
- `unknown`: the unknown word stands in its place. The others keep theirs.
- `pad`: padding stands in its place. A model that masks padding reads on over it, so
  for such a model it is much like `remove`; for one that does not, it is a word of its
  own. A language model here has one id for padding and unknown words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.methods.common.language_model_texts import floored_log
from generator.models.capabilities import Classifier

Operator = Literal["remove", "unknown", "pad"]
ValueScale = Literal["probability", "log probability", "log odds"]
Masks = NDArray[np.bool_]
"""(perturbations, tokens), true where a token is kept."""
Array = NDArray[np.float64]

FILLING_IDS: Mapping[Operator, int] = {"unknown": 1, "pad": 0}
"""What stands in a token's place, as ids of `Words`."""
OPERATOR_NOTES: dict[Operator, str] = {
    "remove": "a token that is hidden is taken out of the text",
    "unknown": "a token that is hidden is replaced by the unknown word",
    "pad": "a token that is hidden is replaced by padding",
}
"""What each operator does, for the notes of an artifact."""
UNITS: dict[ValueScale, str] = {
    "probability": "probability",
    "log probability": "nats",
    "log odds": "logits",
}


def perturbed_answers(
    model: Classifier,
    texts: Sequence[Sequence[int]],
    masks: Sequence[Masks],
    operator: Operator,
) -> list[Array]:
    """Predict texts under masks, equal perturbed texts once.

    Args:
        model: The classifier.
        texts: Ids of each text.
        masks: Per text (perturbations, tokens), true where a token stays.
        operator: What becomes of a hidden token.

    Returns:
        Probabilities (perturbations, labels) per text.
    """
    perturbed: list[tuple[int, ...]] = []
    backs = []
    for ids, mask in zip(texts, masks, strict=True):
        different, back = distinct_masks(mask)
        backs.append(len(perturbed) + back)
        perturbed += apply_masks(ids, different, operator, filling_ids(model))
    if not perturbed:
        return [np.zeros((0, len(model.labels))) for _ in masks]
    probabilities = model.predict(perturbed).astype(np.float64)
    return [probabilities[back] for back in backs]


def distinct_masks(masks: Masks) -> tuple[Masks, NDArray[np.intp]]:
    """Find the distinct masks.

    Args:
        masks: (perturbations, tokens).

    Returns:
        The distinct rows, and for each mask the index of its row.
    """
    if not masks.size:
        return masks[:1], np.zeros(len(masks), np.intp)
    packed = np.ascontiguousarray(np.packbits(masks, axis=1))
    rows = packed.view(f"V{packed.shape[1]}").ravel()
    _, first, back = np.unique(rows, return_index=True, return_inverse=True)
    return masks[first], back


def filling_ids(model: Classifier) -> Mapping[Operator, int]:
    """Return the ids that replace a hidden token, by operator."""
    ids: Mapping[Operator, int] = getattr(model, "fillings", FILLING_IDS)
    return ids


def describe_operator(model: Classifier, operator: Operator) -> str:
    """Describe what becomes of a hidden token, for the notes of an artifact."""
    words = getattr(model, "mask_words", "")  # of a model that knows one way alone
    return f"a token that is hidden is {words}" if words else OPERATOR_NOTES[operator]


def apply_masks(
    ids: Sequence[int],
    masks: Masks,
    operator: Operator,
    filled: Mapping[Operator, int] = FILLING_IDS,
) -> list[tuple[int, ...]]:
    """Build the text under each mask.

    Args:
        ids: The whole text.
        masks: (perturbations, tokens), true where a token stays.
        operator: What becomes of a hidden token.
        filled: Ids that replace a hidden token, by operator; without one, it goes.

    Returns:
        Ids of each perturbed text.
    """
    whole = np.asarray(ids)
    if operator not in filled:
        return [tuple(whole[mask].tolist()) for mask in masks]
    rows = np.where(masks, whole, filled[operator])
    return list(map(tuple, rows.tolist()))


def leave_out_masks(size: int) -> Masks:
    """Return masks of the whole text, then of each token hidden: (size + 1, size)."""
    return np.vstack([np.ones((1, size), np.bool_), ~np.eye(size, dtype=np.bool_)])


def explained_value(
    probabilities: NDArray[np.floating[Any]], label: int, scale: ValueScale
) -> Array:
    """Compute the value that is explained.

    Log odds are `ln p − ln (1 − p)`. Probabilities below 1e-30 count as 1e-30.

    Args:
        probabilities: (perturbations, labels).
        label: Index of the explained label.
        scale: Probability, log probability in nats, or log odds in logits.

    Returns:
        (perturbations,).
    """
    own = np.asarray(probabilities[:, label], dtype=np.float64)
    if scale == "probability":
        return own
    if scale == "log probability":
        return floored_log(own)
    rest = np.delete(probabilities, label, axis=1).sum(1, dtype=np.float64)
    return np.asarray(floored_log(own) - floored_log(rest))


Thing = TypeVar("Thing")


def split_portions(
    things: Iterable[Thing], size: Callable[[Thing], int], most: int
) -> Iterator[list[Thing]]:
    """Split items into lists whose sizes sum to at most `most`, in order.

    Args:
        things: The items.
        size: The size of an item.
        most: The limit; an item larger than that is a list of its own.

    Yields:
        Lists of at least one item.
    """
    portion: list[Thing] = []
    total = 0
    for thing in things:
        more = size(thing)
        if portion and total + more > most:
            yield portion
            portion, total = [], 0
        portion.append(thing)
        total += more
    if portion:
        yield portion
