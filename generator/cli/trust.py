"""`trust`: what of a project's own code may run, said by the person at the machine."""

from __future__ import annotations

from collections.abc import Mapping

from generator.cli.job import Job
from generator.core.errors import quote_text
from generator.core.trust import forget_trust, give_trust, read_trust


def trust_project(job: Job) -> None:
    """Trust the code that the project brings, as it is now, and say what that is.

    Args:
        job: The run with its options.
    """
    code = job.find_code()
    if not code:
        job.say("nothing to trust: this project brings no code")
        return
    give_trust(code)
    job.say(f"trusted until it changes: {code.format_contents()}")
    say_files(job, code.hashes)


def forget_project(job: Job) -> None:
    """Trust the code of the project no more.

    Args:
        job: The run with its options.
    """
    count = forget_trust(job.root)
    job.say("forgot the trust in this project" if count else "nothing was trusted here")


def list_trusted(job: Job) -> None:
    """Print the code that is trusted on this machine, by project.

    Args:
        job: The run with its options.
    """
    trusted = read_trust()
    by_project = sorted(trusted.items(), key=lambda item: (item[1].project, item[0]))
    for key, one in by_project:
        job.say(f"{key[:12]}  {quote_text(one.project, 200)[1:-1]}")
        say_files(job, one.hashes)
    if not trusted:
        job.say("no code is trusted on this machine")


def say_files(job: Job, hashes: Mapping[str, str]) -> None:
    """Print each file with the first digits of its hash."""
    for path, sha in sorted(hashes.items()):
        job.say(f"  {sha[:12]}  {quote_text(path, 200)[1:-1]}")
