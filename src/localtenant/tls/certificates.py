"""A certificate authority for one tenant, and the certificate that its server shows."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from localtenant.authority.keys import write_private

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LEAF_LIFETIME = timedelta(days=397)  # what browsers still accept


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Paths: the authority's certificate for clients to trust; the server's certificate and its key."""

    ca: Path
    certificate: Path
    key: Path


def certificates_in(folder: Path, hosts: Iterable[str], *, keep_ca_key: bool) -> CertificateFiles:
    """Make a certificate for the hosts and for loopback, new each time.

    keep_ca_key: the authority outlives the process, in a file that only its owner may read, so that clients go on
    trusting a tenant that was restarted. Otherwise its key never leaves memory, and nobody can use it afterwards.
    """
    files = CertificateFiles(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    kept = folder / "ca.key"
    if kept.exists() and files.ca.exists():
        key = serialization.load_pem_private_key(kept.read_bytes(), None)
        ca = x509.load_pem_x509_certificate(files.ca.read_bytes())
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{kept} is not a key that this program made")
    else:
        key = ec.generate_private_key(ec.SECP256R1())
        ca = _authority(key)
        if keep_ca_key:
            write_private(kept, _pem(key))
        write_private(files.ca, ca.public_bytes(serialization.Encoding.PEM).decode())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    leaf = _leaf(ca, key, leaf_key, sorted(hosts))
    write_private(files.certificate, leaf.public_bytes(serialization.Encoding.PEM).decode())
    write_private(files.key, _pem(leaf_key))
    return files


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localtenant on this machine")])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return (
        _builder(timedelta(days=3650))
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, key: ec.EllipticCurvePrivateKey, hosts: list[str]
) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
    for host in LOOPBACK:
        names.append(x509.DNSName(host) if host == "localhost" else x509.IPAddress(ipaddress.ip_address(host)))
    return (
        _builder(LEAF_LIFETIME)
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _builder(lifetime: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + lifetime)
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
