"""What a collection did, filled while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.errors import StudyError


@dataclass(frozen=True)
class Failure:
    """What went wrong with one model or artifact of a study, or with all of it."""

    study: str
    what: str  # "model lm", "artifact greedy", or "" for the study
    error: Exception

    def placed(self) -> Exception:
        """The error with its place before each problem; a bug stays as it is."""
        if not isinstance(self.error, StudyError):
            return self.error
        place = f"{self.study}: {self.what}" if self.what else self.study
        return type(self.error)(*(f"{place}: {p}" for p in self.error.problems))


@dataclass
class Report:
    """What a collection did, by `study` or `study/name`."""

    trained: list[str] = field(default_factory=list)
    collected: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)  # of an older schema
    doubted: list[str] = field(default_factory=list)  # studies whose corpus is absent
    skipped: dict[str, str] = field(default_factory=dict)  # study: the reason
    failures: list[Failure] = field(default_factory=list)
