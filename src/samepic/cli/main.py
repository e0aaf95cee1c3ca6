"""Where the `samepic` command starts."""

from __future__ import annotations

import gc
import io
import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from samepic import __version__
from samepic.cli import logging
from samepic.cli.exit_codes import Exit
from samepic.cli.help import Command, Group

SHOW_TRACEBACK = "SAMEPIC_TRACEBACK"
"""An environment variable, for whoever looks for the fault: what nobody foresaw is shown with where it came from."""

EPILOG = (
    "Exit codes: 0 in step or done, 1 failure, 2 changes pending (plan), 3 held, 130 interrupted. "
    "`samepic COMMAND --help` tells more, with examples."
)

COMMANDS = {
    "init": "samepic.cli.init:init",
    "check": "samepic.cli.check:check",
    "status": "samepic.cli.status:status",
    "plan": "samepic.cli.plan:plan",
    "rehearse": "samepic.cli.rehearse:rehearse",
    "sync": "samepic.cli.sync:sync",
    "plans": "samepic.cli.plans:plans",
    "approve": "samepic.cli.approve:approve",
    "reject": "samepic.cli.approve:reject",
    "explain": "samepic.cli.explain:explain",
    "run": "samepic.cli.run:run",
    "serve": "samepic.cli.serve:serve",
    "worker": "samepic.cli.worker:worker",
    "sweep": "samepic.cli.sweep:sweep",
    "cancel": "samepic.cli.sweep:cancel",
    "retry": "samepic.cli.sweep:retry",
    "runs": "samepic.cli.runs:runs",
    "history": "samepic.cli.history:history",
    "show": "samepic.cli.show:show",
    "restore": "samepic.cli.restore:restore",
    "vault": "samepic.cli.vault:app",
    "audit": "samepic.cli.audit:app",
    "token": "samepic.cli.token:app",
    "sign-in": "samepic.cli.sign_in:sign_in",
    "demo": "samepic.cli.demo:demo",
    "tenant": "samepic.cli.tenant:app",
}
"""Where each command lies: one is asked for at a time, and a person waits for what it imports."""


def app_of(arguments: list[str]) -> typer.Typer:
    """The command line, with the one command that the arguments name; with all of them where they name none."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain text fits any terminal, a pipe and a narrow one too
        cls=Group,
        epilog=EPILOG,
        help="Keeps everybody's profile picture the same in every system.",
    )
    app.callback()(root)
    named = arguments[0] if arguments else ""
    for name in [named] if named in COMMANDS else COMMANDS:
        module, _, function = COMMANDS[name].partition(":")
        found = getattr(import_module(module), function)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name, cls=Command)(found)
    return app


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"samepic {__version__}")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """Keeps everybody's profile picture the same in every system."""


def main() -> None:
    """Run the command line; the process ends with one of `Exit`, and with words whatever happened."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal's encoding has not ends no command
    try:
        code = _loaded(sys.argv[1:])(standalone_mode=False, prog_name="samepic")
    except typer.TyperException as error:
        # Left to itself it would end with 2 for wrong usage, which means "changes pending" here.
        context = getattr(error, "ctx", None)
        usage = f"{context.get_usage()}\nTry '{context.command_path} --help'.\n" if context else ""
        if type(error).__name__ == "NoArgsIsHelpError":  # Typer does not export it
            typer.echo(error.format_message())
        else:
            sys.stderr.write(f"{usage}Error: {error.format_message()}\n")
        code = Exit.FAILED
    except BrokenPipeError:
        _nobody_reads()
        code = Exit.FAILED
    except typer.Abort:  # at a question, before anything was begun
        sys.stderr.write("\nInterrupted; nothing was done.\n")
        sys.exit(Exit.INTERRUPTED)
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except Exception as error:
        if os.environ.get(SHOW_TRACEBACK):
            raise
        logging.say(_unforeseen(error))
        code = Exit.FAILED
    if code == Exit.INTERRUPTED:  # Typer makes a KeyboardInterrupt this code of its own accord, and says nothing
        sys.stderr.write("Interrupted; the next run finishes what was begun.\n")
    sys.exit(code or Exit.OK)


def _loaded(arguments: list[str]) -> typer.Typer:
    """The command line. What is imported is never garbage: looking for some took an eighth of a command's start."""
    gc.disable()
    try:
        return app_of(arguments)
    finally:
        gc.freeze()
        gc.enable()


def _unforeseen(error: Exception) -> str:
    """One line. A library's later lines may hold what it was given, people's names among it."""
    first = next(iter(str(error).splitlines()), "")
    if isinstance(error, OSError) and error.strerror:  # a full disk, say: there is nothing in it for us to mend
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{type(error).__name__}: {first}\nThis was not foreseen; {SHOW_TRACEBACK}=1 shows where it comes from."


def _nobody_reads() -> None:
    """The reader of a pipe has gone: end without a word, and without Python's own when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
