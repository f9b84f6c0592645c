"""What a model wrote, by epoch and temperature.

Texts stand as they were sampled: signs for what could not be seen, line ends shown and
kept, nothing turned into a link. They are labelled as written by a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Artifact, SampledText, Samples
from generator.core.errors import FigureError
from generator.figures.base import DataTable, Figure, TableRow, View
from generator.figures.export.frame import FINE, INSET, ROOM, paragraph_part
from generator.figures.export.shapes import INK, RULE, Part, Shape, Stroke
from generator.figures.formatting import (
    Phrase,
    format_count,
    format_significant,
    running_text,
)

PICTURED = 360
"""Characters of a text shown; the data hold all of it."""

LONGEST = 1200
"""Characters of a text shown; the data hold all of it."""


@dataclass(frozen=True, slots=True)
class TemperatureGroup:
    """The texts of one temperature."""

    temperature: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EpochSamples:
    """The texts of one epoch."""

    name: str
    groups: tuple[TemperatureGroup, ...]


@dataclass(frozen=True, kw_only=True)
class SamplesView(View):
    """Texts by epoch, then temperature; `prefix` was given to the model."""

    stages: tuple[EpochSamples, ...]
    prefix: str

    def picture(self, y: float) -> Iterator[Part]:
        """Draw texts by epoch, then temperature, as they were sampled."""
        if self.prefix:
            said = f"Each text goes on from {self.prefix}"
            part = paragraph_part(said, INSET, y, ROOM, 12)
            yield part
            y = part.bottom + 6
        for stage in self.stages:
            line = Stroke(((INSET, y), (INSET + ROOM, y)), RULE)
            top = paragraph_part(stage.name, INSET, y + 6, ROOM, 12, INK, "bold")
            yield Part([line, *top.shapes], top.bottom)
            y = top.bottom + 2
            for group in stage.groups:
                part = paragraph_part(group.temperature, INSET, y, ROOM, FINE)
                yield part
                y = part.bottom + 2
                for one in group.texts:
                    part = draw_quote(one, y)
                    yield part
                    y = part.bottom + 7
            y += 6


class SampledTexts(Figure):
    """Texts, grouped."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Samples,)
    heading: ClassVar[str] = "Texts the model wrote"
    figure: Literal["samples"]
    artifact: str
    """Name of the samples to show."""
    epochs: tuple[int, ...] = ()
    """Only these epochs; without it, all."""
    temperatures: tuple[float, ...] = ()
    """Only these temperatures; without it, all."""
    each: int = Field(default=3, ge=1)
    """How many texts of an epoch and temperature are shown, the first drawn."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> SamplesView:
        """Return what the template renders."""
        (samples,) = artifacts
        assert isinstance(samples, Samples)  # noqa: S101 - checked with the study
        wanted = [s for s in samples.samples if self.is_wanted(s)]
        if not wanted:
            raise FigureError(self.describe_available(samples))
        wanted.sort(key=lambda s: (s.epoch, s.temperature))
        stages = tuple(
            EpochSamples(epoch_title(epoch), self.group_by_temperature(list(of)))
            for epoch, of in groupby(wanted, key=lambda s: s.epoch)
        )
        return SamplesView(
            summary=summary(wanted),
            tables=(table(wanted),),
            generated=True,
            stages=stages,
            prefix=running_text(samples.prefix),
        )

    def is_wanted(self, sample: SampledText) -> bool:
        """Return whether a text is among those asked for."""
        return (not self.epochs or sample.epoch in self.epochs) and (
            not self.temperatures or sample.temperature in self.temperatures
        )

    def describe_available(self, samples: Samples) -> str:
        """Return what there is, where nothing asked for was found."""
        epochs = ", ".join(str(e) for e in sorted({s.epoch for s in samples.samples}))
        warmth = sorted({s.temperature for s in samples.samples})
        return (
            f"samples: no text at epochs {list(self.epochs) or 'any'} and temperatures "
            f"{list(self.temperatures) or 'any'}; there are epochs {epochs or 'none'}, "
            f"temperatures {', '.join(map(format_significant, warmth)) or 'none'}"
        )

    def group_by_temperature(
        self, of: list[SampledText]
    ) -> tuple[TemperatureGroup, ...]:
        """Return one epoch's texts by temperature."""
        return tuple(
            TemperatureGroup(
                "greedy"
                if warmth == 0
                else f"temperature {format_significant(warmth)}",
                tuple(clip_sample(s.text) for s in list(texts)[: self.each]),
            )
            for warmth, texts in groupby(of, key=lambda s: s.temperature)
        )


def epoch_title(epoch: int) -> str:
    """Return the heading of an epoch."""
    return f"epoch {epoch}"


def clip_sample(text: str) -> str:
    """Return a text as shown; an empty one says so."""
    shown = running_text(text[:LONGEST])
    return f"{shown}…" if len(text) > LONGEST else shown or "∅"


def table(samples: list[SampledText]) -> DataTable:
    """Return a table of counts; the texts stand on the page already."""
    rows = []
    for (epoch, warmth), of in groupby(samples, key=lambda s: (s.epoch, s.temperature)):
        texts = [s.text for s in of]
        distinct = len(set(texts))
        mean = sum(map(len, texts)) / len(texts)
        cells = (
            format_significant(warmth),
            str(len(texts)),
            str(distinct),
            f"{mean:.0f}",
        )
        rows.append(TableRow(epoch_title(epoch), cells))
    head = ("epoch", "temperature", "texts", "distinct", "mean characters")
    return DataTable("Texts sampled", head, tuple(rows))


def summary(samples: list[SampledText]) -> Phrase:
    """Return a sentence on how many texts there are and where they are from."""
    epochs = {s.epoch for s in samples}
    warmth = {s.temperature for s in samples}
    texts, stages = (
        format_count(len(samples), "text"),
        format_count(len(epochs), "epoch"),
    )
    warm = format_count(len(warmth), "temperature")
    return (f"{texts} at {stages} and {warm}, written by the model.",)


def draw_quote(said: str, y: float) -> Part:
    """Draw a text with a line beside it."""
    shown = said if len(said) <= PICTURED else f"{said[:PICTURED].rstrip()}…"
    shapes: list[Shape] = []
    low = y
    for line in shown.split("\n"):
        part = paragraph_part(line or " ", INSET + 14, low, ROOM - 14, 12, INK, "mono")
        shapes += part.shapes
        low = part.bottom
    edge = Stroke(((INSET + 3, y + 2), (INSET + 3, low)), RULE, 2)
    return Part([edge, *shapes], low)
