"""Which certificates are trusted, and what is said of one that is not."""

from __future__ import annotations

import ssl
from pathlib import Path

from samepic.transport.answer import shortened

_OUT_OF_DATE = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_ANOTHER_HOST = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH


def trusting(ca_file: Path | None) -> ssl.SSLContext | bool:
    """What the client checks certificates with: the machine's own authorities, and those of the file."""
    if ca_file is None:
        return True
    trust = ssl.create_default_context()
    trust.load_verify_locations(cafile=ca_file)
    return trust


def untrusted(host: str, error: BaseException) -> str:
    """Whose certificate was refused, why, and what to do: asking again would show the same one.

    Source: OpenSSL's X509_verify_cert_error_string, whose codes Python passes on.
    """
    cause = getattr(error, "certificate_error", error)
    code, message = getattr(cause, "verify_code", 0), getattr(cause, "verify_message", "") or type(cause).__name__
    if code in _OUT_OF_DATE:
        todo = "either it or this machine's clock is out of date"
    elif code in _ANOTHER_HOST:
        todo = "it is another host's: check the address, and any proxy between"
    else:
        todo = (
            "if an authority of your own signed it, or a proxy that looks into TLS, name that authority's PEM file as "
            "ca_file under [microsoft365] in samepic.toml"
        )
    return f"{host} shows a certificate that is not trusted ({shortened(message)}); {todo}"
