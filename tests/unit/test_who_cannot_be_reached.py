"""Whoever reads that there is no connection learns with whom, and no secret of the address."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samepic.ports.errors import Busy, OutOfContract
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


@pytest.mark.parametrize(
    ("address", "days", "given", "words"),
    [
        (
            "127.0.0.1",
            (-1, 1),
            False,
            r"self.signed certificate\); if an authority of your own .* ca_file under \[micro",
        ),
        ("127.0.0.1", (-2, -1), True, r"certificate has expired\); either it or this machine's clock is out of date"),
        ("127.0.0.1", (1, 2), True, r"certificate is not yet valid\); either it or this machine's clock"),
        ("127.0.0.2", (-1, 1), True, r"IP address mismatch.*\); it is another host's: check the address"),
    ],
)
async def test_a_certificate_that_is_not_trusted_is_told_at_once_with_what_to_do(
    tmp_path: Path, address: str, days: tuple[int, int], given: bool, words: str
) -> None:
    file = tmp_path / "both.pem"
    file.write_bytes(self_signed(address, days))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(file)
    server = TestServer(web.Application())
    await server.start_server(ssl=served)
    http, meter = HttpClient(HttpOptions(ca_file=file if given else None)), Meter("graph")
    with pytest.raises(OutOfContract, match=rf"^graph: users: 127\.0\.0\.1:{server.port} shows a .*{words}"):
        url = f"https://127.0.0.1:{server.port}/x"
        await http.exchange("GET", url, meter=meter, doing="users", max_bytes=99, repeat=True)
    assert meter.requests == 1, "it is the same certificate each time"
    await http.aclose()
    await server.close()


def self_signed(address: str, days: tuple[int, int]) -> bytes:
    """A key with a certificate for an address, valid between two days from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "private")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(2)
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + certificate.public_bytes(pem)
