"""What `--help` shows: usage as people write it, options without a program's types, and examples to type."""

from __future__ import annotations

from enum import Enum
from typing import Any

from typer.core import TyperCommand, TyperGroup

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "samepic": (
        ("see the whole job on a made-up organisation", "samepic demo"),
        ("set up for your own tenant, and try it", "samepic init --tenant contoso.com"),
        ("", "samepic check"),
        ("what would be done, then the first twenty of it", "samepic plan"),
        ("", "samepic sync --limit 20"),
        ("why somebody's picture is, or is not, what it should be", "samepic explain ola@contoso.com"),
    ),
    "samepic init": (
        ("a tenant of your own; makes a certificate to upload", "samepic init --tenant contoso.com"),
        (
            "the local tenant of samepic tenant serve",
            "samepic init --url http://127.0.0.1:8365 --tenant fjordlys.example",
        ),
    ),
    "samepic check": (
        ("after setting up, and whenever something is refused", "samepic check"),
        ("for a program", "samepic check --json"),
    ),
    "samepic status": (("how things stand; asks nobody", "samepic status"),),
    "samepic plan": (
        ("how many people, and why", "samepic plan"),
        ("with their pictures, now and afterwards", "samepic plan --report plan.html"),
    ),
    "samepic rehearse": (
        ("how long the sync of the present plan will take, and why", "samepic rehearse"),
        ("before anything is set up", "samepic rehearse --people 20000 --licences 20000"),
    ),
    "samepic sync": (
        ("one person, at once", "samepic sync ola@contoso.com"),
        ("the first twenty, with their pictures before and after", "samepic sync --limit 20 --report first.html"),
        ("everybody", "samepic sync"),
        ("the same by the service, which is at work already", "samepic sync --now"),
        ("what a plan was held for, once you have looked at it", "samepic sync --approve 58a8cf5561ad"),
    ),
    "samepic plans": (
        ("which plans wait, and what was said about the others", "samepic plans"),
        ("one of them, with the faces of those concerned", "samepic plans 58a8cf5561ad --report held.html"),
    ),
    "samepic approve": (
        ("it is right; the next sync carries it out", 'samepic approve 58a8cf5561ad --why "a new photographer"'),
    ),
    "samepic reject": (("it is wrong, and stays held", 'samepic reject 58a8cf5561ad --why "these are strangers"'),),
    "samepic explain": (("by object id, UPN or mail address", "samepic explain ola@contoso.com"),),
    "samepic run": (
        ("the service, in the foreground, until Ctrl-C", "samepic run"),
        ("with a log that programs read", "samepic run --log-format json"),
    ),
    "samepic worker": (("takes on what samepic sweep begins; a second one shares it", "samepic worker"),),
    "samepic sweep": (
        ("everybody, by the workers that are there", "samepic sweep"),
        ("and come back when it is over", "samepic sweep --wait"),
    ),
    "samepic cancel": (("no further picture is written", "samepic cancel 20261122-060000-3f2a1c"),),
    "samepic retry": (("whoever failed, and what was not finished", "samepic retry 20261122-060000-3f2a1c"),),
    "samepic runs": (
        ("the latest five", "samepic runs --limit 5"),
        ("how far a sweep by workers is", "samepic runs 20261122-060000-3f2a1c"),
    ),
    "samepic history": (("what was seen and written, when and by which run", "samepic history ola@contoso.com"),),
    "samepic show": (
        ("what the vault has, and where it came from", "samepic show ola@contoso.com"),
        (
            "what SharePoint showed at a time, into a file",
            "samepic show ola@contoso.com --at 2026-11-20T14:30 --out ola.jpg",
        ),
    ),
    "samepic restore": (
        ("one person: what was there before the latest change", "samepic restore ola@contoso.com"),
        (
            "a run that should not have been: look, then do it",
            "samepic restore --run 20261122-060000-3f2a1c --dry-run --report undo.html",
        ),
        ("", "samepic restore --run 20261122-060000-3f2a1c"),
        (
            "where that was held, once you have looked at it",
            "samepic restore --run 20261122-060000-3f2a1c --approve 58a8cf5561ad",
        ),
        ("a group, as it was at a time", 'samepic restore --group "Sales" --at 2026-11-20'),
    ),
    "samepic serve": (
        ("the portal for everybody, and the schedules", "samepic serve"),
        (
            "as systemd runs it, with a log for programs",
            "samepic serve --log-format json",
        ),
    ),
    "samepic token create": (
        ("a chat bot that brings one person's picture", 'samepic token create "chat bot" --role helpdesk --days 90'),
    ),
    "samepic token list": (("what is out there", "samepic token list"),),
    "samepic token revoke": (("one that got lost", "samepic token revoke 3f9a1c07d2b4"),),
    "samepic vault verify": (
        ("whether everything is whole", "samepic vault verify"),
        ("have the systems give back what is not", "samepic vault verify --repair"),
    ),
    "samepic vault forget": (("somebody who asks to be erased", "samepic vault forget ola@contoso.com"),),
    "samepic audit verify": (
        ("whether anybody has changed what is written", "samepic audit verify"),
        ("and goes on from an end that was noted", "samepic audit verify --noted 512:e3b0c44298fc1c14"),
    ),
    "samepic audit export": (("for whoever reviews it", "samepic audit export audit.csv"),),
    "samepic audit cut": (("what is older than two years", "samepic audit cut --days 730"),),
    "samepic sign-in": (("when samepic check says that it is needed", "samepic sign-in"),),
    "samepic demo": (
        ("two hundred made-up people", "samepic demo"),
        ("and look around in the tenant afterwards", "samepic demo --stay"),
    ),
    "samepic tenant serve": (
        ("a tenant, and a samepic.toml that points at it", "samepic tenant serve --write-config samepic.toml"),
        (
            "one that outlives its process, with one switch turned",
            "samepic tenant serve --state tenant --behaviour large_px=240",
        ),
    ),
}
"""By command, what to type and, before it, what for; the reference has them too, and a test types them."""


class Command(TyperCommand):
    """A command whose help teaches."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """`PERSON`, not `{PERSON}`."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and options, each with what to write after it; then examples."""
        _write_parameters(self, ctx, formatter)
        _write_examples(ctx, formatter)


class Group(TyperGroup):
    """The same for a command that has commands."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Commands first: they are what somebody looks for who asks a group for help."""
        self.format_commands(ctx, formatter)
        _write_parameters(self, ctx, formatter)
        _write_examples(ctx, formatter)


def value_of(parameter: Any) -> str:
    """What to write after an option: its placeholder, or the words that it takes."""
    if parameter.is_flag:
        return ""
    annotation = parameter.type_descriptor.annotation
    choices = isinstance(annotation, type) and issubclass(annotation, Enum)
    return str(parameter.metavar or ("|".join(str(one.value) for one in annotation) if choices else "TEXT"))


def default_of(parameter: Any) -> str:
    """What holds where an option is left out; empty where that is nothing."""
    default = parameter.default
    return "" if default in (None, False, ()) or callable(default) else str(getattr(default, "value", default))


def _write_parameters(command: TyperCommand | TyperGroup, ctx: Any, formatter: Any) -> None:
    parameters: list[Any] = [p for p in command.get_params(ctx) if not getattr(p, "hidden", False)]
    arguments = [(p.metavar, p.help or "") for p in parameters if p.param_type_name == "argument"]
    options = [_option(p) for p in parameters if p.param_type_name == "option"]
    for title, rows in (("Arguments", arguments), ("Options", options)):
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


def _option(parameter: Any) -> tuple[str, str]:
    names = ", ".join(sorted(parameter.opts, key=len))
    default = default_of(parameter)
    words = (parameter.help or "") + (f" Default: {default}." if default else "")
    return f"{names} {value_of(parameter)}".rstrip(), words


def _write_examples(ctx: Any, formatter: Any) -> None:
    if examples := EXAMPLES.get(ctx.command_path):
        with formatter.section("Examples"):
            for purpose, typed in examples:
                if purpose:
                    formatter.write_text(f"# {purpose}")
                formatter.write(f"{'':>{formatter.current_indent}}{typed}\n")  # never broken: it is there to be copied
