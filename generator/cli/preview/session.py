"""Renderings of a preview, one after the other: what a build would give, and more.

Drafts and studies to come are drawn, marked; stale ones are marked; one that was not
collected has a page that says what to run. With `clean` a preview gives what a build
gives, to the byte. What did not change is recalled, not drawn: what one rendering
leaves for the next is in memory and nowhere else. What a build cached on disk is read
too; nothing is written there, so that a build may run beside the preview. After a
rendering that went well, what it did not use is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from generator.cli.job import Job
from generator.core.cache import Cache
from generator.core.files import read_plain_text
from generator.core.invocation import format_command
from generator.site.pages.post import Post, category_listing, study_path, tag_listing
from generator.site.writeup import lint
from generator.study.freshness import StudyStatus, format_doubt, format_older
from generator.study.study import Study


class MemoryCache(Cache):
    """A cache in memory over a cache on disk, which is only read.

    Args:
        folder: The cache on disk.
        within: The folder below which no link is followed.
        reads_disk: Whether what is on disk is used.
    """

    def __init__(
        self, folder: Path, within: Path | None = None, *, reads_disk: bool = True
    ) -> None:
        super().__init__(folder, within)
        self.reads_disk = reads_disk
        self._held: dict[str, bytes] = {}
        self._beside: dict[str, MemoryCache] = {}

    def get(self, key: str) -> bytes | None:
        """Return an entry from memory or disk, None if there is none.

        Args:
            key: Key of the entry.
        """
        body = self._held.get(key)
        if body is None and self.reads_disk:
            body = super().get(key)
            if body is not None:
                self._held[key] = body
        self._used.add(key)
        return body

    def size(self, key: str) -> int | None:
        """Return the bytes of an entry, and hold it, as a build beside may drop it.

        Args:
            key: Key of the entry.
        """
        body = self.get(key)
        return None if body is None else len(body)

    def put(self, key: str, body: bytes) -> None:
        """Hold an entry in memory."""
        self._used.add(key)
        self._ignored.discard(key)
        self._held[key] = body

    def refuse(self, key: str) -> None:
        """Use an entry no more, in memory or on disk."""
        self._held.pop(key, None)
        super().refuse(key)

    def distrust(self) -> None:
        """Use no entry that is there, in memory or on disk."""
        self._held = {}
        super().distrust()

    def sibling(self, name: str) -> Cache:
        """Return the cache of another name, in memory too, that lasts as long."""
        if name not in self._beside:
            self._beside[name] = MemoryCache(
                self.folder.parent / name, self.within, reads_disk=self.reads_disk
            )
        return self._beside[name]

    def prune(self) -> int:
        """Drop entries that were not used since the last time.

        Returns:
            How many there were.
        """
        before = len(self._held)
        self._held = {k: v for k, v in self._held.items() if k in self._used}
        self._used = set()
        return before - len(self._held)


def make_absent_post(study: Study) -> Post:
    """Return a post that says how to collect the study.

    Args:
        study: The study.
    """
    return Post(
        path=study_path(study.category, study.date, study.slug),
        folder=study.folder.name,
        title=study.title,
        summary=f"Not collected: run {format_command(f'collect {study.slug}')}",
        date=study.date,
        tags=tuple(tag_listing(name) for name in study.tags),
        category=category_listing(study.category),
        authors=study.authors,
        draft=study.draft,
        models=len(study.models),
    )


@dataclass(frozen=True)
class PreviewSite:
    """A rendering: every file by its path, the base address, warnings."""

    files: Mapping[str, bytes]
    base_url: str
    warnings: tuple[str, ...]


class Session:
    """A preview of one project, with the options of a job."""

    def __init__(self, job: Job, *, clean: bool = False) -> None:
        self.root = job.root
        self._job, self._clean = job, clean
        self._memory = MemoryCache(
            job.run_cache.folder, job.root, reads_disk=not job.brought_files
        )

    def render_preview(self) -> PreviewSite:
        """Render the site as it would be now.

        Returns:
            The files and warnings.

        Raises:
            StudyError: With everything that is wrong.
        """
        from generator.site.build import render_site  # noqa: PLC0415 - slow to import

        job = replace(self._job)  # reads everything anew
        job.run_cache, job.brought_files = self._memory, frozenset()
        job.require_trust()
        settings = job.settings
        found = [job.find_status(study) for study in job.studies if job.is_shown(study)]
        ready = [one.study for one in found if one.complete]
        lacking = [] if self._clean else [o.study for o in found if not o.complete]
        done = render_site(
            job.root,
            ready,
            settings,
            None,
            base_url=job.base_url,
            drafts=job.drafts,
            kept=self._memory,
            marks=self._format_marks(job, found),
            others=[make_absent_post(study) for study in lacking],
        )
        self._memory.prune()
        warnings = [warning for one in found for warning in describe_status(one)]
        linted = [warning for study in ready for warning in find_oddities(study)]
        address = job.base_url or settings.base_url
        return PreviewSite(done.read(), address, (*warnings, *done.warnings, *linted))

    def _format_marks(
        self, job: Job, found: list[StudyStatus]
    ) -> dict[str, tuple[str, ...]]:
        """Return the words beside each study that is not simply published."""
        marks = {}
        for one in found:
            wait = job.format_wait(one.study)
            own = [f"Scheduled, {wait}"] if wait else []
            if not self._clean:
                own += ["Stale"] if one.word == "stale" else []
                own += [] if one.complete else ["Not collected"]
            marks[one.study.folder.name] = tuple(own)
        return marks


def describe_status(status: StudyStatus) -> list[str]:
    """Return what an author should know of a study's artifacts."""
    slug = status.study.slug
    if not status.complete:
        wait = next(iter(status.waits_for.values()), "")
        first = f"{format_command(f'fetch {wait}')}, then " if wait else ""
        return [
            f"{slug}: not collected: run {first}{format_command(f'collect {slug}')}"
        ]
    if status.word == "stale":
        return [f"{slug}: is stale; run: {format_command(f'collect {slug}')}"]
    if status.word == "older":
        return [format_older(status)]
    return [format_doubt(slug, status.absent)] if status.word == "unknown" else []


def find_oddities(study: Study) -> tuple[str, ...]:
    """Return the linter's warnings about a study's two files.

    Args:
        study: The study.
    """
    home = f"studies/{study.folder.name}"
    warnings: tuple[str, ...] = ()
    for name, reader in (
        ("index.md", lint.lint_write_up),
        ("study.yaml", lint.lint_study_file),
    ):
        path = study.folder / name
        text = read_plain_text(path) if path.is_file() else ""
        warnings += _lint_text(reader is lint.lint_write_up, f"{home}/{name}", text)
    return warnings


@lru_cache(maxsize=512)
def _lint_text(prose: bool, shown: str, text: str) -> tuple[str, ...]:
    return (lint.lint_write_up if prose else lint.lint_study_file)(shown, text)
