"""Whoever reads that there is no connection learns with whom, and no secret of the address."""

from __future__ import annotations

import pytest

from samepic.ports.errors import Busy
from samepic.transport.client import HttpClient, HttpOptions, Meter, Patience


@pytest.mark.parametrize(
    ("proxy", "whom"),
    [(None, "to graph.invalid:8443:"), ("http://clerk:hush@127.0.0.1:9", "to the proxy 127.0.0.1:9:")],
)
async def test_who_cannot_be_reached_is_named_and_nothing_else_of_the_address(proxy: str | None, whom: str) -> None:
    http = HttpClient(HttpOptions(patience=Patience(attempts=1), proxy=proxy, trust_env=False))
    url = "http://user:hush@graph.invalid:8443/ola@contoso.example?sig=hush"
    with pytest.raises(Busy) as caught:
        await http.exchange("GET", url, meter=Meter("x"), doing="x", max_bytes=99, repeat=True)
    assert f"no connection {whom}" in caught.value.saw
    assert not any(secret in str(caught.value) for secret in ("hush", "ola@", "user", "clerk", "sig="))
    await http.aclose()
