"""The options that several commands of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from generator.core.machine import DEVICES

F = TypeVar("F", bound=Callable[..., Any])
FOLDER = click.Path(file_okay=False)


class JobCount(click.IntRange):
    """A number of processes, or `auto`, which is 0."""

    name = "number or auto"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - what click passes
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number."""
        if value == "auto":
            return 0
        return int(super().convert(value, param, ctx))


OPTIONS: dict[str, Callable[[F], F]] = {
    "project": click.option(
        "-C", "--project", type=FOLDER, help="Work on the project in this folder."
    ),
    "strict": click.option(
        "-s", "--strict", is_flag=True, default=None, help="Warnings are errors."
    ),
    "site_dir": click.option(
        "-d",
        "--site-dir",
        type=FOLDER,
        help="Folder of the site, inside the project.  [site]",
    ),
    "base_url": click.option("--base-url", help="Address the site is published at."),
    "only": click.option(
        "--only",
        metavar="GLOB",
        help="Collect only studies whose name matches; after a !, only the others.",
    ),
    "jobs": click.option(
        "-j",
        "--jobs",
        type=JobCount(1, 256),
        metavar="N|auto",
        help="Processes to use; `auto` goes by the work, the cores and the memory.  "
        "[auto]",
    ),
    "threads": click.option(
        "--threads",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Operations of a training at once, in each process; the results are the "
        "same for any number.  [the cores, shared among --jobs]",
    ),
    "device": click.option(
        "--device",
        type=click.Choice(DEVICES),
        help="What networks run on; `auto` is a GPU where TensorFlow opens one.  [cpu]",
    ),
    "scheduler": click.option(
        "--scheduler", metavar="ADDRESS", help="Collect on a Dask cluster."
    ),
    "data": click.option(
        "--data",
        type=FOLDER,
        envvar="STUDY_DATA",
        help="Folder of fetched corpora.  [STUDY_DATA, or .cache/data]",
    ),
    "no_wait": click.option(
        "--no-wait",
        is_flag=True,
        default=None,
        help="Fail at once if another build is running.",
    ),
    "drafts": click.option(
        "--drafts/--no-drafts", default=None, help="Render drafts too."
    ),
    "future": click.option(
        "--future/--no-future", default=None, help="Render scheduled studies too."
    ),
    "now": click.option(
        "--now",
        metavar="ISO",
        envvar="STUDY_NOW",
        help="Day or time to take for now.  [STUDY_NOW, or the clock]",
    ),
    "portable": click.option(
        "--portable",
        is_flag=True,
        default=None,
        help="Also write the site as a zip that opens by double click.",
    ),
    "dry_run": click.option(
        "--dry-run",
        is_flag=True,
        default=None,
        help="Say what would be made and how long it takes; make nothing.",
    ),
    "record_times": click.option(
        "--record-times",
        is_flag=True,
        default=None,
        help="Also write studies/timings.json, for estimates on other machines.",
    ),
    "trust": click.option(
        "--trust",
        is_flag=True,
        default=None,
        help="Trust the code that this project brings, as it is now.",
    ),
    "verbose": click.option("-v", "--verbose", count=True, help="Say more."),
    "quiet": click.option(
        "-q", "--quiet", is_flag=True, default=None, help="Say only what is wrong."
    ),
    "color": click.option(
        "--color/--no-color", default=None, help="Colours and a moving bar."
    ),
}
PROJECT_OPTIONS = ("project", "verbose", "quiet", "color")
WORK_OPTIONS = (
    *PROJECT_OPTIONS,
    "strict",
    "only",
    "jobs",
    "threads",
    "device",
    "scheduler",
    "data",
    "no_wait",
)
PAGE_OPTIONS = ("site_dir", "base_url", "drafts", "future", "now")
ZIP_OPTIONS = ("portable",)
TIME_OPTIONS = ("dry_run", "record_times")
TRUST_OPTIONS = ("trust",)


def add_options(*names: str) -> Callable[[F], F]:
    """Return a decorator that gives a command shared options.

    Args:
        *names: Names of the options.

    Returns:
        The decorator.
    """

    def add(command: F) -> F:
        for name in reversed(names):
            command = OPTIONS[name](command)
        return command

    return add
