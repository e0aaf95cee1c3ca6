"""A whole run of the service, with a busy system and somebody whose turn fails: who is in the log, and who is not."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from tests.samepic_commands import until
from tests.sync_bench import SyncBench, sync_bench


@pytest.mark.parametrize(("names", "log_format"), [(False, "json"), (True, "text")])
def test_only_where_it_is_allowed_does_the_log_name_people(tmp_path: Path, names: bool, log_format: str) -> None:
    with sync_bench(tmp_path, people=12) as bench:
        config = bench.folder / "samepic.toml"
        text = config.read_text().replace('# listen = "127.0.0.1:9464"', 'listen = "off"')
        config.write_text(text.replace("# names = false", f"names = {str(names).lower()}"))
        log = log_of_a_sweep(bench, log_format)
        known = [user for user in bench.people() if f"{user.id}" in log]
        assert len(known) > 2, "people are told by their ids"
        assert "failed" in log
        assert "waiting" in log
        told = [name for user in bench.people() for name in (user.upn, user.display_name) if name in log]
        if names:
            assert {user.upn for user in known} <= set(told)
            assert {user.display_name for user in known} <= set(told)
        else:
            assert told == []
        assert "Bearer " not in log
        assert "eyJ" not in log, "no token"


def log_of_a_sweep(bench: SyncBench, log_format: str) -> str:
    """All that the service logs."""
    control, unlucky = bench.at.control, bench.person("never_visited")
    for api in ("graph", "sharepoint"):
        control.post_fault(kind="status", status=503, api=api, headers={"Retry-After": "0"})
    control.post_fault(kind="status", status=400, operation="Files/add", person=unlucky, times=None)
    service = bench.start("run", "--log-format", log_format)

    def says(words: str) -> bool:
        return service.ended() or (service.err.exists() and words in service.err.read_text())

    until(lambda: says("service is at work"), "it is at work")
    assert bench.run("sync", "--now").code == 0
    until(lambda: says("a sweep has ended"), "the sweep has ended")
    assert service.kill(signal.SIGTERM) == 0
    return service.err.read_text()
