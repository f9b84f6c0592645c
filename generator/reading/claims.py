"""What a study's claims say of its other parts, checked before anything is trained.

Rows have their names from what was measured, so whether a row exists is known only when
there is an artifact; that its artifact exists and can hold an estimate is known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.artifacts import Artifact
from generator.claims.settings import HOLDS, Claim
from generator.errors import nearest, quoted
from generator.reading.references import Parts
from generator.reading.source import Source, Way, dotted


def check_claims(source: Source, claims: Mapping[str, Claim], parts: Parts) -> None:
    """Note every claim that no artifact of its study could decide."""
    if claims and "claims" in parts.artifacts:
        text = "an artifact may not be called claims: sentences find verdicts there"
        source.note(None, source.key(("artifacts", "claims")), f"{text}; rename it")
    said: dict[str, str] = {}
    for name, claim in claims.items():
        way: Way = ("claims", name)
        other = said.setdefault(claim.says.casefold(), name)
        if other != name:
            text = f"{dotted(way)}: says what claims.{other} says; say it once"
            source.note(None, source.value((*way, "says")), text)
        for key, path in claim.paths().items():
            _check_path(source, (*way, key), path, parts)
        if claim.figure is not None:
            _check_figure(source, (*way, "figure"), claim, parts)


def _check_path(source: Source, way: Way, path: str, parts: Parts) -> None:
    """Note an artifact that is not there, or that holds no estimate."""
    name, field = path.split(".")[:2]
    written = source.data.get("artifacts")
    names = list(written) if isinstance(written, dict) else []
    method = parts.artifacts.get(name)
    if name not in names:
        text = f"there is no artifact {quoted(name)}; {nearest(name, names)}"
    elif method is None or way[-1] == "than":
        return
    else:
        text = _unfit(name, field, method.method, method.gives)
    if text:
        source.note(None, source.value(way), f"{dotted(way)}: {text}")


def _unfit(name: str, field: str, method: str, gives: type[Artifact]) -> str:
    """Why `name.field` can be no estimate, "" if it can."""
    fields = next((f for kind, f in HOLDS.items() if issubclass(gives, kind)), ())
    if not fields:
        return (
            f"artifact {quoted(name)} (method {method}) is {gives.__name__}, which has "
            "no interval; a claim rests on Estimates, Distributions or Scores"
        )
    if field in fields:
        return ""
    given = quoted(f"{name}.{field}")
    return f"{given} is no estimate of {gives.__name__}; {nearest(field, fields)}"


def _check_figure(source: Source, way: Way, claim: Claim, parts: Parts) -> None:
    """Note a figure that is not there, or that does not draw the estimate."""
    name = str(claim.figure)
    artifact = claim.value.partition(".")[0]
    written = source.data.get("figures")
    names = list(written) if isinstance(written, dict) else []
    figure = parts.figures.get(name)
    if name not in names:
        text = f"there is no figure {quoted(name)}; {nearest(name, names)}"
    elif figure is not None and artifact not in figure.reads():
        able = [n for n, one in parts.figures.items() if artifact in one.reads()]
        text = f"figure {quoted(name)} does not draw artifact {quoted(artifact)}; "
        text += f"those that do: {', '.join(able)}" if able else "none does"
    else:
        return
    source.note(None, source.value(way), f"{dotted(way)}: {text}")
