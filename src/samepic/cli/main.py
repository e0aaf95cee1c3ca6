"""Where the `samepic` command starts."""

from __future__ import annotations

import typer

from samepic.cli import tenant

app = typer.Typer(no_args_is_help=True, help="Keeps everybody's profile picture the same in every system.")
app.add_typer(tenant.app, name="tenant")


@app.callback()
def root() -> None:
    """Keeps everybody's profile picture the same in every system."""


def main() -> None:
    """Run the command line."""
    app()
