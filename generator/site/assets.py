"""Style sheets, scripts, icon and the search's index, each with its hash in its name.

What several kinds of figures draw with is in the one sheet of all pages; what one kind
alone needs is `figures/KIND.css` beside its template, for pages that have such a
figure.

Scripts are written as ES modules and served as one classic script, because browsers
load no modules from a disk, and pages must work from a double click. The modules are
put one after the other in a single function, each after those that it imports. So
modules share one scope, and the subset that can be written is small: every import is a
line `import { a, b } from "./x.js";` at the top, an export stands before its
declaration, nothing is renamed, and no two modules declare the same name at their top.
Whatever else is met is an error that names the module.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.core.errors import ConfigError, IntegrityError, quote_text
from generator.core.files import digest
from generator.core.own_files import list_own_templates, read_own_template
from generator.site.templates import SHIPPED, style_name

STYLES = ("style.css", "prose.css", "figures.css", "ramps.css")
LISTS = "lists.css"
"""The style sheet of all pages beside studies."""
SCRIPTS = ("page.js", "copy.js", "figures.js")
SEARCH = ("search.js",)
ICONS = ("icon.svg",)

IMPORT = re.compile(
    r'^import \{([\w\s,]+)\} from "(\.{1,2}/[\w./-]+\.js)";\n', re.MULTILINE
)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
DECLARATION = re.compile(
    r"^(export )?(?:async )?(?:function|class|const|let)\b\*? ?(\w+)", re.MULTILINE
)
BEYOND = re.compile(
    r"^(?:import|export)\b.*|(?:await|return|[=(]) ?import\(.*|\bimport\.meta\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class ScriptModule:
    """One module of scripts.

    Attributes:
        name: Its path below `templates/static`.
        imports: The names it imports, by the module that they come from.
        exports: The names it exports.
        declarations: All names that it declares at its top, the exported ones too.
        body: Its source without imports and without the word `export`.
    """

    name: str
    imports: dict[str, tuple[str, ...]]
    exports: frozenset[str]
    declarations: tuple[str, ...]
    body: str


def bundle_assets(
    project: Path, index: bytes = b""
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Bundle style sheets, scripts, search index and icon, hashes in their names.

    Args:
        project: The folder whose own templates go before the shipped ones.
        index: The search index, already a script.

    Returns:
        Their contents by path, and their paths by name.
    """
    sheets = "\n".join(minify_style(project, name) for name in STYLES)
    icon = b"\n".join(read_static(project, name) for name in ICONS)
    files: dict[str, bytes] = {}
    paths: dict[str, str] = {}
    parts = (
        ("style", sheets.encode(), "css"),
        ("lists", minify_style(project, LISTS).encode(), "css"),
        ("script", bundle_scripts(project, SCRIPTS), "js"),
        ("icon", icon, "svg"),
        ("search", bundle_scripts(project, SEARCH), "js"),
        *((style_name(name), sheet, "css") for name, sheet in figure_sheets(project)),
        ("index", index, "js"),
    )
    for key, content, ending in parts:
        paths[key] = f"assets/{key}.{digest(content)[:12]}.{ending}"
        files[paths[key]] = content
    return files, paths


def figure_sheets(project: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each kind of figure that has its own style sheet, with the sheet.

    Args:
        project: The folder whose own templates go before the shipped ones.
    """
    shipped = (f"figures/{path.name}" for path in SHIPPED.glob("figures/*.css"))
    for path in sorted({*shipped, *list_own_templates(project)}):
        folder, _, file = path.rpartition("/")
        if folder == "figures" and file.endswith(".css"):
            sheet = decode_text(read_shipped(project, path), path)
            small = minify("text/css", sheet, path)
            yield file.removesuffix(".css"), small.encode()


def minify_style(project: Path, name: str) -> str:
    """Return a static style sheet without comments and idle white space."""
    sheet = decode_text(read_static(project, name), f"static/{name}")
    return minify("text/css", sheet, f"static/{name}")


def bundle_scripts(project: Path, names: Sequence[str]) -> bytes:
    """Return scripts and what they import as one classic script, made small.

    Args:
        project: The folder whose own templates go before the shipped ones.
        names: Paths of the scripts below `templates/static`, in the order to run in.

    Raises:
        IntegrityError: If a module is missing or goes beyond the subset.
    """
    joined = join_scripts(project, names)
    return minify("application/javascript", joined, f"static/{names[0]}").encode()


def join_scripts(project: Path, names: Sequence[str]) -> str:
    """Return scripts and what they import as one classic script, to be read.

    Args:
        project: The folder whose own templates go before the shipped ones.
        names: Paths of the scripts below `templates/static`, in the order to run in.

    Raises:
        IntegrityError: If a module is missing or goes beyond the subset.
    """
    modules: dict[str, ScriptModule] = {}
    for name in names:
        load_module(project, name, modules, ())
    check_names(modules)
    bodies = "".join(module.body for module in modules.values())
    return f"(() => {{\n'use strict';\n{bodies}}})();\n"


def minify(media_type: str, source: str, name: str) -> str:
    """Return a script or a style sheet as short as it can be said.

    Args:
        media_type: `application/javascript` or `text/css`.
        source: What a person edits. Names that no other script sees become letters.
        name: Path of the file, or of the one that imports the rest, below `templates/`.

    Raises:
        ConfigError: If it cannot be parsed.
    """
    # A library in C, which a command that writes no assets need not load.
    from minify import MinifyError, string  # noqa: PLC0415

    try:
        return str(string(media_type, source))
    except MinifyError as error:
        raise ConfigError(
            f"templates/{name}: cannot be parsed: {quote_text(error, 200)}; correct "
            "it, or a file that it imports"
        ) from error


def load_module(
    project: Path,
    name: str,
    modules: dict[str, ScriptModule],
    importers: tuple[str, ...],
) -> None:
    """Add a module to `modules`, after all modules that it imports.

    Args:
        project: The folder whose own templates go before the shipped ones.
        name: Path of the module below `templates/static`.
        modules: The modules loaded so far by path.
        importers: Paths of the modules that led to this one.

    Raises:
        IntegrityError: If modules import each other in a circle.
    """
    if name in importers:
        circle = " imports ".join((*importers[importers.index(name) :], name))
        raise IntegrityError(f"templates/static/{name}: modules in a circle: {circle}")
    if name in modules:
        return
    source = decode_text(read_static(project, name), f"static/{name}")
    module = parse_module(name, source)
    for other in module.imports:
        load_module(project, other, modules, (*importers, name))
    modules[name] = module


def parse_module(name: str, source: str) -> ScriptModule:
    """Parse the source of a module.

    Args:
        name: Path of the module below `templates/static`.
        source: Its text.

    Returns:
        The module.

    Raises:
        IntegrityError: If it imports or exports in another way than the subset allows.
    """
    folder = posixpath.dirname(name)
    imports = {
        posixpath.normpath(posixpath.join(folder, path)): tuple(
            word.strip() for word in words.split(",") if word.strip()
        )
        for words, path in IMPORT.findall(source)
    }
    declarations = DECLARATION.findall(source)
    body = EXPORT.sub("", IMPORT.sub("", source))
    if beyond := BEYOND.search(body):
        line = quote_text(beyond[0].strip())
        raise IntegrityError(
            f"templates/static/{name}: {line}: bundled modules have only "
            '`import { a } from "./x.js";` and `export` before a declaration'
        )
    return ScriptModule(
        name,
        imports,
        frozenset(word for exported, word in declarations if exported),
        tuple(word for _, word in declarations),
        body,
    )


def check_names(modules: dict[str, ScriptModule]) -> None:
    """Check that no name is declared twice, and every imported one is exported.

    Args:
        modules: All modules by path.

    Raises:
        IntegrityError: For the first name that breaks this rule.
    """
    owners: dict[str, str] = {}
    for module in modules.values():
        for word in module.declarations:
            owner = owners.setdefault(word, module.name)
            if owner != module.name:
                raise IntegrityError(
                    f"templates/static/{module.name}: {word} is declared in {owner} "
                    "too; modules are bundled into one scope, so rename one of them"
                )
        for other, words in module.imports.items():
            for word in words:
                if word not in modules[other].exports:
                    raise IntegrityError(
                        f"templates/static/{module.name}: {other} exports no {word}"
                    )


def read_static(project: Path, name: str) -> bytes:
    """Read a static file, the project's own if it has one."""
    return read_shipped(project, f"static/{name}")


def read_shipped(project: Path, name: str) -> bytes:
    """Read a file among the templates, the project's own if it has one.

    Args:
        project: The folder whose own templates go before the shipped ones.
        name: Path below `templates/`.

    Returns:
        The bytes with Unix line ends.

    Raises:
        IntegrityError: If no such file exists.
    """
    if name in list_own_templates(project):
        return read_own_template(project, name).replace(b"\r\n", b"\n")
    path = SHIPPED / name
    if path.is_file():
        return path.read_bytes().replace(b"\r\n", b"\n")
    raise IntegrityError(f"templates/{name}: is missing; install again")


def decode_text(data: bytes, name: str) -> str:
    """Return the text of a style sheet or script.

    Args:
        data: Its bytes.
        name: Its path below `templates/`.

    Raises:
        ConfigError: If it is no UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"templates/{name}:{line}: this is no UTF-8; save the file in that encoding"
        ) from error
