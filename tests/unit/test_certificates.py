"""How the app proves itself by a certificate, and what a file that cannot serve is told."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from samepic.transport.credentials import ClientCertificate, UnusableCertificate


def pem(key_size: int = 2048) -> tuple[bytes, RSAKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "samepic")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private + certificate.public_bytes(serialization.Encoding.PEM), RSAKey.import_key(public), certificate


def test_an_assertion_is_as_the_vendor_documents_it() -> None:
    data, public, certificate = pem()
    lines = data.split(b"-----BEGIN CERTIFICATE-----")
    swapped = b"-----BEGIN CERTIFICATE-----" + lines[1] + lines[0]
    for order in (data, swapped):
        form = ClientCertificate.parse(order).proof("cid", "https://login.example/t/oauth2/v2.0/token")
        token = jwt.decode(form["client_assertion"], public, algorithms=["PS256"])
        thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
        assert token.header == {"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint}
        assert token.claims["aud"] == "https://login.example/t/oauth2/v2.0/token"
        assert token.claims["iss"] == token.claims["sub"] == "cid"
        assert 0 < token.claims["exp"] - token.claims["nbf"] <= 600


def test_a_certificate_that_cannot_serve_says_why(tmp_path: Path) -> None:
    data, _, _ = pem()
    other, _, _ = pem()
    head, tail = data.split(b"-----BEGIN CERTIFICATE-----")
    foreign = other.split(b"-----BEGIN CERTIFICATE-----")[0] + b"-----BEGIN CERTIFICATE-----" + tail
    for content, words in (
        (head, "no certificate"),
        (b"-----BEGIN CERTIFICATE-----" + tail, "no private key"),
        (foreign, "does not belong"),
        (data.replace(b"MII", b"!!!"), "cannot be read"),
    ):
        path = tmp_path / "app.pem"
        path.write_bytes(content)
        with pytest.raises(UnusableCertificate, match=words):
            ClientCertificate.load(path)
    with pytest.raises(UnusableCertificate, match="No such file"):
        ClientCertificate.load(tmp_path / "none.pem")


@pytest.mark.parametrize("damaged", [("d", "dmp1"), ("d", "p"), ("p", "q", "d", "dmp1", "dmq1", "iqmp")])
def test_a_damaged_key_does_not_serve(damaged: tuple[str, ...]) -> None:
    """In so many of its numbers that OpenSSL finds no way around: nobody would find signed what it signs."""
    data, _, certificate = pem()
    whole = serialization.load_pem_private_key(data, None)
    assert isinstance(whole, rsa.RSAPrivateKey)
    encoding = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    der, numbers = whole.private_bytes(serialization.Encoding.DER, *encoding), whole.private_numbers()
    for name in damaged:
        number = getattr(numbers, name).to_bytes(256).lstrip(b"\0")
        assert der.count(number) == 1
        der = der.replace(number, number[:40] + bytes([number[40] ^ 8]) + number[41:])
    lines = b"-----BEGIN PRIVATE KEY-----\n" + base64.encodebytes(der) + b"-----END PRIVATE KEY-----\n"
    with pytest.raises(UnusableCertificate):
        ClientCertificate.parse(lines + certificate.public_bytes(serialization.Encoding.PEM))


def test_a_certificate_does_not_show_its_key() -> None:
    assert "PRIVATE" not in repr(ClientCertificate.parse(pem()[0]))
    assert "RSAPrivateKey" not in repr(ClientCertificate.parse(pem()[0]))
