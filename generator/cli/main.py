"""The command line: each command parses its words and calls functions of `generator`.

Those are imported inside it, so that `--help` answers at once. Options that belong to
every command may stand before or after it.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.options import (
    FOLDER,
    OPTIONS,
    PAGE_OPTIONS,
    PROJECT_OPTIONS,
    TIME_OPTIONS,
    TRUST_OPTIONS,
    WORK_OPTIONS,
    ZIP_OPTIONS,
    add_options,
)
from generator.core.invocation import DISTRIBUTION, format_command

if TYPE_CHECKING:
    from generator.cli.job import Job

DRY_COMMANDS = ("build", "collect", "publish")
"""Commands that can say what they would do."""


def make_job(context: click.Context, given: dict[str, Any]) -> Job:
    """The job that the options before and after the command describe."""
    from generator.cli.job import Job
    from generator.core.machine import use_device

    before = context.find_root().params
    named = {name: value for name, value in before.items() if name in OPTIONS}
    # Falsy ones were not given: flags are None, the count of -v is 0.
    named |= {name: value for name, value in given.items() if value not in (None, 0)}
    job = Job(**{name: value for name, value in named.items() if value is not None})
    if job.dry_run and context.command.name not in DRY_COMMANDS:
        raise click.UsageError(
            f"--dry-run is for {', '.join(DRY_COMMANDS[:-1])} and {DRY_COMMANDS[-1]}, "
            f"not for {context.command.name}"
        )
    if job.device:
        use_device(job.device)
    context.find_root().obj = job
    context.color = job.color
    return job


def version(context: click.Context, _option: object, wanted: bool) -> None:
    """Print the version and end."""
    from generator import __version__

    if wanted and not context.resilient_parsing:
        click.echo(f"{DISTRIBUTION} {__version__}")
        context.exit()


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@add_options(*WORK_OPTIONS, *TIME_OPTIONS, *PAGE_OPTIONS, *ZIP_OPTIONS, *TRUST_OPTIONS)
@click.option("-V", "--version", is_flag=True, is_eager=True, expose_value=False,
              callback=version, help="Print the version.")  # fmt: skip
@click.pass_context
def cli(context: click.Context, /, **_given: object) -> object:
    """Interpretability studies: train, ask, draw, and make a site of it.

    Without a command: build.
    """
    if context.invoked_subcommand is None:
        return context.invoke(build)
    return None


@cli.command()
@add_options(*WORK_OPTIONS, *TIME_OPTIONS, *PAGE_OPTIONS, *ZIP_OPTIONS, *TRUST_OPTIONS)
@click.pass_context
def build(context: click.Context, /, **given: object) -> object:
    """Collect what is stale, then render the site."""
    from generator.cli import commands

    return commands.build(make_job(context, given))


@cli.command()
@click.argument(
    "studies", nargs=-1, metavar="[STUDY]...", help="Slugs; all without one."
)
@add_options(*WORK_OPTIONS, *TIME_OPTIONS, *TRUST_OPTIONS)
@click.pass_context
def collect(
    context: click.Context, /, studies: tuple[str, ...], **given: object
) -> object:
    """Train and collect what is stale, and render nothing."""
    from generator.cli import commands

    return commands.collect(make_job(context, given), studies)


@cli.command()
@click.argument(
    "studies", nargs=-1, required=True, metavar="STUDY...", help="Slugs of studies."
)
@click.option("--by", default="", metavar="NAME", help="Who says so, on the page.")
@add_options(*PROJECT_OPTIONS, "jobs", "data", "no_wait", *TRUST_OPTIONS)
@click.pass_context
def verify(
    context: click.Context, /, studies: tuple[str, ...], by: str, **given: object
) -> None:
    """Train and collect again elsewhere, and compare with the artifacts."""
    from generator.cli import commands

    commands.verify(make_job(context, given), studies, by)


@cli.command()
@add_options(*PROJECT_OPTIONS, "strict", "data", "no_wait", *PAGE_OPTIONS, *ZIP_OPTIONS,
             *TRUST_OPTIONS)  # fmt: skip
@click.pass_context
def render(context: click.Context, /, **given: object) -> None:
    """Render the site from what was collected."""
    from generator.cli import commands as rendering

    rendering.render(make_job(context, given))


@cli.command("list")
@add_options(*PROJECT_OPTIONS, "only", "data", "now")
@click.option("--drafts", is_flag=True, help="Drafts alone.")
@click.option("--scheduled", is_flag=True, help="Studies to come alone.")
@click.option("--stale", is_flag=True, help="What is not fresh alone.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.argument(
    "studies", nargs=-1, metavar="[STUDY]...", help="Slugs; all without one."
)
@click.pass_context
def list_(
    context: click.Context,
    /,
    as_json: bool,
    studies: tuple[str, ...],
    **given: object,
) -> None:
    """Show every study, what of it is stale, and why."""
    from generator.cli import commands

    asked = [name for name in ("drafts", "scheduled", "stale") if given.pop(name)]
    commands.list_studies(
        make_job(context, given), studies, as_json=as_json, asked=asked
    )


@cli.command()
@click.argument("slug", help="Last part of the address; any words.")
@click.option("-t", "--title", default="", help="Title of the study.  [from the slug]")
@click.option("-c", "--category", default="", help="First part of the address.")
@click.option("--tags", default="", metavar="A,B", help="Tags, separated by commas.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]),
              help="Its date.  [the next of the site's cadence, or today]")  # fmt: skip
@click.option("--schedule/--no-schedule", default=None,
              help="Take the next slot of the cadence, or today.")  # fmt: skip
@click.option("--from", "source", default="", metavar="STUDY",
              help="Begin with what this study trains.  [the newest]")  # fmt: skip
@click.option("--plain", is_flag=True, help="Begin with a small example.")
@click.option("-e", "--edit", is_flag=True, help="Open $EDITOR on it.")
@add_options(*PROJECT_OPTIONS, "now")
@click.pass_context
def new(context: click.Context, /, slug: str, **given: Any) -> None:  # noqa: ANN401 - options
    """Start a draft that builds at once, with what the newest one trains."""
    from generator.cli import new as week

    names = week.NewStudyOptions.__annotations__
    own = {name: given.pop(name) for name in names}
    own["tags"] = tuple(word.strip() for word in own["tags"].split(",") if word.strip())
    own["date"] = own["date"].date() if own["date"] else None
    week.start_study(make_job(context, given), slug, week.NewStudyOptions(**own))


@cli.command()
@click.argument("folder", type=FOLDER, help="Folder to make; absent, or empty.")
@click.option("--from", "source", default="", metavar="WHEEL|git+URL",
              help="What its workflow installs.  [its own source]")  # fmt: skip
@add_options(*PROJECT_OPTIONS, "now")
@click.pass_context
def init(context: click.Context, /, folder: str, source: str, **given: object) -> None:
    """Start a blog that builds at once, with a workflow for GitHub Pages."""
    from generator.cli.init import start_blog

    job = make_job(context, given)
    start_blog(job, Path(job.project, folder), source)


@cli.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.  [127.0.0.1]")
@click.option("-p", "--port", type=click.IntRange(0, 65535), default=8000,
              help="Port, or the next one that is free.  [8000]")  # fmt: skip
@click.option("-o", "--open", is_flag=True, help="Open a browser.")
@click.option("-w", "--watch", multiple=True, type=click.Path(exists=True),
              metavar="PATH", help="Look at changes there too.")  # fmt: skip
@click.option("--reload/--no-reload", default=True, help="Reload pages on changes.")
@click.option("--poll", is_flag=True, help="Look for changes where nothing tells them.")
@click.option("--clean", is_flag=True, help="Show exactly what build gives.")
@add_options(
    *PROJECT_OPTIONS, "data", "base_url", "drafts", "future", "now", *TRUST_OPTIONS
)
@click.pass_context
def serve(context: click.Context, /, **given: Any) -> None:  # noqa: ANN401 - options
    """Preview the site, drafts and all; pages follow each save."""
    from generator.cli.preview.serve import ServeOptions, serve

    names = ("host", "port", "open", "watch", "reload", "poll", "clean")
    wanted = ServeOptions(**{name: given.pop(name) for name in names})
    shown = {name: given.pop(name) for name in ("drafts", "future")}
    job = make_job(context, given)
    for name, asked in shown.items():
        setattr(job, name, not wanted.clean if asked is None else asked)
    serve(job, wanted)


@cli.group()
def export() -> None:
    """Write what a study made as files that other programs read."""


@export.command("model")
@click.argument("study", help="Slug of the study.")
@click.argument("model", help="Name of the model in the study file.")
@click.argument("folder", type=FOLDER, help="Folder that gets the files.")
@click.option("--epoch", default="best", show_default=True, metavar="N|best|last",
              help="Snapshot to write.")  # fmt: skip
@click.option("--name", default="", help="What names begin with.  [the model's]")
@click.option("--format", "form", type=click.Choice(["textgenrnn", "keras"]),
              help="What reads the files.  [textgenrnn for its models]")  # fmt: skip
@add_options(*PROJECT_OPTIONS, "data", "no_wait")
@click.pass_context
def export_model(
    context: click.Context,
    /,
    study: str,
    model: str,
    folder: str,
    **given: Any,  # noqa: ANN401 - options
) -> None:
    """Write a model as files that textgenrnn or Keras opens; train it if need be."""
    from generator.cli import export as exporting

    wanted = {option: given.pop(option) for option in ("epoch", "name", "form")}
    job = make_job(context, given)
    exporting.export_model(job, study, model, Path(folder), **wanted)


@export.command("figure")
@click.argument("study", help="Slug of the study.")
@click.argument("figure", help="Name of the figure in the study file.")
@click.argument("folder", type=FOLDER, help="Folder that gets the files.")
@add_options(*PROJECT_OPTIONS, "data", "base_url", *TRUST_OPTIONS)
@click.pass_context
def export_figure(
    context: click.Context, /, study: str, figure: str, folder: str, **given: object
) -> None:
    """Write a figure's pictures, and the artifacts it is drawn from."""
    from generator.cli import export as exporting

    job = make_job(context, given)
    exporting.export_figure(job, study, figure, Path(folder))


@cli.command()
@add_options(*PROJECT_OPTIONS)
@click.pass_context
def schema(context: click.Context, /, **given: object) -> None:
    """Write JSON Schemas that editors complete study files from."""
    from generator.study.schema import write_schema

    job = make_job(context, given)
    for path in write_schema(job.root):
        job.say(f"wrote {path}")


@cli.command()
@click.argument(
    "names", nargs=-1, required=True, metavar="NAME...", help="Datasets to fetch."
)
@add_options(*PROJECT_OPTIONS, "data")
@click.pass_context
def fetch(context: click.Context, /, names: tuple[str, ...], **given: object) -> None:
    """Fetch a corpus that a study needs."""
    from generator.cli import commands

    commands.fetch(make_job(context, given), names)


@cli.command()
@click.argument(
    "paths", nargs=-1, metavar="[PATH]...", help="Pages or studies; all without one."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option("--external", is_flag=True, help="Ask other sites for what is linked.")
@add_options(*PROJECT_OPTIONS, "strict", "site_dir", "data")
@click.pass_context
def check(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    style: str,
    external: bool,
    **given: object,
) -> int:
    """Check the sources and the rendered site: links, structure, contrast, sizes."""
    from generator.cli.check.check import CheckOptions, check_site

    return check_site(make_job(context, given), CheckOptions(paths, style, external))


@cli.command()
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@add_options(*PROJECT_OPTIONS, "data", "no_wait", "drafts", "future", "now")
@click.pass_context
def fix(context: click.Context, /, yes: bool, **given: object) -> int:
    """Make the changes that messages name, after showing them."""
    from generator.cli.fix import fix_sources

    return fix_sources(make_job(context, given), yes=yes)


@cli.command()
@click.option("-b", "--branch", default="gh-pages", show_default=True,
              help="Branch that holds the site.")  # fmt: skip
@click.option("-r", "--remote", default="origin", show_default=True,
              help="Remote it is pushed to.")  # fmt: skip
@click.option("-m", "--message", default="", help="Message of the commit.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing.")
@click.option("--allow-dirty", is_flag=True,
              help="Publish though sources are not committed.")  # fmt: skip
@add_options(*PROJECT_OPTIONS, "site_dir", "data", "no_wait")
@click.pass_context
def publish(context: click.Context, /, **given: Any) -> None:  # noqa: ANN401 - options
    """Publish what `build` left, as a commit on a branch."""
    from generator.cli.publish.publish import PublishOptions, publish_site

    names = ("branch", "remote", "message", "dry_run", "allow_dirty")
    wanted = {name: given.pop(name) for name in names}
    job = make_job(context, given)
    wanted["dry_run"] = wanted["dry_run"] or job.dry_run
    publish_site(job, PublishOptions(**wanted))


@cli.command()
@add_options(*PROJECT_OPTIONS, "site_dir", "data")
@click.pass_context
def doctor(context: click.Context, /, **given: object) -> int:
    """Look at what a build relies on, and say what to mend."""
    from generator.cli.doctor import diagnose as look

    return look(make_job(context, given))


@cli.command()
@click.option("--list", "listed", is_flag=True, help="Show what this machine trusts.")
@click.option("--forget", is_flag=True, help="Trust this project's code no more.")
@add_options(*PROJECT_OPTIONS)
@click.pass_context
def trust(
    context: click.Context, /, listed: bool, forget: bool, **given: object
) -> None:
    """Let code that this project brings run, as it is now."""
    from generator.cli import trust as trusting

    act = trusting.forget_project if forget else trusting.trust_project
    act = trusting.list_trusted if listed else act
    act(make_job(context, given))


@cli.command()
@click.option("--artifacts", is_flag=True, help="Artifacts too; asks first.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@add_options(*PROJECT_OPTIONS, "site_dir", "no_wait")
@click.pass_context
def clean(
    context: click.Context, /, artifacts: bool, yes: bool, **given: object
) -> None:
    """Remove the site and trained models."""
    from generator.cli import commands

    commands.clean(make_job(context, given), artifacts=artifacts, yes=yes)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; its exit status."""
    # A rendering makes many objects and little that is in a circle: looking for garbage
    # as often as Python does took a sixth of its time.
    gc.set_threshold(50_000, 20, 100)
    words = sys.argv[1:] if arguments is None else arguments
    name = format_command()
    if {"-h", "--help"} & set(words):  # before anything else is imported
        try:
            return int(cli.main(words, name, standalone_mode=False) or 0)
        except click.ClickException as error:
            error.show()
            return error.exit_code
    from generator.cli import run

    context: list[click.Context] = []

    def act() -> object:
        with cli.make_context(name, list(words)) as made:
            context.append(made)
            return cli.invoke(made)

    def job() -> Job | None:
        return context[0].obj if context else None

    def keep_given() -> str:
        begun = job()
        return begun.format_leftovers() if begun else "nothing was begun"

    def log() -> Path:
        begun = job()
        return begun.find_log_path() if begun else Path(".cache", "log", "error.log")

    def project() -> Path | None:
        begun = job()
        return begun.find_folder() if begun else None

    return run.run_command(act, keep_given, log, project)
