"""The tables. Migrations lead to exactly these; a test compares."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    text,
)

from samepic.model.decision import Action, Likeness, Reason
from samepic.model.news import Because
from samepic.model.person import NotEligible
from samepic.model.remembered import Settled, Verdict
from samepic.model.sweeping import Going, Part
from samepic.state.columns import Moment, Moments, Print, Said, State, Word

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

INDEXES: list[Index] = []
"""All of them, in the order in which they stand here and in the files that follow: each table's in that of the
migrations. Of two that would serve a question equally well, SQLite takes one by which was made first.
"""


@event.listens_for(Index, "after_parent_attach")
def _note(index: Index, table: Table) -> None:
    if table.metadata is metadata:
        INDEXES.append(index)


def _named_by(*names: str) -> list[Column[str]]:
    """The columns that a row is known by, in the order in which rows are looked for."""
    return [Column(name, Text, primary_key=True) for name in names]


def _few(name: str, *columns: str, where: str) -> Index:  # found by the same words
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


NO_REQUEST, RUNNING = "kind <> 'request'", "state = 'running'"
FAILED, TO_DO = "failed IS NOT NULL", "action <> 'nothing'"


run = Table(
    "run",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("run", Text, nullable=False, unique=True),
    Column("plan", Text),
    Column("route", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("state", Text, nullable=False),
    Column("people", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("cleared", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("words", Said, nullable=False),
    Column("counts", Text, nullable=False),
    Column("hold", Text),
    Column("target_pictures", Integer),
    Column("source_pictures", Integer),
    Column("cancelled_at", Moment),
    Index(None, "route", "number"),
    _few("ix_run_no_request", "route", "number", where=NO_REQUEST),
    _few("ix_run_running", "route", "number", where=RUNNING),
)

person = Table(
    "run_person",
    metadata,
    *_named_by("run", "key"),
    Column("object_id", Text),
    Column("upn", Text),
    Column("mail", Text),
    Column("file_name", Text),
    Column("display_name", Text, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("has_mailbox_plan", Boolean, nullable=False),
    Column("geography", Text),
    Column("not_eligible", Word(NotEligible)),
    Column("unmatched", Said),
    Column("refused", Said),
    Column("failed", Said),
    Column("source_person", Text),
    Column("source", State, nullable=False),
    Column("target_person", Text),
    Column("target", State, nullable=False),
    Column("place", Text),
    Column("sync_off", Boolean),
    Column("blanked_by_system", Boolean, nullable=False),
    Column("target_blank", Boolean, nullable=False),
    Column("looked", Boolean, nullable=False),
    Column("look_first", Boolean, nullable=False),
    Column("memory_version", Integer, nullable=False),
    Column("likeness", Word(Likeness), nullable=False),
    Column("action", Word(Action)),
    Column("reason", Word(Reason)),
    Column("detail", Said, nullable=False),
    Column("needs_comparison", Boolean, nullable=False),
    Column("original", Text),
    Column("folded_upn", Text),
    Column("folded_mail", Text),
    Column("folded_file_name", Text),
    *(Column(name, Text) for name in ("stands_at", "sought")),  # in a list by name; what they are found by
    Index(None, "run", "folded_file_name"),
    Index(None, "run", "folded_mail"),
    Index(None, "run", "folded_upn"),
    Index("ix_run_person_by_name", "run", "stands_at", "key", "sought"),
    Index("ix_run_person_by_reason", "run", "reason", "stands_at", "key", "action"),
    _few("ix_run_person_failed", "run", "key", where=FAILED),
    _few("ix_run_person_failed_by_name", "run", "stands_at", "key", where=FAILED),
    _few("ix_run_person_to_do", "run", "stands_at", "key", "reason", "action", where=TO_DO),
)

listed = Table(
    "run_listed",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("run", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("object_id", Text),
    Column("upn", Text),
    Column("mail", Text),
    Column("file_name", Text),
    Column("folded_object_id", Text),
    Column("folded_upn", Text),
    Column("folded_mail", Text),
    Column("folded_file_name", Text),
    Column("person", Text),
    Column("state", State, nullable=False),
    Column("place", Text),
    Index(None, "run", "system", "folded_file_name"),
    Index(None, "run", "system", "folded_mail"),
    Index(None, "run", "system", "folded_object_id"),
    Index(None, "run", "system", "folded_upn"),
    Index(None, "run", "system", "place"),
)

member = Table(
    "run_member",
    metadata,
    *_named_by("run", "group", "person"),
)

memory = Table(
    "memory",
    metadata,
    *_named_by("route", "key"),
    Column("source_person", Text),
    Column("target_person", Text),
    Column("upn", Text),
    Column("display_name", Text, nullable=False),
    Column("source", State, nullable=False),
    Column("target", State, nullable=False),
    Column("target_before", State, nullable=False),
    Column("wrote", State, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("fingerprint", Print),
    Column("place", Text),
    Column("written_at", Moment),
    Column("sync_off_by_us", Boolean, nullable=False),
    Column("blankings", Moments, nullable=False),
    Column("original", Text),
    Column("restored", Boolean, nullable=False),
    Column("updated_at", Moment),
    Column("version", Integer, nullable=False),
    Column("folded_upn", Text),
    *(Index(None, name) for name in ("key", "folded_upn")),
)

refusal = Table(
    "refusal",
    metadata,
    *_named_by("route", "key"),
    Column("stamp", State, nullable=False),
    Column("words", Said, nullable=False),
    Column("at", Moment, nullable=False),
    Column("not_eligible", Word(NotEligible)),
)

seen = Table(
    "seen",
    metadata,
    *_named_by("system", "key"),
    Column("stamp", State, nullable=False),
    Column("fingerprint", Print),
    Column("whole", Boolean, nullable=False),
    Column("verdict", Word(Verdict), nullable=False),
)

intent = Table(
    "intent",
    metadata,
    *_named_by("route", "key"),
    Column("run", Text, nullable=False),
    Column("action", Word(Action), nullable=False),
    Column("reason", Word(Reason), nullable=False),
    Column("target_person", Text, nullable=False),
    Column("source_person", Text),
    Column("source", State, nullable=False),
    Column("replacing", State, nullable=False),
    Column("place", Text),
    Column("fingerprint", Print),
    Column("replaced", Print),
    Column("opened_at", Moment, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("upn", Text),
    Column("before", State, nullable=False),
    Column("after", State, nullable=False),
)

rendition = Table(
    "intent_rendition",
    metadata,
    *_named_by("route", "key"),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

kept = Table(
    "kept",
    metadata,
    *_named_by("route", "key", "sha256"),
    Column("system", Text, nullable=False),
    Column("stamp", State, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("run", Text, nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("fingerprint", Print),
    Column("seen_at", Moment, nullable=False),
    Index(None, "sha256"),
)

change = Table(
    "change",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("action", Word(Action), nullable=False),
    Column("reason", Word(Reason), nullable=False),
    Column("source", State, nullable=False),
    Column("target", State, nullable=False),
    Column("before", State, nullable=False),
    Column("after", State, nullable=False),
    Column("settled", Word(Settled)),
    Index(None, "route", "key"),
    Index(None, "route", "at"),
    Index("ix_change_of_run", "run", "key", "number", "action", "before"),
)

departed = Table(
    "departed",
    metadata,
    *_named_by("route", "key"),
    Column("since", Moment, nullable=False),
)

sweep = Table(
    "sweep",
    metadata,
    Column("run", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("going", Word(Going), nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("full", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("stopped", Said),
    Column("cancelled", Boolean, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("observed", Text),
    Column("planned", Text),
    Column("missing", Text),
    Column("looked_at", Text),
    Index(None, "going"),
)

sweep_requests = Table(
    "sweep_requests",
    metadata,
    *_named_by("run", "system"),
    Column("count", Integer, nullable=False),
)

run_skip = Table(
    "run_skip",
    metadata,
    *_named_by("run", "key"),
    Column("words", Text, nullable=False),
)

shard = Table(
    "run_shard",
    metadata,
    Column("run", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("after", Text, nullable=False),
    Column("upto", Text, nullable=False),
    Column("done", Word(Part)),
    Column("holder", Text),
)

lease = Table(
    "lease",
    metadata,
    *_named_by("holder"),
    Column("epoch", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("beats", Integer, nullable=False),
    Column("lapsed", Boolean, nullable=False),
)

run_print = Table(
    "run_print",
    metadata,
    *_named_by("run", "key"),
    Column("fingerprint", Print, nullable=False),
    Column("before", Boolean, nullable=False),
)

run_band = Table(
    "run_band",
    metadata,
    *_named_by("run"),
    Column("band", Integer, primary_key=True, autoincrement=False),
    Column("value", BigInteger, primary_key=True, autoincrement=False),
    *_named_by("key"),
)

route_holder = Table(
    "route_holder",
    metadata,
    *_named_by("route"),
    Column("who", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("session", Integer, nullable=False),
)
"""Who holds a route's lock in PostgreSQL, by the session that does; beside a SQLite file the lock itself says it."""

schedule = Table(
    "schedule",
    metadata,
    *_named_by("route"),
    Column("taken", Moment, nullable=False),
)

news = Table(
    "news",
    metadata,
    *_named_by("route", "key"),
    Column("because", Word(Because), nullable=False),
    Column("number", BigInteger, nullable=False),
    Index(None, "route", "number"),
)

heard = Table(
    "heard",
    metadata,
    *_named_by("route"),
    Column("cursor", Text),
    Column("full_began_at", Moment, nullable=False),
    Column("full_ended_at", Moment, nullable=False),
    Column("grounds", Text),
    Column("members_of", Text),
)

route_joins = Table(
    "route_joins",
    metadata,
    *_named_by("route"),
    Column("joins", Text, nullable=False),
)
"""What each route joins, in PostgreSQL; a file beside a SQLite file has the same."""

budget = Table(
    "budget",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("taken", Text, nullable=False),
    Column("share", Float(53), nullable=False),
    Column("reckoned_at", Float(53), nullable=False),
    Column("refused_at", Float(53), nullable=False),
    Column("held_until", Float(53), nullable=False),
    Column("level", Float(53)),
    Column("asked_at", Float(53), nullable=False),
)
