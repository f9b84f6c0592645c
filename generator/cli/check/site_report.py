"""The checks of a rendered site, run by a process with limits of time and memory.

A site that came with a clone need not be one that a build wrote, and a page of 60 kB
can take minutes and gigabytes to parse. The process that reads it names what it is at,
so that the message can, and whatever the site holds, `check` ends.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable
from dataclasses import astuple, dataclass
from itertools import chain, islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from selectolax.lexbor import SelectolaxError

from generator.cli.check import contrast, links, page_structure
from generator.cli.check import sizes as size_limits
from generator.cli.check.finding import Finding
from generator.cli.check.links import ExternalLink, list_external_links
from generator.cli.check.site_files import SiteCheck, list_sizes, read_site
from generator.core.errors import IntegrityError, quote_text
from generator.core.invocation import format_command
from generator.core.processes import WorkerProcess, limit_memory

CHECKS: tuple[SiteCheck, ...] = (
    links.check_links,
    links.check_anchors,
    links.check_feeds,
    page_structure.check_headings,
    page_structure.check_heads,
    page_structure.check_alternatives,
    page_structure.check_safety,
    size_limits.check_weights,
    size_limits.check_sizes,
    contrast.check_contrast,
)
"""Every check of the rendered site."""
SECONDS, SECONDS_PER_MEGABYTE = 20.0, 1.0
"""Time that a site may take, and what each megabyte of text adds to it."""
MEMORY_LIMIT, MEMORY_PER_BYTE = 2_000_000_000, 20
"""Bytes that reading a site may take, and what each byte of text adds to them."""
MOST_FINDINGS = 10_000
"""Findings that are told of one site."""
TEXTS = (".html", ".css", ".xml")


@dataclass(frozen=True)
class SiteOrder:
    """Which site to check, and how.

    Attributes:
        folder: The site's folder.
        address: Where the site is published, "" if unknown.
        name: What findings call the folder.
        external: Whether to list links to other sites.
    """

    folder: Path
    address: str
    name: str
    external: bool = False


@dataclass(frozen=True)
class SiteReport:
    """What is to be said of a site: its number of pages, findings, links elsewhere."""

    pages: int
    findings: tuple[Finding, ...]
    external: tuple[ExternalLink, ...] = ()


def report_site(order: SiteOrder) -> SiteReport:
    """Check a rendered site in a process of its own.

    Args:
        order: Which site to check, and how.

    Returns:
        The report.

    Raises:
        IntegrityError: If it takes more time or memory than a site of its size may.
    """
    sizes = list_sizes(order.folder)
    texts = [sizes[path] for path in sizes if path.endswith(TEXTS)]
    size = min(sum(texts), size_limits.MOST)  # no host takes more
    seconds = SECONDS + SECONDS_PER_MEGABYTE * size / 1e6
    memory = MEMORY_LIMIT + MEMORY_PER_BYTE * size
    worker = WorkerProcess(send_report, memory, order)
    until, place = time.monotonic() + seconds, order.name
    try:
        while True:
            kind, content = json.loads(worker.receive(until - time.monotonic()))
            if kind == "bug":
                raise RuntimeError(content)
            if kind == "report":
                return _parse_report(content)
            place = f"{order.name}/{content}"
    except TimeoutError:
        problem = f"takes longer to check than the {seconds:.0f} s"
    except (EOFError, OSError):
        problem = f"takes more memory to check than the {memory / 1e9:.1f} GB"
    finally:
        worker.end()
    raise IntegrityError(
        f"{quote_text(place, 200)[1:-1]}: {problem} that a site of its size may take, "
        f"as no page that a build writes does; remove {quote_text(order.name, 200)}, "
        f"then run: {format_command('build')}"
    )


def _parse_report(content: Any) -> SiteReport:  # noqa: ANN401 - plain JSON
    pages, findings, external = content
    return SiteReport(
        pages,
        tuple(Finding(*one) for one in findings),
        tuple(ExternalLink(*one) for one in external),
    )


def make_report(
    order: SiteOrder, begin: Callable[[str], object] = lambda _path: None
) -> SiteReport:
    """Check a rendered site, however long it takes.

    Args:
        order: Which site to check, and how.
        begin: Is told the path of each page before it is parsed.
    """
    site = read_site(order.folder, order.address, order.name, begin)
    found = chain.from_iterable(check(site) for check in CHECKS)
    findings = list(islice(found, MOST_FINDINGS))
    if next(found, None):
        text = f"more than {MOST_FINDINGS:,} findings; these are the first"
        findings.append(Finding(order.name, 0, "safety", text, "mend these"))
    away = list_external_links(site) if order.external else ()
    return SiteReport(len(site.pages), tuple(findings), tuple(away))


def send_report(pipe: Connection, memory: int, order: SiteOrder) -> None:
    """Check a site and send the report, and before it the path of each page.

    Args:
        pipe: Where messages go.
        memory: Bytes that this process may take.
        order: Which site to check, and how.
    """

    def send(kind: str, content: object) -> None:
        pipe.send_bytes(json.dumps([kind, content]).encode())

    limit_memory(memory)
    try:
        report = make_report(order, lambda path: send("page", path))
        send("report", astuple(report))
    except (MemoryError, SelectolaxError):
        return  # the other end is told by that
    except Exception:  # noqa: BLE001 - a bug, told where it can be
        send("bug", traceback.format_exc())
