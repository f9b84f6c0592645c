"""One look at the project after another: what a build would give, and more.

Drafts and studies to come are drawn, marked; stale ones are marked; one that was not
collected has a page that says what to run. With `clean` a look gives what a build
gives, to the byte. What did not change is recalled, not drawn.

What one look at the project leaves for the next, in memory and nowhere else.

What a build kept on disk is read too; nothing is written there, so that a build may run
beside the preview. After a look that went well, what it did not ask for is dropped.

The page of a study that cannot be drawn yet: its title, and what to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from generator.cli.job import Job
from generator.core.cache import Kept
from generator.core.invocation import command_line
from generator.site.pages.post import Post, category, study_path, tag
from generator.site.writeup import lint
from generator.study.freshness import Standing, doubt
from generator.study.study import Study


class Memory(Kept):
    """A folder of entries by key, and above it those of the last looks."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._held: dict[str, bytes] = {}
        self._beside: dict[str, Memory] = {}

    def get(self, key: str) -> bytes | None:
        """What is held under `key`, here or on disk; None if nothing is."""
        body = self._held.get(key)
        if body is None:
            body = super().get(key)
            if body is not None:
                self._held[key] = body
        self._used.add(key)
        return body

    def size(self, key: str) -> int | None:
        """Bytes under `key`, held from now on, as a build beside may drop them."""
        body = self.get(key)
        return None if body is None else len(body)

    def put(self, key: str, body: bytes) -> None:
        """Hold `body` under `key`."""
        self._used.add(key)
        self._held[key] = body

    def beside(self, name: str) -> Kept:
        """What is held next to this, in memory too, from one look to the next."""
        if name not in self._beside:
            self._beside[name] = Memory(self.folder.parent / name)
        return self._beside[name]

    def prune(self) -> None:
        """Drop what was neither asked for nor put since the last time."""
        self._held = {k: v for k, v in self._held.items() if k in self._used}
        self._used = set()


def absent_post(study: Study) -> Post:
    """A post that says how to collect the study."""
    return Post(
        path=study_path(study.category, study.date, study.slug),
        folder=study.folder.name,
        title=study.title,
        summary=f"Not collected: run {command_line(f'collect {study.slug}')}",
        date=study.date,
        tags=tuple(tag(name) for name in study.tags),
        category=category(study.category),
        authors=study.authors,
        draft=study.draft,
        models=len(study.models),
    )


@dataclass(frozen=True)
class Site:
    """What one look gave: every file by its path, the base address, warnings."""

    files: Mapping[str, bytes]
    base_url: str
    warnings: tuple[str, ...]


class Session:
    """Looks at one project. The options are those of `job`."""

    def __init__(self, job: Job, *, clean: bool = False) -> None:
        self.root = job.root
        self._job, self._clean = job, clean
        self._memory = Memory(job.memory.folder)

    def look(self) -> Site:
        """The site as it would be now. Raises `StudyError` with all that is wrong."""
        from generator.site.build import render  # noqa: PLC0415 - slow to import

        job = replace(self._job)  # reads everything anew
        job.memory = self._memory
        settings = job.settings
        found = [job.standing(study) for study in job.studies if job.shows(study)]
        ready = [one.study for one in found if one.complete]
        lacking = [] if self._clean else [o.study for o in found if not o.complete]
        done = render(
            job.root,
            ready,
            settings,
            None,
            base_url=job.base_url,
            drafts=job.drafts,
            kept=self._memory,
            marks=self._marks(job, found),
            others=[absent_post(study) for study in lacking],
        )
        self._memory.prune()
        warnings = [warning for one in found for warning in about(one)]
        linted = [warning for study in ready for warning in odd(study)]
        address = job.base_url or settings.base_url
        return Site(done.read(), address, (*warnings, *done.warnings, *linted))

    def _marks(self, job: Job, found: list[Standing]) -> dict[str, tuple[str, ...]]:
        """Words beside each study that is not simply published."""
        marks = {}
        for one in found:
            wait = job.wait(one.study)
            own = [f"Scheduled, {wait}"] if wait else []
            if not self._clean:
                own += ["Stale"] if one.word == "stale" else []
                own += [] if one.complete else ["Not collected"]
            marks[one.study.folder.name] = tuple(own)
        return marks


def about(one: Standing) -> list[str]:
    """What an author should know of a study's artifacts."""
    slug = one.study.slug
    if not one.complete:
        wait = next(iter(one.waits_for.values()), "")
        first = f"{command_line(f'fetch {wait}')}, then " if wait else ""
        return [f"{slug}: not collected: run {first}{command_line(f'collect {slug}')}"]
    if one.word == "stale":
        return [f"{slug}: is stale; run: {command_line(f'collect {slug}')}"]
    return [doubt(slug, one.absent)] if one.word == "unknown" else []


def odd(study: Study) -> tuple[str, ...]:
    """What is right for a parser and wrong for an author, in a study's two files."""
    home = f"studies/{study.folder.name}"
    told: tuple[str, ...] = ()
    for name, reader in (("index.md", lint.write_up), ("study.yaml", lint.study_file)):
        path = study.folder / name
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
        told += _linted(reader is lint.write_up, f"{home}/{name}", text)
    return told


@lru_cache(maxsize=512)
def _linted(prose: bool, shown: str, text: str) -> tuple[str, ...]:
    return (lint.write_up if prose else lint.study_file)(shown, text)
