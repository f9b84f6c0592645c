"""The page of a study that cannot be drawn yet: its title, and what to run."""

from __future__ import annotations

from generator.invocation import command_line
from generator.pages.post import Post
from generator.pages.records import category, study_path, tag
from generator.study import Study


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
