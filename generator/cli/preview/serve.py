"""`serve`: render, serve, and render again at each save of a source file."""

from __future__ import annotations

import threading
import time
import traceback
import webbrowser
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, watch

from generator.cli.error_location import locate_message
from generator.cli.job import Job
from generator.cli.preview.board import Board
from generator.cli.preview.server import find_base_path, is_loopback, open_server
from generator.cli.preview.session import Session
from generator.cli.run import say_error, write_log
from generator.core.cache import TEMPLATES
from generator.core.errors import StudyError
from generator.core.files import TEMPORARY
from generator.study.site_settings import load_settings

QUIET = 30
"""Milliseconds without a change after which a burst of them is over."""
IGNORED_ENDINGS = ("~", ".swp", ".swx", ".tmp", ".pyc", ".lock")


def is_relevant_change(_change: Change, name: str) -> bool:
    """Return whether a changed file can change a page.

    Temporary files and those of editors cannot.
    """
    path = Path(name)
    hidden = any(part.startswith((".#", TEMPORARY, ".git")) for part in path.parts[-3:])
    return not (hidden or path.name.endswith(IGNORED_ENDINGS) or path.name == "4913")


def watch_files(
    places: Iterable[Path],
    act: Callable[[frozenset[Path]], None],
    stop: threading.Event,
    *,
    poll: bool = False,
) -> None:
    """Call `act` with the files of each burst of changes until `stop` is set.

    The first call has no files, as soon as changes are watched for, because a file may
    have been saved between the last rendering and that moment.

    Args:
        places: Files and folders to watch.
        act: Takes the changed files.
        stop: Ends the watching.
        poll: Whether to look at the files, where the system reports no changes.
    """
    begun = False
    for changes in watch(
        *(place for place in places if place.exists()),
        watch_filter=is_relevant_change,
        debounce=400,
        step=QUIET,
        stop_event=stop,
        rust_timeout=500,
        force_polling=poll or None,
        poll_delay_ms=200,
        raise_interrupt=False,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        if changes or not begun:
            act(frozenset(Path(name) for _change, name in changes))
        begun = True


AROUND = 2
"""Lines shown before and after the one that a problem is about."""


@dataclass(frozen=True)
class ServeOptions:
    """The options of `serve`."""

    host: str = "127.0.0.1"
    port: int = 8000
    open: bool = False
    watch: tuple[str, ...] = ()
    reload: bool = True
    poll: bool = False
    clean: bool = False


class Preview:
    """A session and the board that shows it."""

    def __init__(self, job: Job, *, clean: bool) -> None:
        self.job, self.board = job, Board()
        self._session = Session(job, clean=clean)

    def update_preview(self, changed: Iterable[Path] = ()) -> None:
        """Render again; problems are shown and printed, and end nothing.

        Args:
            changed: The files that changed.
        """
        begun = time.monotonic()
        try:
            site = self._session.render_preview()
        except StudyError as error:
            self._show_problems(error.problems)
        except Exception as error:  # noqa: BLE001 - an error must not end the preview
            self._show_problems((self._record_bug(error),))
        else:
            warnings = tuple(
                locate_message(text, self.job.root) for text in site.warnings
            )
            self.board.show_site(site, warnings)
            self._report_change(changed, time.monotonic() - begun)

    def _show_problems(self, problems: tuple[str, ...]) -> None:
        located = tuple(
            locate_message(text, self.job.root, AROUND) for text in problems
        )
        self.board.show_problems(located)
        for problem in problems:
            say_error(problem, self.job.root)

    def _record_bug(self, error: Exception) -> str:
        path = self.job.find_log_path()
        try:
            write_log(path, "".join(traceback.format_exception(error)))
        except StudyError:
            traceback.print_exception(error)
        return (
            f"this is a bug of ours: {type(error).__name__}: {str(error)[:200]}; the "
            f"traceback is in {path}: please report it; save again to go on"
        )

    def _report_change(self, changed: Iterable[Path], seconds: float) -> None:
        names = sorted(path.name for path in changed)
        if names:
            more = f" and {len(names) - 1} more" if names[1:] else ""
            self.job.say(f"{names[0]}{more}: drawn again in {seconds:.2f} s")


def serve(job: Job, wanted: ServeOptions) -> None:
    """Serve the project until the process is told to stop.

    Args:
        job: The run with its options.
        wanted: The options of the command.
    """
    from generator.site.assets import bundle_scripts, read_static  # noqa: PLC0415 - slow to import

    job.require_trust()
    preview = Preview(job, clean=wanted.clean)
    preview.update_preview()
    own = {
        "preview.js": bundle_scripts(job.root, ("preview.js",)),
        "preview.css": read_static(job.root, "preview.css"),
    }
    base = find_base_path(job.base_url or _find_address(job))
    board = preview.board
    server = open_server(wanted.host, wanted.port, board, base, own, live=wanted.reload)
    port = server.server_address[1]
    if wanted.port not in (0, port):
        job.say(f"port {wanted.port} is taken; took {port}")
    if not is_loopback(wanted.host):
        job.say("anybody who reaches this machine can read the preview, drafts and all")
    job.say(f"serving {server.url}; Ctrl-C ends it")
    stop = threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    if wanted.reload:
        places = [
            job.root / "studies",
            job.root / "templates",
            TEMPLATES,
            *(Path(name).absolute() for name in wanted.watch),
        ]
        threading.Thread(
            target=watch_files,
            args=(dict.fromkeys(places), preview.update_preview, stop),
            kwargs={"poll": wanted.poll},
            daemon=True,
        ).start()
    if wanted.open:
        webbrowser.open(server.url)
    try:
        stop.wait()
    finally:
        stop.set()
        board.close()
        server.shutdown()
        server.server_close()


def _find_address(job: Job) -> str:
    try:
        return load_settings(job.root).base_url
    except StudyError:
        return ""
