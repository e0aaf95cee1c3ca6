"""The authority's secrets: its signing key, the first application's credentials, what passwords are drawn from.

Kept in one file that only its owner may read, so that a tenant with a state folder is the same after a restart;
without a folder they live as long as the process. Each is made when first needed.
"""

from __future__ import annotations

import datetime
import json
import os
import secrets
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc.jwk import RSAKey

FILE_NAME = "authority.json"


class Secrets:
    """Named secrets, made once. `folder` None: in memory, with the client's PEM file in a private temporary folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file = folder / FILE_NAME if folder else None
        self._kept: dict[str, str] = json.loads(self._file.read_text()) if self._file and self._file.exists() else {}
        self._signing: RSAKey | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def signing_key(self) -> RSAKey:
        """What tokens are signed with; `kid` is its RFC 7638 thumbprint."""
        if self._signing is None:
            pem = self._kept.get("signing_key") or self._keep("signing_key", _pem(_rsa()))
            # Our own file has the key that we made: whether its primes are, takes as long to find out as to make it.
            key = serialization.load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
            assert isinstance(key, rsa.RSAPrivateKey)
            self._signing = RSAKey.import_key(key)
            self._signing.ensure_kid()
        return self._signing

    @property
    def client_secret(self) -> str:
        """The registered application's secret."""
        return self._kept.get("client_secret") or self._keep("client_secret", secrets.token_urlsafe(30))

    @property
    def client_pem(self) -> str:
        """The registered application's private key and certificate, one PEM."""
        return self._kept.get("client_pem") or self._keep("client_pem", self_signed("samepic"))

    @property
    def control_token(self) -> str:
        """What opens the switchboard under `/_tenant`."""
        return self._kept.get("control_token") or self._keep("control_token", secrets.token_urlsafe(24))

    @property
    def password_key(self) -> bytes:
        """What the made-up people's passwords are drawn from."""
        kept = self._kept.get("password_key") or self._keep("password_key", secrets.token_hex(32))
        return bytes.fromhex(kept)

    def client_pem_file(self) -> Path:
        """A file with `client_pem` that only its owner may read."""
        if self._folder is None and self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="localtenant-")
        path = (self._folder or Path(self._temporary.name if self._temporary else "")) / "client.pem"
        if not path.exists():
            write_private(path, self.client_pem)
        return path

    def _keep(self, name: str, value: str) -> str:
        self._kept[name] = value
        if self._file is not None:
            write_private(self._file, json.dumps(self._kept, indent=1))
        return value


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one with mode 0600; a crash leaves the old or the new, never half."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def certificate_of(pem: str) -> bytes:
    """DER of the certificate in a PEM."""
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)


def self_signed(name: str) -> str:
    """A private key and a certificate of its own, valid for ten years, as one PEM: what an administrator uploads."""
    key = _rsa()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM).decode()


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
