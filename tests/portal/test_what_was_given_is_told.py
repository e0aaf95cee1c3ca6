"""Pictures that people gave in the portal are in `history`, `vault verify` and `status`, as any others are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.command_line import Ended, samepic
from tests.portal.running import Portal, portal_of
from tests.portal.sending import face, send

from samepic.model.decision import Action, Reason
from samepic.model.person import PersonId
from samepic.model.picture import NO_PICTURE
from samepic.model.plan import RunId
from samepic.model.remembered import Intent
from samepic.state.store import open_state

GIVEN = "portal:exchange_online"


def lines(ended: Ended) -> list[dict[str, object]]:
    assert ended.code in (0, 1), ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


def test_history_vault_and_status_know_what_was_given(portal: Portal, tmp_path: Path) -> None:
    person, other = portal.somebody(case="changed_since_pull"), portal.somebody(number=2)
    with portal_of(portal.at, tmp_path) as own:
        assert send(own.visit(person), face(31)).status == 200
    config = ("--config", str(tmp_path / "samepic.toml"))
    of_route, given = lines(samepic("history", person, "--json", *config))
    assert (of_route["route"], given["route"]) == ("exchange-to-sharepoint", GIVEN)
    [change] = given["changes"]
    assert change["after"]["answer"] == "picture" and change["before"]["answer"] == "picture"
    assert change["after"]["sha256"] in {one["sha256"] for one in given["pictures"]}
    [alone] = lines(samepic("history", person, "--json", "--route", GIVEN, *config))
    assert alone == given
    assert len(lines(samepic("history", other, "--json", *config))) == 1, "who gave nothing need not hear of it"
    shown = samepic("history", person, *config).out
    assert GIVEN in shown and "exchange_online" in shown

    status = samepic("status", "--json", *config).json
    assert status["given"] == {"route": GIVEN, "remembered": 1, "unfinished": 0}
    assert [one["route"] for one in status["routes"]] == ["exchange-to-sharepoint"]
    assert "1 person gave a picture in the portal" in samepic("status", *config).out

    assert [one["route"] for one in lines(samepic("vault", "verify", "--json", *config))][1:] == [GIVEN]
    [lost] = (tmp_path / "samepic-state" / "vault").rglob(f"{change['after']['sha256']}*")
    lost.write_bytes(b"damaged")
    ended = samepic("vault", "verify", "--json", *config)
    damaged = {one["route"]: one["damaged"] for one in lines(ended)}
    assert ended.code == 1 and damaged[GIVEN] == 1, damaged


def one_line(words: str) -> str:
    """However wide the terminal is."""
    return " ".join(words.split())


def test_a_gift_that_was_interrupted_is_told(portal: Portal, tmp_path: Path) -> None:
    with portal_of(portal.at, tmp_path):
        pass
    config = ("--config", str(tmp_path / "samepic.toml"))
    assert samepic("status", "--json", *config).json["given"] is None
    assert GIVEN not in samepic("vault", "verify", *config).out
    state = open_state(tmp_path / "samepic-state" / "state.sqlite")
    begun = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    person = portal.somebody(number=4)
    whose, nothing = PersonId(person), (NO_PICTURE, NO_PICTURE, None, None, None)
    intent = Intent(person, RunId("r"), Action.CLEAR, Reason.RESTORED, whose, whose, *nothing, begun)
    state.intents.open(GIVEN, intent)
    state.close()
    assert samepic("status", "--json", *config).json["given"]["unfinished"] == 1
    forgotten = samepic("vault", "forget", person, "--yes", *config)
    assert forgotten.code != 0 and "`samepic serve` finishes it at its start" in forgotten.err, forgotten.err
    assert "`samepic sync`" not in forgotten.err, "that runs over no gifts"
    assert "1 write was interrupted; `samepic serve` finishes it at its start" in samepic("status", *config).out
    off = tmp_path / "samepic.toml"
    off.write_text(off.read_text().replace('uploads = "app"', 'uploads = "off"'))
    assert 'nobody finishes it with [portal] uploads = "off"' in one_line(samepic("status", *config).out)
    forgotten = samepic("vault", "forget", person, "--yes", *config)
    assert forgotten.code == 0 and "nobody puts it in any more" in one_line(forgotten.out), forgotten.err
    state = open_state(tmp_path / "samepic-state" / "state.sqlite")
    assert state.intents.of(GIVEN, person) is None, "nor does the next start, with uploads, put it in"
    state.close()
    assert samepic("status", "--json", *config).json["given"] is None
    assert samepic("vault", "forget", person, "--yes", "--json", *config).json["unfinished"] == 0
