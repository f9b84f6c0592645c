"""Artifacts that an older version of a method, a model or a corpus gave.

A key is a hash of versions, settings, seeds and inputs. Where an artifact has not the
key that it should have, one older version after another is tried with all else as the
study file has it. If one gives the artifact's key, nothing but that version changed,
which is proved and not guessed: a study frozen by its author is drawn as it is then,
with a note. Where none does, settings or inputs changed.

Settings that came with a newer version are left out where the study file does not
write them. What an artifact's model and corpus were is in its provenance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.artifacts.base import ArtifactHead, CorpusProvenance
from generator.core.errors import StudyError
from generator.core.spec import Spec
from generator.corpora.base import Folders
from generator.study.keys import (
    hash_artifact,
    hash_corpus,
    hash_model,
    key_method_settings,
    order_artifacts,
)
from generator.study.study import Study


def find_older_versions(
    study: Study, heads: Mapping[str, ArtifactHead], folders: Folders | None = None
) -> dict[str, tuple[str, ...]]:
    """Return which older versions the artifacts of a study come from.

    Args:
        study: The study.
        heads: Heads of those of its artifacts that can be read.
        folders: Where its corpora are read from; None to take what they and the
            models' files hold for what it was, and compare their settings alone.

    Returns:
        By the artifact's name a text for each version that is not the present one, none
        where all are. An artifact that differs by more is left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name in order_artifacts(study):
        reads = study.artifacts[name].artifact_names()
        if name not in heads or any(read not in found for read in reads):
            continue
        versions = _explain_artifact(study, name, heads, folders)
        if versions is not None:
            earlier = (text for read in reads for text in found[read])
            found[name] = tuple(dict.fromkeys((*versions, *earlier)))
    return found


def _explain_artifact(
    study: Study,
    name: str,
    heads: Mapping[str, ArtifactHead],
    folders: Folders | None,
) -> tuple[str, ...] | None:
    """Return the older versions behind an artifact, None where more is different."""
    method, head = study.artifacts[name], heads[name]
    made = head.made
    if made.model is None or method.model not in study.models:
        return None
    before = _explain_model(study, method.model, head, folders)
    if before is None:
        return None
    corpus = made.corpus.key if made.corpus else None
    read = [heads[other].key for other in method.artifact_names()]
    present = key_method_settings(study, method)
    settings = _drop_new_settings(present, made.settings, method)
    try:
        brought = method.with_folder(study.folder).foreign_key()
    except (StudyError, OSError):
        alike = folders is None and _is_as_recorded(method, made.settings)
        return before if alike else None
    made_from = [made.model.key, corpus, *read, *([brought] if brought else [])]
    for version in range(method.version, 0, -1):
        now = settings if version < method.version else present
        key = hash_artifact(
            study, name, now, made_from, version=version, schema=head.schema
        )
        if key == head.key:
            own = _describe("method", method.method, version, method.version)
            return (*own, *before)
    return None


def _explain_model(
    study: Study, name: str, head: ArtifactHead, folders: Folders | None
) -> tuple[str, ...] | None:
    """Return the older versions behind an artifact's model and its corpus."""
    spec, made = study.models[name], head.made
    corpus = made.corpus.key if made.corpus else None
    before = _explain_corpus(study, spec.corpus, made.corpus, folders)
    if before is None or made.model is None:
        return None
    if spec.list_followed_models():
        # Keys of the models it follows are recorded nowhere.
        alike = folders is None and _is_as_recorded(spec, made.model.settings)
        return before if alike else None
    try:
        files = spec.with_folders(folders or Folders(study.folder, study.folder))
        foreign = files.foreign_key()
    except (StudyError, OSError):
        alike = folders is None and _is_as_recorded(spec, made.model.settings)
        return before if alike else None
    settings = _drop_new_settings(files.key_settings(), made.model.settings, spec)
    for version in range(spec.version, 0, -1):
        now = settings if version < spec.version else files.key_settings()
        key = hash_model(spec, now, [corpus, study.seed, foreign], version)
        if key == made.model.key:
            return (*_describe("model", spec.kind, version, spec.version), *before)
    return None


def _explain_corpus(
    study: Study,
    name: str | None,
    made: CorpusProvenance | None,
    folders: Folders | None,
) -> tuple[str, ...] | None:
    """Return the older version of a corpus that an artifact was made from."""
    if name is None or made is None:
        return () if name is None or folders is None else None
    spec = study.corpora[name]
    if folders is None:
        alike = spec.kind == made.kind and _is_as_recorded(spec, made.settings)
        return () if alike else None
    for version in range(spec.version, 0, -1):
        try:
            if hash_corpus(spec, folders, version) == made.key:
                return _describe("corpus", spec.kind, version, spec.version)
        except StudyError:
            return None
    return None


def _describe(what: str, kind: str, version: int, present: int) -> tuple[str, ...]:
    if version == present:
        return ()
    return (f"{what} {kind}, version {version} (now {present})",)


def _is_as_recorded(spec: Spec, recorded: Mapping[str, Any]) -> bool:
    """Return whether the study file says what it said then, by what both know."""
    present = _drop_new_settings(spec.model_dump(mode="json"), recorded, spec)
    return present == {k: v for k, v in recorded.items() if k in present}


def _drop_new_settings(
    settings: Mapping[str, Any], recorded: Mapping[str, Any], spec: Spec
) -> dict[str, Any]:
    """Return settings without those that neither a record nor the study file has."""
    written = spec.model_fields_set
    return {k: v for k, v in settings.items() if k in recorded or k in written}
