"""Which scores of trust apply to an artifact, as its method and model allow.

Each aspect of trust has the method of its name. Whether that could grade an artifact
follows from what the method reads, needs of a model and expects of a corpus: nothing is
listed by hand, so a new kind of model or of artifact has its answer at once.
"""

from __future__ import annotations

from generator.artifacts import ARTIFACTS, TrustAspect
from generator.methods import METHODS
from generator.methods.base import Method
from generator.study.study import Study

ASPECTS: tuple[TrustAspect, ...] = (
    "faithfulness",
    "stability",
    "sanity",
    "agreement",
    "rationale",
)
"""The aspects, each the name of the method that scores it, in the order of pages."""


def find_inapplicable(study: Study, artifact: str) -> dict[TrustAspect, str]:
    """Find the aspects in which an artifact cannot be scored.

    Args:
        study: The study.
        artifact: Name of the artifact.

    Returns:
        The reason of each such aspect, to follow "does not apply: ".
    """
    producer = study.artifacts.get(artifact)
    if producer is None:
        return {}
    reasons = {
        aspect: explain_inapplicable(study, METHODS[aspect], producer)
        for aspect in ASPECTS
    }
    return {aspect: reason for aspect, reason in reasons.items() if reason}


def explain_inapplicable(study: Study, scorer: type[Method], producer: Method) -> str:
    """Explain why a method of scoring could not grade what another method gives.

    Args:
        study: The study.
        scorer: The method of scoring.
        producer: The method whose artifact would be graded.

    Returns:
        The reason, "" where it could.
    """
    if scorer.reads and not issubclass(producer.gives, scorer.reads):
        kinds = " or ".join(map(name_artifact_kind, scorer.reads))
        return f"needs {kinds}; this holds {name_artifact_kind(producer.gives)}"
    model = study.models.get(producer.model)
    if model is None:
        return ""
    offered = {*model.capabilities()}
    for need in scorer.needs:
        either = need if isinstance(need, tuple) else (need,)
        if not offered & {*either}:
            why = next(filter(None, map(model.explain_missing_capability, either)), "")
            return why or f"a model of kind {model.kind} has not what it needs"
    if reason := scorer.inapplicable_reason(producer):
        return reason
    corpus = study.corpora.get(model.corpus or "")
    lacking = scorer.scored_annotations - (corpus.holds if corpus else frozenset())
    if lacking and not producer.list_typed_texts():
        words = ", ".join(sorted(one.words for one in lacking))
        return f"the corpus has no documents with {words}"
    return ""


def name_artifact_kind(kind: type) -> str:
    """Return the name of a kind of artifact in words."""
    names = (name for name, one in ARTIFACTS.items() if one is kind)
    return next(names, kind.__name__).replace("-", " ")
