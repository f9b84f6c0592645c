"""A multilayer perceptron: a classifier of rows of numbers.

1. A row is standardised, unless `standardise: false`: each feature minus its mean over
   the training rows, divided by its standard deviation there; one that never varies is
   only shifted. Gradients are given back per unit of the feature as the corpus has it.
2. Hidden layers of rectified units follow, then a matrix that makes logits.
3. Adam minimises cross-entropy, plus `decay` times the squared weights over a batch.

With `right_reasons`, the loss has a penalty besides: the squared gradient, by each
input that an annotation mask names, of the summed log probabilities. The model then
has to be right without them, where it can. The mask is one that the corpus brings, or
made of earlier models: `unlike: [first]` masks, row by row, the inputs that the model
`first` used, which are those whose gradient is larger than 0.67 times the row's
largest. So a chain of models finds one explanation after the other (*find another
explanation*). Held-out loss is taken with the penalty.

The division into training, validation and test rows follows from the study's seed and
the shares alone, as with texts.

Source: Ross, Hughes and Doshi-Velez (2017), Right for the right reasons: training
differentiable models by constraining their explanations, arXiv 1703.03717; layers of 50
and 30 units and decay as in their code.
Differs: inputs are standardised here, so that fewer epochs do and one strength fits all
features; theirs are raw. First weights are Glorot's, theirs normal with deviation 0.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from generator.corpora.base import Annotation
from generator.models.base import ExportFormat, TrainedModel
from generator.models.capabilities import RowClassifier
from generator.models.trained_by_epochs import RightReasons, SeededSpec, Trainer


class OtherReasons(RightReasons):
    """A penalty on what the corpus names, or on what earlier models used."""

    unlike: Annotated[tuple[str, ...], Field(max_length=8)] = ()
    """Earlier models of the study, by name: what any of them used must not matter."""

    @model_validator(mode="after")
    def _require_mask(self) -> Self:
        """Refuse settings unless exactly one of `mask` and `unlike` is given."""
        if (self.mask is None) == (not self.unlike):
            raise ValueError(
                "give mask, the name of an annotation mask of the corpus, or unlike, "
                "the names of earlier models; one of the two"
            )
        return self


class PerceptronRecipe(SeededSpec):
    """A classifier of rows of numbers."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (RowClassifier,)
    expects: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.NUMBERS}
    )
    draws: ClassVar[str] = "perceptron"
    export_formats: ClassVar[tuple[ExportFormat, ...]] = ("keras",)
    kind: Literal["perceptron"]
    corpus: str
    """Name of the corpus to learn from."""
    layers: Annotated[tuple[int, ...], Field(max_length=8)] = (50, 30)
    """Units of each hidden layer; none makes a linear model."""
    standardise: bool = True
    """Whether features are brought to mean 0 and standard deviation 1."""
    epochs: int = Field(default=12, ge=0, le=10_000)
    """How often to go through the training rows."""
    batch_size: int = Field(default=256, ge=1, le=65536)
    """Rows in a step of training."""
    learning_rate: float = Field(default=5e-3, gt=0, le=10)
    """Of Adam in the first epoch."""
    falls: float = Field(default=1.0, gt=0, le=1)
    """What the rate is multiplied by after each epoch."""
    decay: float = Field(default=1e-4, ge=0, le=1e3)
    """What the sum of squared weights is multiplied by in the loss of a batch, which
    is the sum over its rows."""
    right_reasons: OtherReasons | None = None
    """Inputs that must not matter; without it, whatever helps may be used."""
    validation: float = Field(default=0.1, ge=0, le=0.9)
    """Share of rows to choose the best epoch by, unless the corpus has its own."""
    test: float = Field(default=0.2, ge=0, le=0.9)
    """Share of rows that decide nothing, unless the corpus has its own."""
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    """Beside the study's seed, decides first weights and the order of rows, but not
    how the corpus is divided."""

    _earlier: tuple[TrainedModel, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _check_layers(self) -> Self:
        """Refuse a layer without units, or with far too many."""
        if any(not 1 <= units <= 4096 for units in self.layers):  # noqa: PLR2004
            raise ValueError("layers must have 1 to 4096 units each")
        return self

    def list_followed_models(self) -> tuple[str, ...]:
        """Return the names of the earlier models that this one must differ from."""
        return self.right_reasons.unlike if self.right_reasons else ()

    def with_followed_models(self, earlier: Mapping[str, TrainedModel]) -> Self:
        """Return a copy of the recipe with the models that it must differ from."""
        copy = self.model_copy()
        copy._earlier = tuple(earlier[name] for name in self.list_followed_models())  # noqa: SLF001  # of its own class
        return copy

    def key_settings(self) -> dict[str, Any]:
        """Return the settings of its key; earlier models enter by their own keys."""
        settings = super().key_settings()
        if settings["right_reasons"]:
            settings["right_reasons"].pop("unlike")
        return settings

    def _import_trainer(self) -> Trainer:
        from generator.networks.perceptron import training

        return training

    def _make_plan(self, seed: int) -> Any:  # noqa: ANN401 - a plan of `networks`
        from generator.networks.perceptron import training

        reasons = self.right_reasons
        return self._copy_settings(
            training.PerceptronPlan,
            mask=reasons.mask if reasons else None,
            unlike=self._earlier,
            strength=reasons.strength if reasons else 0.0,
            training=self._make_decaying_settings(seed, self.falls),
        )
