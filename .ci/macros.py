"""Lint of macros and generic tests, which sqlfluff skips: their text is SQL only once it is called.

dbt renders a macro when something calls it, so a name that nobody defines fails then, in whatever
run comes by. Here each file is parsed by dbt's own Jinja environment, and its names are compared
with what dbt, its packages and this project define. sqlfluff looks at the same files for the blanks
around Jinja tags (make lint); dbt-bouncer counts lines and callers (make grade).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import dbt.adapters.duckdb
import dbt.include.global_project
from dbt.context.providers import ModelContext
from dbt_common.clients.jinja import get_environment
from dbt_common.utils.jinja import MACRO_PREFIX
from jinja2 import TemplateSyntaxError, nodes

PROJECT = Path(__file__).resolve().parents[1]
OURS = ("macros", "tests/generic")
OTHERS = (
    Path(dbt.include.global_project.__file__).parent,
    Path(dbt.adapters.duckdb.__file__).parents[2] / "include",
    PROJECT / "dbt_packages",
)
DEFINED = re.compile(r"{%-?\s*macro\s+(\w+)")
LONGEST_LINE = 100
# Of dbt's context and Jinja, and in no list of theirs.
MORE_CONTEXT = {"builtins", "caller", "context", "dbt", "kwargs", "loop", "results", "schemas"}
GIVEN_BY_DBT = {"model", "supported_languages"}  # parameters of tests and materializations


def macros_in(*folders: Path) -> set[str]:
    """The names of all macros below some folders."""
    files = [path for folder in folders for path in folder.rglob("*.sql")]
    return {name for path in files for name in DEFINED.findall(path.read_text())}


def names_in(node: nodes.Node, *contexts: str) -> set[str]:
    """The names that a part of a template uses.

    Args:
        node: the part.
        contexts: how: load, store or param.
    """
    return {name.name for name in node.find_all(nodes.Name) if name.ctx in contexts}


def findings(path: Path, known: set[str], overridden: set[str]) -> Iterator[tuple[int, str]]:
    """What is wrong with a file: number of the line, and words.

    Args:
        path: of the file.
        known: names that any template may use.
        overridden: macros of dbt, whose parameters are not for us to choose.
    """
    text = path.read_text()
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            yield number, f"{len(line)} columns, more than {LONGEST_LINE}"
        if line != line.rstrip() or "\t" in line:
            yield number, "a blank at the end, or a tab"
    try:
        template = get_environment(None, capture_macros=False).parse(text)
    except TemplateSyntaxError as error:
        yield error.lineno, str(error.message)
        return
    unknown = names_in(template, "load") - names_in(template, "store", "param") - known
    for used in template.find_all(nodes.Name):
        if used.name in unknown:
            yield used.lineno, f"nobody defines {used.name}"
    for macro in template.find_all(nodes.Macro):
        name = macro.name.removeprefix(MACRO_PREFIX).removeprefix("duckdb__")
        given = names_in(macro, "param") if name not in overridden else set()
        unused = (given | names_in(macro, "store")) - names_in(macro, "load") - GIVEN_BY_DBT
        yield from (
            (macro.lineno, f"nothing uses {one}") for one in sorted(unused) if one[0] != "_"
        )


def main() -> int:
    """Print the findings; 1 where there are any."""
    of_others, folders = macros_in(*OTHERS), [PROJECT / folder for folder in OURS]
    packages = {path.name for path in (PROJECT / "dbt_packages").iterdir()}
    known = {*ModelContext._context_members_, *MORE_CONTEXT, *packages}
    known |= of_others | macros_in(*folders) | set(get_environment().globals)
    paths = sorted(path for folder in folders for path in folder.rglob("*.sql"))
    found = [
        f"{path.relative_to(PROJECT)}:{line}: {words}"
        for path in paths
        for line, words in findings(path, known, of_others)
    ]
    print(*found, f"{len(paths)} macro files, {len(found)} findings.", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
