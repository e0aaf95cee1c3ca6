"""Writes docs/reference/command-line.md, configuration.md and budgets.md from the code; a test compares."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from samepic.cli.exit_codes import Exit
from samepic.cli.help import EXAMPLES, default_of, value_of
from samepic.cli.main import app_of
from samepic.config.secrets import SecretSource
from samepic.config.settings import Settings
from samepic.transport.published import Figure, published

REFERENCE = Path(__file__).parents[1] / "docs/reference"

EXIT_CODES = {
    Exit.OK: "in step, or done",
    Exit.FAILED: "something did not work, for everybody or for some people; the words say what, and what to do",
    Exit.PENDING: "`plan` or a dry run found changes to make",
    Exit.HELD: "a plan waits for a person's word; nothing was written",
    Exit.INTERRUPTED: "Ctrl-C, SIGTERM or `samepic cancel`; the next run finishes what was begun",
}


def command_line() -> str:
    """Every command with its options, as `--help` tells them, and the exit codes."""
    made = [
        "# The command line\n\n"
        "Made by `.venv/bin/python tools/write_reference.py`. Results go to standard output, everything else to "
        "standard error; a progress bar shows on a terminal only. `--json` prints one object a route, a line each.\n\n"
        "## Exit codes\n\n| code | meaning |\n|---|---|\n"
    ]
    made += [f"| {code.value} | {EXIT_CODES[code]} |\n" for code in Exit]
    group: Any = typer.main.get_command(app_of([]))
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            made += [_command(f"{name} {inner}", found) for inner, found in command.commands.items()]
        else:
            made.append(_command(name, command))
    return "".join(made)


def _command(name: str, command: Any) -> str:
    made = f"\n## samepic {name}\n\n{_unfolded(command.help)}\n\n"
    rows = [row for parameter in command.params if (row := _parameter(parameter))]
    typed = "".join(f"# {why}\n{line}\n" if why else f"{line}\n" for why, line in EXAMPLES[f"samepic {name}"])
    return f"{made}```\n{typed}```\n\n| option | meaning | default |\n|---|---|---|\n{''.join(rows)}"


def _parameter(parameter: Any) -> str:
    if "--help" in parameter.opts:
        return ""
    if not parameter.opts[0].startswith("-"):
        name = parameter.metavar or parameter.name.upper()
    else:
        value = value_of(parameter).replace("|", "\\|")
        name = " ".join(filter(None, (", ".join(sorted(parameter.opts, key=len, reverse=True)), value)))
    return f"| `{name}` | {_unfolded(parameter.help or '')} | {default_of(parameter)} |\n"


def configuration() -> str:
    """Every key of samepic.toml: type, default, meaning."""
    made = [
        "# samepic.toml\n\n"
        "Made by `.venv/bin/python tools/write_reference.py`. `samepic init` writes a commented file. It is looked for "
        "at `--config`, `$SAMEPIC_CONFIG`, `./samepic.toml`. Paths are relative to the file. Everything that is wrong "
        "with it is told at once, with lines.\n\n"
        'A secret never stands in the file, only where it is: `{ env = "NAME" }`, `{ file = "PATH" }` or '
        '`{ command = "PROGRAM ARGUMENTS" }`.\n'
    ]
    for name, field in Settings.model_fields.items():
        model = _model(field.annotation)
        if model is not None:
            made += _section(f"[[{name}]]" if get_origin(field.annotation) is tuple else f"[{name}]", model)
    return "".join(made)


def _section(title: str, model: type[BaseModel]) -> list[str]:
    words = (model.__doc__ or "").split(": ", 1)[-1]
    made = [f"\n## {title}\n\n{words[0].upper()}{words[1:]}\n\n| key | type | default | meaning |\n|---|---|---|---|\n"]
    below: list[str] = []
    for key, field in model.model_fields.items():
        inner = _model(field.annotation)
        if inner is not None and inner is not SecretSource:
            below += _section(f"{title.strip('[]').join('[]')[:-1]}.{key}]", inner)
            continue
        made.append(f"| `{key}` | {_type(field.annotation)} | {_default(field)} | {field.description or ''} |\n")
    return made + below


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model(inner)) is not None), None)


def _type(annotation: Any) -> str:
    arguments = [inner for inner in get_args(annotation) if inner is not type(None) and inner is not ...]
    if not arguments:
        return {"str": "text", "Path": "path", "bool": "true or false", "float": "number", "int": "whole number"}.get(
            annotation.__name__, "where the secret is"
        )
    if all(isinstance(inner, str) for inner in arguments):
        return ", ".join(f"`{inner}`" for inner in arguments)
    return f"list of {_type(arguments[0])}" if get_origin(annotation) is tuple else _type(arguments[0])


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "needed"
    if field.default is None or field.default == ():
        return ""
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def budgets() -> str:
    """Every budget and what each call takes of it, with the page that each figure comes from."""
    known = published()
    made = [
        "# Budgets\n\n"
        "Made of `src/samepic/transport/budgets.toml` by `.venv/bin/python tools/write_reference.py`: what Microsoft "
        "lets one application call, and what each call of ours takes of it. *Documented* is a figure of the page "
        "linked; *assumed* is ours, where the page has none.\n\n"
        "## What there is\n\n"
        "| budget | of what | shared by | within | by licences | |\n|---|---|---|---|---|---|\n"
    ]
    for figure in known.figures.values():
        note = f"; {figure.note}" if figure.note else ""
        made.append(
            f"| `{figure.name}` | {figure.meaning} | {_SHARED_BY[figure.scope]} | {_span(figure)} | {_limits(figure)} "
            f"| [{figure.standing}]({figure.page}){note} |\n"
        )
    made.append(
        "\n## What a call takes\n\nEach time it is sent, refused ones too. A call that is not listed (a token, say) "
        "takes nothing.\n\n| call | units | |\n|---|---|---|\n"
    )
    for operation in known.operations.values():
        takes = ", ".join(f"{units:g} of `{name}`" for name, units in operation.takes.items())
        standing = f"[{operation.standing}]({operation.page})" if operation.page else operation.standing
        note = f"; {operation.note}" if operation.note else ""
        made.append(f"| `{operation.name}` | {takes} | {standing}{note} |\n")
    return "".join(made)


_SHARED_BY = {
    "app": "everything that runs as this application in this tenant",
    "tenant": "all applications of the tenant",
    "mailbox": "everything that runs as this application, by mailbox",
}


def _span(figure: Figure) -> str:
    if figure.window is None:
        return "at the same time"
    seconds = int(figure.window.total_seconds())
    size, word = next(one for one in ((86_400, "day"), (60, "minute"), (1, "second")) if seconds % one[0] == 0)
    return f"{seconds // size} {word}s" if seconds != size else f"a {word}"


def _limits(figure: Figure) -> str:
    if len(figure.limits) == 1:
        return f"{figure.limits[0][1]:,.0f}"
    return "<br>".join(f"from {least:,}: {limit:,.0f}" for least, limit in figure.limits)


def _unfolded(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


if __name__ == "__main__":
    (REFERENCE / "command-line.md").write_text(command_line(), encoding="utf-8")
    (REFERENCE / "configuration.md").write_text(configuration(), encoding="utf-8")
    (REFERENCE / "budgets.md").write_text(budgets(), encoding="utf-8")
