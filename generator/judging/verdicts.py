"""The claims of a study, decided and put beside the figures that show their estimates.

A problem that only the artifacts show, such as a row that is not there, is told with
its place in the study file all the same: the file is read again for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.artifacts import Artifact
from generator.errors import ConfigError, StudyError
from generator.judging.judge import Judged, judge
from generator.judging.shown import shown
from generator.pages.records import Claim
from generator.project import FILE
from generator.reading.yaml import read
from generator.study import CLAIMS, Study


def verdicts(
    study: Study, artifacts: Mapping[str, Artifact]
) -> tuple[dict[str, Judged], tuple[str, ...]]:
    """What every claim came to, by name, and warnings. Raises `ConfigError`."""
    found = judge(study.claims, artifacts)
    if found.problems:
        raise ConfigError(*placed(study, found.problems))
    return found.claims, placed(study, found.warnings)


def placed(study: Study, told: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    """Problems of settings, each with its place in the study file."""
    told = tuple(told)
    name = f"studies/{study.folder.name}/{FILE}"
    if not told:
        return ()
    try:
        source = read(study.folder / FILE, name)
    except StudyError:
        return tuple(f"{name}: {CLAIMS}.{c}.{key}: {text}" for c, key, text in told)
    places = {(c, key): source.value((CLAIMS, c, key)) for c, key, _ in told}
    return tuple(
        "{}:{}:{}: {}.{}.{}: {}".format(name, *places[c, key], CLAIMS, c, key, text)
        for c, key, text in told
    )


def on_page(
    study: Study, found: Mapping[str, Judged], numbers: Mapping[str, int]
) -> tuple[Claim, ...]:
    """Claims as the page shows them, in the order of the study file.

    `numbers` are those of the figures that the write-up places, by name.
    """
    made = []
    for name, judged in found.items():
        worded = study.claims[name]
        artifact = worded.value.partition(".")[0]
        drawing = worded.figure or next(
            (n for n in numbers if artifact in study.figures[n].reads()), ""
        )
        number = numbers.get(drawing, 0)
        figure = f"fig-{drawing}" if number else ""
        made.append(shown(name, worded, judged, figure, number))
    return tuple(made)


def unlinked(study: Study, claims: Iterable[Claim]) -> tuple[str, ...]:
    """A warning for each claim whose figure is named and placed nowhere."""
    text = "is placed nowhere in index.md, so that the claim has no link; place it"
    lost = (c for c in claims if study.claims[c.name].figure and not c.figure)
    return placed(study, ((claim.name, "figure", text) for claim in lost))
