"""What is odd in the sources of a site: artifacts, the site's age, and prose."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checking.finding import Finding
from generator.job import Job

COLLECT = "run: python build.py collect"


def artifacts(job: Job) -> Iterator[Finding]:
    """Artifacts that are missing, damaged, or made from something else than is here.

    A method, a model or a corpus whose version changed makes what it gave stale, since
    the version is part of the key. What is stale can be drawn, so it is a warning.
    """
    for study in job.studies:
        if not job.shows(study):
            continue
        one = job.standing(study)
        folder = study.folder.relative_to(job.root).as_posix()
        for name, state in one.artifacts.items():
            if state.word in {"fresh", "unknown"}:
                continue
            text = f"artifact {name} is {state.word}: {state.reason}"
            mild = one.waits_for or state.word == "stale"
            level = "warn" if mild else "error"
            fix = COLLECT
            if one.waits_for:
                fix = f"run: python build.py fetch {min(one.waits_for.values())}"
            place = f"{folder}/study.yaml"
            yield Finding(place, 0, "artifacts", text, fix, level)
