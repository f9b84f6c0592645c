"""Provenance in words: what a page prints of how its numbers came to be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.artifacts import Artifact, Check, Frames, SlotScores, TokenFrames
from generator.artifacts.base import ArtifactHead, CorpusProvenance, ModelProvenance
from generator.core.direction import isolate_text
from generator.core.errors import format_some_names
from generator.corpora.words import SENTENCE_ENDS
from generator.figures.formatting import format_count, format_significant, make_visible
from generator.models import MODELS
from generator.site.pages.post import ProvenanceFact, ProvenanceFacts
from generator.study.origins import Origin, StudyOrigins, Verification

HASH = 8
"""Digits of a key shown in a caption; the provenance shows all."""


@dataclass(frozen=True, slots=True)
class CaptionLine:
    """A line under a figure, with a link in it where `path` is set."""

    text: str
    path: str = ""
    link: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """An identity check in words."""

    name: str
    description: str
    passed: bool


def caption_lines(
    artifact: Artifact, head: ArtifactHead, path: str
) -> tuple[CaptionLine, ...]:
    """Return the lines of provenance in a figure's caption.

    Args:
        artifact: The artifact.
        head: Head of the artifact, which says how it was made.
        path: Path of the page of the artifact's method.

    Returns:
        Lines for model, epoch, seed, method and settings.
    """
    made = head.made
    lines: list[CaptionLine] = []
    if made.model:
        lines.append(CaptionLine(f"{made.model.name} · {made.model.key[:HASH]}"))
        lines.append(CaptionLine(describe_epochs(artifact, made.model)))
    seed = f"seed {made.model.seed if made.model else made.seed[0]} · "
    seed = seed if made.model or made.seed else ""
    method_settings = format_settings_line(made.settings, skip={"method", "model"})
    lines.append(
        CaptionLine(
            seed, path, made.method, f" · {method_settings}" if method_settings else ""
        )
    )
    source = describe_text_source(artifact)
    return (*lines, CaptionLine(source)) if source else tuple(lines)


def describe_epochs(artifact: Artifact, model: ModelProvenance) -> str:
    """Describe which training epochs of the model the artifact is about.

    Args:
        artifact: The artifact.
        model: The model that the artifact is about.

    Returns:
        A line of text.
    """
    frames = artifact.frames if isinstance(artifact, Frames | TokenFrames) else ()
    if frames:
        read = ", ".join(str(frame.epoch) for frame in frames)
        return f"epochs {read} of {model.epochs}"
    if model.epochs == 0:
        return "weights as given, no training"
    if artifact.epoch is None:
        return f"{format_count(model.epochs, 'epoch')} of training"
    best = artifact.epoch == model.best and model.held_out > 0
    tail = ", best by held-out loss" if best else ""
    before = " (before training)" if artifact.epoch == 0 else ""
    return f"epoch {artifact.epoch} of {model.epochs}{before}{tail}"


def describe_text_source(artifact: Artifact) -> str:
    """Describe where the text of an artifact comes from, "" if it has none.

    Args:
        artifact: The artifact.
    """
    scores = artifact.frames[0] if isinstance(artifact, Frames) else artifact
    if not isinstance(scores, SlotScores):
        return ""
    if scores.temperature is None:
        return "text given to the model to read"
    after = " after the given prefix" if scores.prefix else ""
    if scores.temperature == 0:
        return f"text written by the model{after}, always its most probable token"
    warmth = format_significant(scores.temperature)
    return f"text written by the model{after} at temperature {warmth}"


def describe_checks(checks: Iterable[Check]) -> tuple[CheckLine, ...]:
    """Format identity checks with their error and tolerance."""
    return tuple(
        CheckLine(
            make_visible(check.name, blanks=False),
            " of at most ".join(
                format_significant(size, 2) for size in (check.error, check.tolerance)
            ),
            check.passed,
        )
        for check in checks
    )


def checks_of(artifact: Artifact) -> tuple[Check, ...]:
    """Return an artifact's checks; of several frames, those with the largest error.

    Args:
        artifact: The artifact.
    """
    if not isinstance(artifact, Frames | TokenFrames):
        return artifact.checks
    worst: dict[str, Check] = {}
    for check in (*artifact.checks, *(c for f in artifact.frames for c in f.checks)):
        if check.name not in worst or check.error > worst[check.name].error:
            worst[check.name] = check
    return tuple(worst.values())


def provenance_facts(heads: dict[str, ArtifactHead]) -> tuple[ProvenanceFacts, ...]:
    """Return the facts about a study's corpora, models and artifacts, each once.

    Args:
        heads: Heads of the artifacts by name.

    Returns:
        Groups of facts: corpora, models, artifacts, versions.
    """
    corpora = {
        h.made.corpus.name: h.made.corpus for h in heads.values() if h.made.corpus
    }
    models = {h.made.model.name: h.made.model for h in heads.values() if h.made.model}
    groups = [
        ProvenanceFacts(f"Corpus {n}", tuple(corpus_facts(c)))
        for n, c in sorted(corpora.items())
    ]
    groups += [
        ProvenanceFacts(f"Model {n}", tuple(model_facts(m)))
        for n, m in sorted(models.items())
    ]
    groups += [
        ProvenanceFacts(f"Artifact {name}", tuple(head_facts(h)))
        for name, h in heads.items()
    ]
    versions = {k: v for h in heads.values() for k, v in h.made.versions.items()}
    if versions:
        lines = tuple(ProvenanceFact(name, versions[name]) for name in sorted(versions))
        groups.append(ProvenanceFacts("Versions", lines))
    return tuple(groups)


def corpus_facts(corpus: CorpusProvenance) -> Iterator[ProvenanceFact]:
    """Yield the facts about a corpus: its source and what was done to it."""
    yield ProvenanceFact(
        "kind", f"{corpus.kind}, {format_count(corpus.documents, 'document')}"
    )
    if corpus.source:
        yield ProvenanceFact("source", make_visible(corpus.source, blanks=False))
    if settings := format_settings_line(corpus.settings, skip={"kind"}):
        yield ProvenanceFact("settings", settings)
    for note in corpus.notes:
        yield ProvenanceFact("cleaning", make_visible(note, blanks=False))
    yield ProvenanceFact("key", corpus.key, hash=True)


def model_facts(model: ModelProvenance) -> Iterator[ProvenanceFact]:
    """Yield the facts about a model: what it learnt, how long and how well."""
    yield ProvenanceFact("kind", model.kind)
    kind = MODELS.get(model.kind)
    described = kind.describe_settings(model.settings) if kind else model.settings
    if settings := format_settings_line(described, skip={"kind"}):
        yield ProvenanceFact("settings", settings)
    yield ProvenanceFact("seed", str(model.seed))
    if model.epochs:
        best = f", best {model.best} by held-out loss" if model.held_out else ""
        yield ProvenanceFact("epochs", f"{model.epochs}{best}")
        held = f"{format_count(model.held_out, 'document')} held out"
        if model.tested:
            held += f" to choose by, {model.tested:,} to test"
        learnt = {"parts": "parts of streams"}.get(model.learnt, model.learnt)
        yield ProvenanceFact(learnt, f"{model.windows:,} an epoch; {held}")
    a_loss = {"texts": "text", "rows": "row"}.get(model.learnt, "token")
    losses = (
        ("last training loss", model.loss),
        ("held-out loss", model.validation_loss),
    )
    for name, loss in losses:
        if not math.isnan(loss):
            yield ProvenanceFact(name, f"{format_significant(loss, 4)} nats a {a_loss}")
    if model.seconds is not None:
        yield ProvenanceFact("time taken", f"{model.seconds:.0f} s")
    for note in model.notes:
        yield ProvenanceFact("note", make_visible(note, blanks=False))
    if model.fingerprint:
        fingerprint = "; ".join(
            f"{k} {v}" for k, v in sorted(model.fingerprint.items())
        )
        yield ProvenanceFact(
            "numeric fingerprint", make_visible(fingerprint, blanks=False)
        )
    yield ProvenanceFact("key", model.key, hash=True)


def head_facts(head: ArtifactHead) -> Iterator[ProvenanceFact]:
    """Yield the facts about how an artifact was made.

    Args:
        head: Head of the artifact, which says how it was made.
    """
    made = head.made
    on = f" on {made.model.name}" if made.model else ""
    method_settings = format_settings_line(made.settings, skip={"method", "model"})
    yield ProvenanceFact(
        "method",
        f"{made.method}{on}" + (f": {method_settings}" if method_settings else ""),
    )
    if made.seconds is not None:
        yield ProvenanceFact("time taken", f"{made.seconds:.1f} s")
    yield ProvenanceFact("key", head.key, hash=True)


def format_settings_line(settings: dict[str, Any], skip: set[str]) -> str:
    """Format settings in one line, without those that are off or empty.

    Args:
        settings: The settings by name.
        skip: Names to leave out.

    Returns:
        The line.
    """
    return ", ".join(
        f"{name.replace('_', ' ')} {format_setting(value)}"
        for name, value in settings.items()
        if name not in skip and value is not False and value not in (None, [], {}, ())
    )


def format_setting(value: object) -> str:
    """Format a setting's value as an author would write it, cut where it is long."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return " ".join(format_setting(item) for item in value)
    if isinstance(value, float):
        return format_significant(value, 6)
    if isinstance(value, dict):
        return "; ".join(f"{k} {format_setting(v)}" for k, v in value.items())
    text = make_visible(str(value), blanks=False)
    text = text if len(text) <= LONG else f"{text[:LONG]}…"
    if isinstance(value, str) and (
        not text or " " in text or text[-1] in SENTENCE_ENDS
    ):
        return f"“{isolate_text(text)}”"
    return isolate_text(text)


LONG = 120
"""Characters of a setting that are printed."""


def origin_sentences(origins: StudyOrigins) -> tuple[str, ...]:
    """Say where a study's artifacts come from, and who vouches for them.

    Args:
        origins: The origin of each artifact.

    Returns:
        A sentence for each origin that some of the artifacts have.
    """
    every = origins.artifacts
    ends: dict[Origin, str] = {
        "verified": f"{describe_verification(origins.verification)}.",
        "collected": "collected by the builds of this site.",
        "committed": (
            "committed by the author, and nothing says that anybody has collected "
            "them again to compare."
        ),
    }
    sentences = []
    for origin, end in ends.items():
        names = [name for name, own in every.items() if own == origin]
        what = "artifacts" if names[1:] else "artifact"
        some = f" {format_some_names(names)}" if len(names) < len(every) else ""
        if names:
            verb = "were" if names[1:] else "was"
            sentences.append(f"The {what}{some} {verb} {end}")
    return tuple(sentences)


def describe_verification(verification: Verification | None) -> str:
    """Describe in words what came of collecting a study again.

    Args:
        verification: What came of it.
    """
    if verification is None:
        return "verified"
    by = make_visible(verification.by, blanks=False)
    versions = ", ".join(
        make_visible(f"{name} {version}", blanks=False)
        for name, version in sorted(verification.versions.items())
    )
    share = format_significant(100 * verification.difference, 2)
    came = (
        f"no number differs by more than {share}% of the largest beside it"
        if verification.difference
        else "every number but the times is the same"
    )
    who = f" by {by}" if by else ""
    return (
        f"verified{who}: collected again with the same seeds on {versions}, and {came}"
    )
