"""A certificate for the application that Samepic signs in as."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from samepic.config.owned_file import OTHERS_MAY_READ, write_owned

VALID_DAYS = 730


def make_certificate(key_file: Path, public_file: Path, name: str) -> None:
    """Write a self-signed certificate: with its private key (PEM, readable by its owner only) and alone (DER).

    Entra ID takes a self-signed certificate of RSA 2048 and SHA-256 (learn.microsoft.com,
    howto-create-self-signed-certificate). Raises FileExistsError rather than replace a key.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(certificate.public_bytes(Encoding.PEM) + private)
    write_owned(public_file, public_part(key_file), OTHERS_MAY_READ)


def public_part(key_file: Path) -> bytes:
    """The certificate alone (DER), from the file that has its key as well. Raises ValueError where there is none."""
    return x509.load_pem_x509_certificate(key_file.read_bytes()).public_bytes(Encoding.DER)
