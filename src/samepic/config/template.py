"""The samepic.toml that `samepic init` writes: what was found out, and a comment for every other choice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from samepic.config.settings import DIRECTORY_RULE


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a tenant when its configuration is first written."""

    tenant_id: str
    client_id: str
    cloud: str = "global"
    url: str | None = None
    certificate: Path | None = None
    secret_env: str | None = None
    ca_file: Path | None = None
    sharepoint_name: str | None = None
    state_folder: str = "samepic-state"
    licences: int | None = None
    time_scale: float = 1
    budgets: Mapping[str, int] = field(default_factory=dict)
    administrators: tuple[str, ...] = ()
    helpdesk: tuple[str, ...] = ()


def render(found: Found) -> str:
    """The text of the file. Reading it back gives settings that hold, secrets and files permitting."""
    return "\n".join(
        [
            "# Samepic: which pictures are brought from where to where. `samepic check` tries it out.",
            "# Paths are relative to this file. Secrets never stand in it.",
            "",
            "[state]",
            "# What Samepic remembers of each person's pictures. Losing it costs one slow run, no picture.",
            _line("folder", found.state_folder),
            "# A PostgreSQL database instead of a file in that folder: docs/how-to/run-with-postgresql.md.",
            '# url = "postgresql://samepic@db.example/samepic"',
            '# password = { env = "SAMEPIC_STATE_PASSWORD" }',
            "",
            "[vault]",
            "# How long pictures are kept, for `samepic restore`, that no target shows any more: so many days, and so",
            "# many of each person. After gone_days everything is dropped of whoever left, or takes no part any more.",
            "# keep_days = 90",
            "# keep_each = 10",
            "# gone_days = 30",
            "",
            "[workers]",
            "# How `samepic worker` shares sweeps. Silent for lease_seconds, one loses its work to others.",
            "# lease_seconds = 15",
            "# people_per_shard = 400",
            "# shards_at_once = 2",
            "# requests_at_once = 16",
            "",
            "[log]",
            "# The log tells of people by their ids in the directory, unless they may be named.",
            "# names = false",
            "",
            "[service]",
            "# Where `samepic run` answers /metrics for Prometheus, /healthz and /readyz; off: nowhere.",
            '# listen = "127.0.0.1:9464"',
            "# What /metrics asks Prometheus for, where other machines reach that address.",
            '# token = { env = "SAMEPIC_METRICS_TOKEN" }',
            "",
            "# Who is told when a sweep fails, a plan is held or permissions are missing: signed JSON, without names.",
            "# [service.webhook]",
            '# url = "https://chat.example/hooks/samepic"',
            '# secret = { env = "SAMEPIC_WEBHOOK_SECRET" }',
            "",
            "[portal]",
            "# The pages of `samepic serve`: where they answer, how people reach them, and whose groups may see all.",
            '# listen = "127.0.0.1:8470"',
            '# url = "https://pictures.example.com"',
            _list("administrators", found.administrators),
            _list("helpdesk", found.helpdesk),
            "# Whether people may give a picture, which goes into their mailbox: app or off.",
            _line("uploads", "app") if found.url else '# uploads = "app"',
            "",
            "[microsoft365]",
            "# global, us_government, us_dod, china, or custom with url (a local tenant).",
            _line("cloud", found.cloud),
            *([_line("url", found.url)] if found.url else []),
            _line("tenant_id", found.tenant_id),
            "# The app registration Samepic signs in as: docs/how-to/connect-microsoft-365.md has its permissions.",
            _line("client_id", found.client_id),
            *_credential(found),
            *([_line("ca_file", str(found.ca_file))] if found.ca_file else ['# ca_file = "private-ca.pem"']),
            '# proxy = "http://proxy.example:3128"',
            "# Microsoft lets larger tenants call more: how many licences yours has. docs/reference/budgets.md",
            *_budgets(found),
            "",
            "[sharepoint_online]",
            "# contoso, where SharePoint is contoso.sharepoint.com; found out from the tenant when left out.",
            *(
                [_line("tenant_name", found.sharepoint_name)]
                if found.sharepoint_name
                else ['# tenant_name = "contoso"']
            ),
            "",
            "[[routes]]",
            _line("name", "exchange-to-sharepoint"),
            _line("source", "exchange_online"),
            _line("target", "sharepoint_online"),
            *_choices(),
            "",
        ]
    )


def _list(name: str, values: tuple[str, ...]) -> str:
    return f"{name} = {json.dumps(values)}" if values else f'# {name} = ["object id of a group"]'


def _credential(found: Found) -> list[str]:
    lines = ["# A PEM file with the certificate and its private key. SharePoint takes nothing else from an app."]
    lines.append(_line("certificate", str(found.certificate)) if found.certificate else '# certificate = "samepic.pem"')
    lines.append("# A client secret serves Graph only; say where it is: env, file or command.")
    if found.secret_env:
        lines.append(f"secret = {{ env = {json.dumps(found.secret_env)} }}")
    else:
        lines.append('# secret = { env = "SAMEPIC_CLIENT_SECRET" }')
    return lines


def _budgets(found: Found) -> list[str]:
    lines = ["# licences = 1000" if found.licences is None else f"licences = {found.licences}"]
    if found.time_scale != 1:
        lines.append(f"time_scale = {found.time_scale:g}")
    if found.budgets:
        own = ", ".join(f"{name} = {limit}" for name, limit in found.budgets.items())
        lines.append(f"budgets = {{ {own} }}")
    return lines


def _choices() -> list[str]:
    """Every other key of a route, commented out, with its default."""
    rule = DIRECTORY_RULE.split(". ")[0]
    return [
        f"# {rule}.",
        "# allow_directory_to_sharepoint = false",
        "# Who takes part: a group's id or name; guests and disabled accounts stay out unless you say so.",
        '# only_group = "Profile pictures"',
        '# except_group = "No pictures"',
        '# opted_out = ["ola@contoso.com"]',
        '# opted_out_file = "opted-out.txt"',
        "# guests = false",
        "# disabled = false",
        "# When a person removed the picture at the source: keep the target's, or mirror the removal.",
        '# when_removed = "keep"',
        "# Somebody else changed the target's picture (drifted), or both changed (clash): show it, or write over it.",
        '# drifted = "show"',
        '# clash = "show"',
        "# Both have a picture when Samepic first meets a person, and they differ: the source is the master.",
        '# first_meeting = "write"',
        "# What lies under a picture that one can see through: white, or another colour.",
        '# background = "#ffffff"',
        "# What starts work: people who ask (on_request), the clock (on_schedule, under `samepic run`), or both.",
        '# runs = "both"',
        '# schedule = "0 2 * * *"',
        '# time_zone = "Europe/Oslo"',
        "# jitter_minutes = 30",
        "# So long after a full sweep the next is full too; those in between see no picture changed without a word.",
        "# full_every_hours = 24",
        "",
        "[routes.hold]",
        "# A plan that would overwrite or clear more than this share of the target's pictures waits for a person.",
        "share = 0.10",
        "at_least = 5",
        "# What was overwritten or cleared in so many hours without approval counts together with a plan's own.",
        "hours = 24",
        "# One and the same picture goes to more people than this only after somebody has approved it.",
        "same_picture = 5",
    ]


def _line(key: str, value: str) -> str:
    # A JSON string is a TOML basic string, but for the characters that JSON leaves alone and TOML does not.
    return f"{key} = {json.dumps(value)}".replace("\x7f", "\\u007f")
