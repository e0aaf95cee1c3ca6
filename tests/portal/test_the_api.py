"""The API: what its description says it does, and nothing else; tokens let in who holds them, while they hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import URL
from tests.conftest import tenant_of
from tests.databases import engine_of
from tests.portal.program import DUTY, Program, tokens_in
from tests.portal.running import Guest, Portal, portal_of
from tests.portal.test_who_may_what import LEAST, filled
from tests.samepic_commands import forks

from samepic.model.api_token import TokenRole
from samepic.model.audit import Deed, Entry
from samepic.portal import often
from samepic.portal.roles import Role
from samepic.state.store import open_state

API = {key: least for key, least in LEAST.items() if key[1].startswith("/api/")}
ROUTE = "exchange-to-sharepoint"


@pytest.fixture(scope="module")
def portal(folder: Path) -> Iterator[Portal]:
    enough = "looks_per_minute = 100_000\nchanges_per_minute = 100_000"  # limits: test_how_often
    with tenant_of() as tenant, portal_of(tenant, folder, enough) as running:
        yield running


@pytest.fixture(scope="module")
def tokens(portal: Portal, folder: Path) -> dict[Role, str | None]:
    state = open_state(folder / "samepic-state/state.sqlite")
    try:
        return tokens_in(state)
    finally:
        state.close()


def entered(folder: Path, number: int) -> list[Entry]:
    """The latest entries of the audit log."""
    state = open_state(folder / "samepic-state/state.sqlite")
    try:
        return state.audit.latest(number)
    finally:
        state.close()


@pytest.mark.parametrize("role", [Role.ANYBODY, *DUTY])
@pytest.mark.parametrize(("method", "path"), list(API))
def test_each_role_at_each_route(
    portal: Portal, tokens: dict[Role, str | None], role: Role, method: str, path: str
) -> None:
    address = filled(path.replace("{person:str}", portal.somebody()))
    program = Program(portal, tokens[role])
    seen = program.get(address) if method == "GET" else program.post(address, {"why": "a test"})
    if role is Role.ANYBODY:
        assert (seen.status, seen.headers["www-authenticate"]) == (401, "Bearer")
    elif role < API[method, path]:
        assert (seen.status, seen.json["code"]) == (403, "forbidden")
    else:
        assert seen.status in (200, 400, 404, 409), seen.text  # let in; the addresses and bodies have nothing in them


def test_the_reference_has_every_route_with_its_role() -> None:
    page = Path(__file__).parents[2].joinpath("docs/reference/api.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(GET|POST) ([^`]+)` \| (\w+) \|", page, re.MULTILINE)
    assert sorted(told) == sorted(
        (method, re.sub(":(str|int)", "", path), role.name.lower()) for (method, path), role in API.items()
    )


def test_a_sign_in_is_nothing_to_the_api_and_a_token_nothing_to_a_page(
    portal: Portal, tokens: dict[Role, str | None]
) -> None:
    administrator = portal.visit(portal.somebody(Role.ADMINISTRATOR))
    assert administrator.ask("/api/v1/routes").status == 401
    assert administrator.post(f"/api/v1/people/{portal.somebody()}/bring").status == 401
    assert Program(portal, tokens[Role.ADMINISTRATOR]).get("/").status == 302


def test_a_persons_picture_is_brought_and_explained(
    portal: Portal, folder: Path, tokens: dict[Role, str | None]
) -> None:
    person, program = portal.somebody(number=2), Program(portal, tokens[Role.HELPDESK])
    [before] = program.get(f"/api/v1/people/{person}").json
    assert (before["reason"], [one["state"] for one in before["systems"]]) == ("new", ["picture", "no_picture"])
    [brought] = program.post(f"/api/v1/people/{person}/bring").json
    assert (brought["written"], brought["failed"], brought["route"]) == (1, 0, ROUTE)
    [after] = program.get(f"/api/v1/people/{person}?route={ROUTE}").json
    assert (after["reason"], after["systems"][1]["same_as_source"]) == ("in_step", True)
    assert portal.at.control.picture(person, "sharepoint-l") is not None
    assert [(one.done.what, one.done.about, one.done.from_where) for one in entered(folder, 3)] == [
        (Deed.LOOKED, person, "127.0.0.1"),
        (Deed.RESYNCED, person, "127.0.0.1"),
        (Deed.LOOKED, person, "127.0.0.1"),
    ]
    assert [run["run"] for run in program.get("/api/v1/runs?limit=200").json].count(brought["run"]) == 1
    [standing] = program.get("/api/v1/routes").json
    assert (standing["source"], standing["target"]) == ("exchange_online", "sharepoint_online")


def test_the_log_knows_whom_a_program_looked_at_by_their_id(
    portal: Portal, folder: Path, tokens: dict[Role, str | None]
) -> None:
    person, program = portal.somebody(number=3), Program(portal, tokens[Role.HELPDESK])
    upn, _ = portal.account(person)
    assert program.get(f"/api/v1/people/{upn.upper()}").status == 200
    assert program.get("/api/v1/people/nobody@x").status == 404
    assert [(one.done.what, one.done.about) for one in entered(folder, 1)] == [(Deed.LOOKED, person)]


def test_a_reason_is_one_line_that_commands_nothing(
    portal: Portal, folder: Path, tokens: dict[Role, str | None]
) -> None:
    program = Program(portal, tokens[Role.ADMINISTRATOR])
    for word in ("approve", "reject"):
        assert program.post(f"/api/v1/plans/none/{word}", {"why": " it\x1b[31m\nis\x00 "}).status == 404
        assert entered(folder, 1)[0].done.words == "it\u241b[31m is\ufffd"


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/v1/people/nobody@x", 404, "nobody"),
        ("/api/v1/people/x?route=none", 404, "nothing"),
        ("/api/v1/runs?limit=0", 400, "bad"),
        ("/api/v1/runs?limit=x", 400, "bad"),
        ("/api/v1/nothing", 404, "nothing"),
        ("/api/v1/people/" + "x" * 400, 400, "bad"),
    ],
)
def test_what_is_wrong_is_told_in_one_shape(
    portal: Portal, tokens: dict[Role, str | None], address: str, status: int, code: str
) -> None:
    seen = Program(portal, tokens[Role.ADMINISTRATOR]).get(address)
    assert (seen.status, seen.json["code"]) == (status, code) and seen.json["message"]
    assert seen.headers["content-security-policy"] and seen.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "spelled",
    ["", "x", "samepic_0123456789ab_" + "a" * 43, "samepic_" + "g" * 12 + "_" + "a" * 43, "' OR 1=1 --", "é" * 50],
)
def test_no_other_word_is_a_token(portal: Portal, spelled: str) -> None:
    try:
        seen = Program(portal, None).get("/api/v1/routes", Authorization=f"Bearer {spelled}")
    except UnicodeEncodeError:
        return  # no HTTP client sends it
    assert seen.status == 401


def test_a_token_lives_as_long_as_it_says_and_is_used_by_its_whole_spelling(new_database: Any) -> None:
    at: Path | URL = new_database()
    now, hour = datetime(2026, 11, 22, tzinfo=UTC), timedelta(hours=1)
    state = open_state(at)
    try:
        token, spelled = state.api_tokens.make("chat bot", TokenRole.HELPDESK, now, 2 * hour)
        assert state.api_tokens.spelled(spelled, now) == token
        assert state.api_tokens.spelled(spelled[:-1] + ("a" if spelled[-1] != "a" else "b"), now) is None
        assert state.api_tokens.spelled(spelled, now + 2 * hour) is None
        [listed] = state.api_tokens.all()
        assert listed.used_at == now and listed.revoked_at is None
        ended = state.api_tokens.revoke(token.id, now + hour)
        assert ended is not None and ended.revoked_at == now + hour
        assert state.api_tokens.revoke(token.id, now + 2 * hour) == ended, "when it ended stays"
        assert state.api_tokens.spelled(spelled, now) is None and state.api_tokens.revoke("none", now) is None
    finally:
        state.close()
    with engine_of(at).connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM api_token").all())
    assert spelled.split("_")[2] not in kept, "the secret is nowhere"


def test_the_commands_make_list_and_end_a_token(portal: Portal, folder: Path) -> None:
    with forks() as started:
        made = started.run(folder, "token", "create", "a bot\x1b[31m", "--role", "helpdesk", "--json").json()
        assert Program(portal, made["token"]).get("/api/v1/routes").status == 200
        listed = started.run(folder, "token", "list")
        assert made["id"] in listed.said() and made["token"] not in listed.said() and "\x1b[31m" not in listed.said()
        assert started.run(folder, "token", "revoke", made["id"]).code == 0
        assert Program(portal, made["token"]).get("/api/v1/routes").status == 401
        assert [one.done.what for one in entered(folder, 2)] == [Deed.PROGRAM_SHUT_OUT, Deed.PROGRAM_LET_IN]
        assert started.run(folder, "token", "revoke", made["id"]).code == 0, "it is ended, as was asked"
        assert [one.done.what for one in entered(folder, 2)] == [Deed.PROGRAM_SHUT_OUT, Deed.PROGRAM_LET_IN], "once"
        assert started.run(folder, "token", "revoke", "none").code == 1


def test_the_api_does_what_its_description_says(
    portal: Portal, tokens: dict[Role, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """schemathesis makes requests of all kinds from the description and holds every answer to it.

    It takes longer to import than most files of tests take, and each process of a run imports them all.
    """
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.specs.openapi.checks import negative_data_rejection

    monkeypatch.setattr(often, "STRANGERS", 100_000)
    told = Guest(portal.url).ask("/api/openapi.json").json
    assert {(method.upper(), path) for path, of in told["paths"].items() for method in of} == {
        (method, re.sub(":(str|int)", "", path)) for method, path in API
    }
    schema = schemathesis.openapi.from_dict(told)
    schema.config.update(base_url=portal.url)
    headers, tried = {"Authorization": f"Bearer {tokens[Role.ADMINISTRATOR]}"}, Counter[int]()

    def conforms(case: Any) -> None:
        answer = case.call(headers=headers, timeout=30)
        tried[answer.status_code] += 1
        # Parameters that the description does not have are passed over, as browsers and proxies add their own.
        case.validate_response(answer, headers=headers, excluded_checks=[negative_data_rejection])

    few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    for found in schema.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            few(given(case=found.ok().as_strategy(generation_mode=mode))(conforms))()
    assert {200, 400, 404} <= set(tried) and not any(status >= 429 for status in tried), tried
