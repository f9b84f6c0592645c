"""`doctor`: what of this machine and this project a build relies on, a line each.

Nothing heavy is imported: a package's metadata give its version, a font's file its
presence. A line that is not ok says what to do; only what keeps every build from
working is broken.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click

from generator.cli.job import Job, format_noun_count
from generator.cli.lock import hold_lock
from generator.cli.publish.git import GitRepository, redact_credentials
from generator.cli.publish.remote import guess_pages_address
from generator.collect.executors import count_workers
from generator.core.brought_cache import CACHE, MEND, describe_brought
from generator.core.errors import (
    LockError,
    StudyError,
    format_some_names,
    quote_text,
)
from generator.core.invocation import find_install_command, format_command
from generator.core.machine import (
    DEVICE_VARIABLE,
    LEAST_THREADS,
    choose_device,
    count_cores,
    find_gpus,
)
from generator.core.package_data import CHECKOUT, find_package_path
from generator.core.trust import read_trust
from generator.corpora.download import DATASETS
from generator.study.site_settings import load_settings

PIN = re.compile(r"([\w.-]+)==([\w.]+)")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ROOM = 1_000_000_000
"""Bytes that should be free."""
CUDNN_PACKAGES = ("nvidia-cudnn-cu12", "nvidia-cudnn-cu13")
"""Of which one is installed with the extra `gpu`."""
LEAST_OPEN_FILES = 256
"""Files that a build may have open at once."""
LEVEL_WORDS = {"ok": "ok  ", "warn": "warn", "bad": "BAD "}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One checked thing, and what to do if it is not as it should be."""

    level: str
    name: str
    text: str
    fix: str = ""

    def format_line(self) -> str:
        """Format the line that is printed."""
        fix = f"; {self.fix}" if self.fix else ""
        return f"{LEVEL_WORDS[self.level]}  {self.name:12} {self.text}{fix}"


Diagnoses = Iterator[Diagnosis]


def diagnose(job: Job) -> int:
    """Check everything, and print a line for each thing.

    Args:
        job: The run with its options.

    Returns:
        The exit status.
    """
    lines = [line for look in LOOKS for line in run_diagnosis(look, job)]
    for line in lines:
        click.echo(line.format_line())
    return 2 if any(line.level == "bad" for line in lines) else 0


def run_diagnosis(look: Callable[[Job], Diagnoses], job: Job) -> list[Diagnosis]:
    """Run one check; an error of the project is a finding, not an end.

    Args:
        look: The check.
        job: The run with its options.

    Returns:
        Its findings.
    """
    try:
        return list(look(job))
    except StudyError as error:
        return [Diagnosis("bad", look.__name__, error.problems[0])]


def python(_job: Job) -> Diagnoses:
    """Check the interpreter and the packages against the versions that were tested."""
    interpreter = platform.python_version()
    old = sys.version_info < (3, 11)
    yield Diagnosis(
        "bad" if old else "ok", "python", interpreter, "use 3.11 or newer" * old
    )
    for name in ("requirements-render.txt", "requirements.txt"):
        yield diagnose_packages(find_package_path(name))


def diagnose_packages(path: Path) -> Diagnosis:
    """Check whether the packages that a file pins are installed.

    Args:
        path: The requirements file.

    Returns:
        The finding.
    """
    drawing = path.name == "requirements-render.txt"
    name = "drawing" if drawing else "training"
    pins = dict(PIN.findall(path.read_text("utf-8"))) if path.is_file() else {}
    there = {package: installed(package) for package in pins}
    absent = [package for package, found in there.items() if not found]
    absent.sort(key=lambda package: package != "tensorflow")
    other = [f"{p} {there[p]}" for p in pins if there[p] not in ("", pins[p])]
    if absent:
        text = f"{', '.join(absent[:4])} not installed"
        fix = f"run: {find_install_command()}"
        fix = fix if drawing else f"{fix}; rendering works without"
        return Diagnosis("bad" if drawing else "warn", name, text, fix)
    if other:
        text = f"{', '.join(other[:4])}: other than was tested"
        return Diagnosis("warn", name, text, f"run: {find_install_command()}")
    tensorflow = f", tensorflow {there['tensorflow']}" if "tensorflow" in there else ""
    return Diagnosis(
        "ok", name, f"{format_noun_count(pins, 'package')} as tested{tensorflow}"
    )


def installed(package: str) -> str:
    """Return the version of a package, "" if it is not installed.

    Nothing is imported.
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def tools(_job: Job) -> Diagnoses:
    """Check programs and fonts: git to publish, a browser for tests, a font to draw."""
    git = (
        GitRepository(CHECKOUT).run_command("--version").out.strip()
        if shutil.which("git")
        else ""
    )
    fix = "install it, or publish with the workflow"
    yield (
        Diagnosis("ok", "git", git)
        if git
        else Diagnosis("warn", "git", "not found", fix)
    )
    browser = next(filter(None, map(shutil.which, BROWSERS)), "")
    missing = "not found; only tests need one"
    yield Diagnosis("ok", "browser", browser or missing)
    spec = find_spec("matplotlib")
    places = list(spec.submodule_search_locations or ()) if spec else []
    fonts = [Path(p, "mpl-data", "fonts", "ttf", "DejaVuSans.ttf") for p in places]
    if any(font.is_file() for font in fonts):
        yield Diagnosis("ok", "font", "DejaVu Sans, which comes with matplotlib")
    else:
        yield Diagnosis(
            "bad", "font", "DejaVu Sans is missing", f"run: {find_install_command()}"
        )


def project(job: Job) -> Diagnoses:
    """Check the project: its studies, and whether it can be written."""
    yield Diagnosis(
        "ok", "project", f"{job.root}, {format_noun_count(job.studies, 'study')}"
    )
    if not os.access(job.root, os.W_OK):
        fix = "give yourself the right to write here"
        yield Diagnosis("bad", "project", "is read-only", fix)


def code(job: Job) -> Diagnoses:
    """Check whether the code that the project brings is trusted."""
    found = job.find_code()
    if not found:
        yield Diagnosis("ok", "code", "this project brings none")
    elif found.is_trusted(read_trust()):
        yield Diagnosis("ok", "code", f"trusted: {found.format_contents()}")
    else:
        paths = [quote_text(path, 200)[1:-1] for path in found.hashes]
        text = f"not trusted: {found.format_contents()}: {format_some_names(paths)}"
        fix = f"look at it, then run: {format_command('trust')}"
        yield Diagnosis("warn", "code", text, fix)


def remote(job: Job) -> Diagnoses:
    """Check the repository, its remote, and the address that readers will use."""
    git = GitRepository(job.root)
    settings = load_settings(job.root)
    if not shutil.which("git") or git.run_command("rev-parse", "--git-dir").status:
        yield Diagnosis(
            "warn", "repository", "none", "run git init; publishing needs one"
        )
        address = ""
    else:
        address = git.run_command("remote", "get-url", "--", "origin").out.strip()
        fix = "git remote add origin ADDRESS; publishing needs one"
        shown_address = redact_credentials(address)
        yield (
            Diagnosis("ok", "remote", shown_address)
            if address
            else Diagnosis("warn", "remote", "no origin", fix)
        )
    guess = guess_pages_address(address)
    if settings.base_url:
        yield Diagnosis("ok", "address", settings.base_url)
    else:
        shown = guess or "https://…"
        fix = f"the feed needs it: base_url: {shown} in studies/site.yaml"
        yield Diagnosis("warn", "address", "base_url is not set", fix)


def machine(job: Job) -> Diagnoses:
    """Check disk space, open files and processors."""
    free = shutil.disk_usage(job.root).free
    small = free < ROOM
    fix = "make room; nothing is lost where a disk is full" if small else ""
    yield Diagnosis("warn" if small else "ok", "disk", f"{free / 1e9:.1f} GB free", fix)
    cores, most = count_cores(), count_workers()
    text = (
        f"{cores}; {format_noun_count(most, 'process', 'processes')} at once at most, "
        f"each with {max(LEAST_THREADS, cores // most)} threads"
    )
    yield Diagnosis("ok", "processors", text)
    yield diagnose_device()
    try:
        import resource  # noqa: PLC0415 - Windows has no such module
    except ImportError:
        return
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = 0 <= soft < LEAST_OPEN_FILES
    fix = f"run: ulimit -n {LEAST_OPEN_FILES}" if few else ""
    yield Diagnosis("warn" if few else "ok", "open files", str(soft), fix)


def diagnose_device() -> Diagnosis:
    """Find what networks would run on."""
    device, gpus = choose_device(), find_gpus()
    seen = ", ".join(gpus) or "no GPU"
    cudnn = next(filter(None, map(installed, CUDNN_PACKAGES)), "")
    if device == "cpu" or not gpus:
        in_vain = device == "gpu"
        fix = f"unset {DEVICE_VARIABLE}" if in_vain else ""
        level = "warn" if in_vain else "ok"
        return Diagnosis(level, "device", f"cpu; {seen} seen", fix)
    if cudnn:
        return Diagnosis("ok", "device", f"{seen}, cuDNN {cudnn}")
    fix = "install the extra [gpu], unless CUDA is there without it"
    return Diagnosis("warn", "device", seen, fix)


def data(job: Job) -> Diagnoses:
    """Check the folder of corpora, and which are there."""
    folder = job.data_folder
    there = [
        name
        for name, dataset in DATASETS.items()
        if all((folder / file.path).is_file() for file in dataset.files)
    ]
    text = f"{folder}: {', '.join(there) or 'none fetched'} of {', '.join(DATASETS)}"
    yield Diagnosis("ok", "data", text)


def lock(job: Job) -> Diagnoses:
    """Check whether another build is running."""
    if not (job.cache_folder / "lock").exists():
        yield Diagnosis("ok", "lock", "free")
        return
    try:
        with hold_lock(job.cache_folder, wait=0):
            yield Diagnosis("ok", "lock", "free")
    except LockError as error:
        yield Diagnosis("warn", "lock", error.problems[0])


def cache(job: Job) -> Diagnoses:
    """Check the size of the caches, and whether git tracks any of it."""
    parts = sorted(path for path in job.cache_folder.glob("*") if path.is_dir())
    sizes = {path.name: measure_folder(path) for path in parts}
    listed = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items())
    yield Diagnosis("ok", "cache", listed or "empty")
    if brought := job.brought_files:
        fix = f"build once, which sets them aside, then run: {MEND}"
        text = f"{CACHE}: {describe_brought(brought)}, and none is believed"
        yield Diagnosis("warn", "cache", text, fix)


def measure_folder(folder: Path) -> int:
    """Return the bytes of all files below a folder; links are not followed."""
    return sum(
        path.lstat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


LOOKS = (python, tools, project, code, remote, machine, data, lock, cache)
"""What is looked at, in this order."""
