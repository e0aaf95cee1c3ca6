"""The shape of samepic.toml: every key, its type, what is allowed, and its default."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator, model_validator

from samepic.config.database_url import refuse_password
from samepic.config.portal import PortalSettings
from samepic.config.secrets import SecretSource
from samepic.config.section import Section, listening
from samepic.model.budget import BudgetName
from samepic.model.picture import WHITE
from samepic.model.policy import Policy, Retention, WhenDifferent, WhenRemoved
from samepic.model.timing import Starts, Timing

SystemName = Literal["entra_id", "exchange_online", "sharepoint_online"]

OPEN_CLIENT_ID = "00000000-0000-0000-0000-000000000000"
"""What `samepic init` writes until the application is registered."""

DIRECTORY_RULE = (
    "SharePoint Online takes a person's picture from Exchange Online only, never from the directory (Entra ID). "
    "A route from entra_id to sharepoint_online would work against it: SharePoint's own sync blanks such pictures "
    "unless it is switched off for each person. Use exchange_online as the source, or, if you mean it, write "
    "allow_directory_to_sharepoint = true in this route"
)


class StateSettings(Section):
    """`[state]`: where Samepic remembers what it did."""

    folder: Path = Field(
        default=Path("samepic-state"),
        description="folder of the vault and, without url, of the state, relative to this file",
    )
    url: str | None = Field(
        default=None,
        repr=False,
        description="a PostgreSQL database for the state, e.g. postgresql://samepic@db.example/samepic; "
        "`SAMEPIC_STATE_URL` goes before it",
    )
    password: SecretSource | None = Field(default=None, description="of the user whom url names")

    @field_validator("url")
    @classmethod
    def _without_a_password(cls, value: str | None) -> str | None:
        if value is not None:
            refuse_password(value)
        return value

    @model_validator(mode="after")
    def _a_password_for_something(self) -> Self:
        if self.password is not None and self.url is None:
            raise ValueError("password goes with url, and only with it")
        return self


class WorkersSettings(Section):
    """`[workers]`: how sweeps are shared, where `samepic worker` carries them out. The same for all of them."""

    lease_seconds: float = Field(
        default=15, ge=1, le=3600, description="a worker that says nothing for so long loses its work to the others"
    )
    people_per_shard: int = Field(
        default=400, ge=1, le=100_000, description="people whom a worker takes on at a time; of sweeps to come"
    )
    shards_at_once: int = Field(default=2, ge=1, le=64, description="shards under way in one worker")
    requests_at_once: int = Field(
        default=16, ge=1, le=48, description="requests of one worker's sweeps that are under way together"
    )


class VaultSettings(Section):
    """`[vault]`: how long pictures are kept that no target shows any more."""

    keep_days: int = Field(default=90, ge=0, description="a former picture, counted from when it was last shown")
    keep_each: int = Field(default=10, ge=0, description="former pictures of each person at most, the newest ones")
    gone_days: int = Field(default=30, ge=0, description="everything of whoever takes no part any more, or has left")

    def retention(self) -> Retention:
        """The same in the engine's words."""
        return Retention(timedelta(days=self.keep_days), self.keep_each, timedelta(days=self.gone_days))


class BudgetSettings(Section):
    """`[microsoft365.budgets]`: figures of your own instead of the published ones: docs/reference/budgets.md."""

    sharepoint_app_minute: int | None = Field(default=None, ge=1, description="SharePoint's resource units a minute")
    sharepoint_app_day: int | None = Field(default=None, ge=1, description="SharePoint's resource units a day")
    sharepoint_tenant: int | None = Field(
        default=None, ge=1, description="SharePoint's resource units in 5 minutes, of the whole tenant"
    )
    people_manager: int | None = Field(default=None, ge=1, description="calls of PeopleManager in 5 minutes")
    directory: int | None = Field(default=None, ge=1, description="the directory's resource units in 10 seconds")
    pictures_at_once: int | None = Field(default=None, ge=1, description="requests for pictures at the same time")

    def own(self) -> dict[BudgetName, float]:
        """Those that are given."""
        return {BudgetName(name): float(value) for name, value in self if value is not None}


class Microsoft365Settings(Section):
    """`[microsoft365]`: one tenant and the app registration that Samepic signs in as."""

    cloud: Literal["global", "us_government", "us_dod", "china", "custom"] = Field(
        default="global", description="which of Microsoft's clouds; custom: one address for everything"
    )
    tenant_id: str = Field(min_length=1, description="directory (tenant) id, or a verified domain")
    client_id: str = Field(min_length=1, description="application (client) id")
    certificate: Path | None = Field(default=None, description="PEM file with the certificate and its private key")
    secret: SecretSource | None = Field(default=None, description="client secret, for Graph only")
    url: str | None = Field(default=None, description='the one address of everything; with cloud = "custom" only')
    ca_file: Path | None = Field(default=None, description="PEM file of a private certificate authority")
    proxy: str | None = Field(default=None, repr=False, description="HTTP proxy, e.g. http://proxy.example:3128")
    licences: int | None = Field(
        default=None,
        ge=0,
        description="licences of the tenant, by which its budgets grow; left out, the smallest tenant's hold, "
        'and with cloud = "custom" none',
    )
    time_scale: float = Field(
        default=1, ge=1, le=20, description='how many times as fast time passes there; with cloud = "custom" only'
    )
    budgets: BudgetSettings = BudgetSettings()

    @field_validator("url", "proxy")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("an address starts with http:// or https://")
        return value.rstrip("/") if value else value

    @model_validator(mode="after")
    def _credentials_and_address(self) -> Self:
        if self.certificate is None and self.secret is None:
            raise ValueError(
                "the app needs a credential: certificate (for SharePoint and Graph) or secret (Graph only)"
            )
        if (self.cloud == "custom") != (self.url is not None):
            raise ValueError('url goes with cloud = "custom", and only with it')
        if self.time_scale != 1 and self.cloud != "custom":
            raise ValueError('time_scale goes with cloud = "custom", for a tenant that was started with --time-scale')
        return self


class SharePointSettings(Section):
    """`[sharepoint_online]`: the tenant's SharePoint; may be left out."""

    tenant_name: str | None = Field(
        default=None, description="contoso, where SharePoint is contoso.sharepoint.com; found out when left out"
    )


class LogSettings(Section):
    """`[log]`: what log lines may tell."""

    names: bool = Field(
        default=False, description="whether they name people, beside their ids, and repeat what systems said of them"
    )


class WebhookSettings(Section):
    """`[service.webhook]`: who is told of a failed sweep, a held plan, a missing permission; nobody if left out."""

    url: str = Field(repr=False, description="where messages are posted, https only; numbers and no names are in them")
    secret: SecretSource = Field(description="what they are signed with, for the receiver to check; needed by run only")

    @field_validator("url")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        if not value.startswith("https://") or not urlsplit(value).hostname:
            raise ValueError("is an address that starts with https://")
        return value


class ServiceSettings(Section):
    """`[service]`: what `samepic run` does beside sweeping."""

    listen: str = Field(
        default="127.0.0.1:9464",
        description="address and port of /metrics, /healthz and /readyz, which tell numbers and no names; off: none",
    )
    token: SecretSource | None = Field(
        default=None,
        description="what /metrics asks for, as a bearer token of 16 characters at least; without it, /healthz and "
        "/readyz say yes or no and not why. Left out, whoever reaches the address is told all; needed by run only",
    )

    webhook: WebhookSettings | None = None

    @field_validator("listen")
    @classmethod
    def _an_address_and_a_port(cls, value: str) -> str:
        return value if value == "off" else listening(value)

    def address(self) -> tuple[str, int] | None:
        """The same, taken apart; None where nothing is to listen."""
        host, _, port = self.listen.rpartition(":")
        return None if self.listen == "off" else (host.strip("[]"), int(port))


class HoldSettings(Section):
    """`[routes.hold]`: when a plan waits for a person's word."""

    share: float = Field(default=0.10, gt=0, le=1, description="of the target's pictures, overwritten or cleared")
    at_least: int = Field(default=5, ge=1, description="fewer people than this are never held")
    hours: float = Field(
        default=24, ge=0, le=720, description="what was lost in so many hours without approval counts with the plan"
    )
    same_picture: int = Field(default=5, ge=1, description="to more people than this no run writes the same picture")


class RouteSettings(Section):
    """`[[routes]]`: one source, one target, and who takes part."""

    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_-]+$", description="letters, digits, - and _")
    source: SystemName = Field(description="where pictures come from")
    target: SystemName = Field(description="where they go; entra_id cannot be one")
    census: Literal["entra_id"] = Field(default="entra_id", description="which system says who exists")
    allow_directory_to_sharepoint: bool = Field(
        default=False,
        description="allows entra_id as the source of sharepoint_online, against SharePoint's own sync",
    )
    only_group: str | None = Field(default=None, description="only members take part; a group's id or name")
    except_group: str | None = Field(default=None, description="members take no part; a group's id or name")
    opted_out: tuple[str, ...] = Field(default=(), description="people who take no part, by object id, UPN or mail")
    opted_out_file: Path | None = Field(default=None, description="more of them, one a line; # begins a comment")
    guests: bool = Field(default=False, description="whether guests take part")
    disabled: bool = Field(default=False, description="whether disabled accounts take part")
    when_removed: Literal["keep", "mirror"] = Field(
        default="keep", description="when the source's picture was removed: keep the target's, or remove it too"
    )
    drifted: Literal["show", "write"] = Field(
        default="show", description="when somebody else changed the target's picture: show it, or write over it"
    )
    clash: Literal["show", "write"] = Field(
        default="show", description="when both changed, to different pictures: show it, or write over the target's"
    )
    first_meeting: Literal["show", "write"] = Field(
        default="write", description="when both have different pictures and were never the same: show, or write"
    )
    background: str = Field(
        default=WHITE,
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="what lies under a picture that one can see through: red, green and blue, two digits each",
    )
    runs: Literal["on_request", "on_schedule", "both"] = Field(
        default="on_request",
        description="what starts work: people who ask for their own picture, the clock under `samepic run`, or both; "
        "with on_schedule a person who asks is served by the next sweep. `samepic sync` works at once with any of them",
    )
    schedule: str | None = Field(
        default=None, description='when sweeps begin, as cron: "0 2 * * *" is at two every night; needs `samepic run`'
    )
    time_zone: str = Field(
        default="UTC",
        description="of the schedule, e.g. Europe/Oslo; a time that a change of the clocks leaves out or "
        "shows twice counts once",
    )
    jitter_minutes: float = Field(
        default=0, ge=0, le=1440, description="a sweep begins up to so much later, each day by another share of it"
    )
    full_every_hours: float = Field(
        default=24,
        ge=0,
        le=720,
        description="so long after the last full sweep the schedule's next one looks at everybody, those in between "
        "only at people new or changed in the directory, who asked lately or were left over; 0: each one does",
    )
    hold: HoldSettings = HoldSettings()

    @field_validator("schedule")
    @classmethod
    def _a_cron(cls, value: str | None) -> str | None:
        if value is None:
            return value
        if len(value.split()) != 5:
            raise ValueError("cron has five fields: minute, hour, day of the month, month, day of the week")
        try:
            next(CronSim(value, datetime(2026, 1, 1, tzinfo=UTC)))
        except CronSimError as error:
            raise ValueError(f"is no cron: {str(error).lower()}") from None
        except StopIteration:
            raise ValueError("is a date that never comes") from None
        return value

    @field_validator("time_zone")
    @classmethod
    def _a_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError):
            raise ValueError(
                f"no time zone is called {value!r} on this machine; they are called like Europe/Oslo, and Debian's "
                "package tzdata has them"
            ) from None

    @model_validator(mode="after")
    def _a_schedule_for_the_clock(self) -> Self:
        if self.runs != "on_request" and self.schedule is None:
            raise ValueError(f'runs = "{self.runs}" needs a schedule, e.g. schedule = "0 2 * * *"')
        if self.runs == "on_request" and self.schedule is not None:
            raise ValueError('schedule goes with runs = "on_schedule" or "both"')
        return self

    @model_validator(mode="after")
    def _a_route_that_can_work(self) -> Self:
        if self.source == self.target:
            raise ValueError("source and target are the same system")
        if (self.source, self.target) == (
            "entra_id",
            "sharepoint_online",
        ) and not self.allow_directory_to_sharepoint:
            raise ValueError(DIRECTORY_RULE)
        if self.target == "entra_id":
            raise ValueError("entra_id is a census and a source, not a target")
        return self

    def timing(self) -> Timing:
        """When the route runs, in the service's words."""
        jitter, full_every = timedelta(minutes=self.jitter_minutes), timedelta(hours=self.full_every_hours)
        return Timing(Starts(self.runs), self.schedule, self.time_zone, jitter, full_every)

    def policy(self, opted_out: frozenset[str]) -> Policy:
        """The route's policy in the engine's words; `opted_out` is folded and includes the file's lines."""
        return Policy(
            when_removed=WhenRemoved(self.when_removed),
            drifted=WhenDifferent(self.drifted),
            clash=WhenDifferent(self.clash),
            first_meeting=WhenDifferent(self.first_meeting),
            hold_share=self.hold.share,
            hold_at_least=self.hold.at_least,
            hold_within=timedelta(hours=self.hold.hours),
            hold_same=self.hold.same_picture,
            overruled_within=timedelta(days=7),
            background=self.background,
            guests=self.guests,
            disabled=self.disabled,
            only_group=self.only_group,
            except_group=self.except_group,
            opted_out=opted_out,
        )


class Settings(Section):
    """The whole file."""

    state: StateSettings = StateSettings()
    workers: WorkersSettings = WorkersSettings()
    vault: VaultSettings = VaultSettings()
    log: LogSettings = LogSettings()
    service: ServiceSettings = ServiceSettings()
    portal: PortalSettings = PortalSettings()
    microsoft365: Microsoft365Settings
    sharepoint_online: SharePointSettings = SharePointSettings()
    routes: tuple[RouteSettings, ...]

    @field_validator("routes")
    @classmethod
    def _named_once(cls, routes: tuple[RouteSettings, ...]) -> tuple[RouteSettings, ...]:
        if not routes:
            raise ValueError("at least one route is needed: [[routes]] with name, source and target")
        names = [route.name for route in routes]
        if len(set(names)) != len(names):
            raise ValueError("two routes have the same name")
        return routes
