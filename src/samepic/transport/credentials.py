"""How the app proves itself: a certificate, or a secret where that is enough. Neither shows itself."""

from __future__ import annotations

import base64
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from joserfc import jwt
from joserfc.jwk import RSAKey

from samepic.transport.unspoken import unspoken

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 300


class UnusableCertificate(ValueError):
    """The file does not hold what is needed; the words say what is missing, and nothing of its content."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A password of the app. SharePoint does not accept tokens born of one."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        """Known from the start, so that nothing tells it."""
        unspoken(self.value)

    def proof(self, client_id: str, audience: str) -> dict[str, str]:
        """The form fields that a token request carries."""
        return {"client_secret": self.value}


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate of the app with its RSA key. `thumbprint` is the base64url SHA-256 of its DER form."""

    key: RSAPrivateKey = field(repr=False)
    thumbprint: str

    @classmethod
    def load(cls, path: Path, password: str | None = None) -> ClientCertificate:
        """Read a PEM file that holds certificate and private key, in any order. Raises UnusableCertificate."""
        try:
            pem = path.read_bytes()
        except OSError as error:
            raise UnusableCertificate(f"{path}: {error.strerror}") from None
        return cls.parse(pem, password, str(path))

    @classmethod
    def parse(cls, pem: bytes, password: str | None = None, named: str = "the certificate") -> ClientCertificate:
        """The same, from bytes."""
        if b"-----BEGIN CERTIFICATE-----" not in pem:
            raise UnusableCertificate(f"{named}: no certificate in it")
        if b"PRIVATE KEY-----" not in pem:
            raise UnusableCertificate(f"{named}: no private key in it")
        start = pem.index(b"-----BEGIN", max(0, pem.index(b"PRIVATE KEY-----") - 40))
        try:
            certificate = x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE-----") :])
            # OpenSSL's own look at an RSA key tries its primes for 40 ms; that it serves, a signature tells in one.
            key = serialization.load_pem_private_key(
                pem[start:], password.encode() if password else None, unsafe_skip_rsa_key_validation=True
            )
        except (ValueError, TypeError):
            raise UnusableCertificate(f"{named}: certificate or key cannot be read; is a password needed?") from None
        if not isinstance(key, RSAPrivateKey):
            raise UnusableCertificate(f"{named}: the key is not RSA, the only kind that Entra ID accepts here")
        certified = certificate.public_key()
        if not isinstance(certified, RSAPublicKey) or not _signs_for(key, certified):
            raise UnusableCertificate(f"{named}: the key does not belong to the certificate")
        digest = certificate.fingerprint(hashes.SHA256())
        return cls(key, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())

    def proof(self, client_id: str, audience: str) -> dict[str, str]:
        """A signed assertion: PS256, `x5t#S256`, five minutes.

        audience: the token endpoint. Source: learn.microsoft.com/entra/identity-platform/certificate-credentials
        """
        now = int(time.time())
        claims = {
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": str(uuid.uuid4()),
            "nbf": now - 5,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
        }
        header = {"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint}
        assertion = jwt.encode(header, claims, RSAKey.import_key(self.key), algorithms=["PS256"])
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": unspoken(assertion, passing=True)}


def _signs_for(key: RSAPrivateKey, certified: RSAPublicKey) -> bool:
    """Whether what a private key signs is found to be signed by the one that a certificate names."""
    if certified.public_numbers() != key.public_key().public_numbers():
        return False
    padding = PSS(MGF1(hashes.SHA256()), PSS.DIGEST_LENGTH)
    try:
        certified.verify(key.sign(b"samepic", padding, hashes.SHA256()), b"samepic", padding, hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


Credential = ClientSecret | ClientCertificate
