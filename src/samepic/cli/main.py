"""Where the `samepic` command starts."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from samepic import __version__
from samepic.cli import check, demo, explain, init, plan, runs, sign_in, status, sync, tenant
from samepic.cli.exit_codes import Exit

EPILOG = (
    "Exit codes: 0 in step or done, 1 failure, 2 changes pending (plan), 3 held, 130 interrupted. "
    "Start with `samepic demo`; with a tenant of your own, `samepic init` and `samepic check`."
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog=EPILOG,
    help="Keeps everybody's profile picture the same in every system.",
)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("status")(status.status)
app.command("plan")(plan.plan)
app.command("sync")(sync.sync)
app.command("explain")(explain.explain)
app.command("runs")(runs.runs)
app.command("sign-in")(sign_in.sign_in)
app.command("demo")(demo.demo)
app.add_typer(tenant.app, name="tenant")


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"samepic {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """Keeps everybody's profile picture the same in every system."""


def main() -> None:
    """Run the command line; the process ends with one of `Exit`."""
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:
        # Left to itself it would end with 2 for wrong usage, which means "changes pending" here.
        context = getattr(error, "ctx", None)
        usage = f"{context.get_usage()}\nTry '{context.command_path} --help'.\n" if context else ""
        sys.stderr.write(f"{usage}Error: {error.format_message()}\n")
        code = Exit.FAILED
    except (KeyboardInterrupt, typer.Abort):
        code = Exit.INTERRUPTED
    if code == Exit.INTERRUPTED:  # Typer makes a KeyboardInterrupt this code of its own accord, and says nothing
        sys.stderr.write("Interrupted; the next run finishes what was begun.\n")
    sys.exit(code or Exit.OK)
