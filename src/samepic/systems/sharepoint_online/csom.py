"""The client object model's one request for many calls: `POST /_vti_bin/client.svc/ProcessQuery`.

Sources: [MS-CSOM] (request and response), [MS-UPSCSOM]/PeopleManager's type id in public clients. Several methods in
one request are carried out in order, up to the first that fails; HTTP says 200 then, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from samepic.transport.answer import shortened

PATH = "/_vti_bin/client.svc/ProcessQuery"
HEADERS = {"Content-Type": "text/xml"}
CLAIM = "i:0#.f|membership|"

_PEOPLE_MANAGER = '<Constructor Id="1" TypeId="{cf560d69-0fdb-4489-a216-b6b47adf8ef8}" />'
_READ = ("AccountName", "DisplayName", "Email", "PersonalSiteHostUrl", "UserProfileProperties")
_MANAGER_SEEN = '<ObjectPath Id="2" ObjectPathId="1" />'
_FIRST_ID = 10
_FIRST_SET = 100


@dataclass(frozen=True, slots=True)
class Failure:
    """What stopped a request. `type_name` is the .NET exception's."""

    message: str
    code: int
    type_name: str

    @property
    def denied(self) -> bool:
        """The caller may not."""
        return self.code == -2147024891 or "UnauthorizedAccess" in self.type_name

    @property
    def not_editable(self) -> bool:
        """The organisation closed the property for editing."""
        return "NotEditable" in self.type_name or "not editable" in self.message.casefold()

    @property
    def nobody(self) -> bool:
        """The account has no profile."""
        return "UserNotFound" in self.type_name or "user profile not found" in self.message.casefold()

    @property
    def words(self) -> str:
        """For a reader."""
        return shortened(f"{self.type_name or self.code} {self.message}")


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class OtherShape(ValueError):
    """The answer is none that the protocol describes."""


def account(upn: str) -> str:
    """The claims name that profiles go by."""
    return CLAIM + upn


def is_sayable(upn: str) -> bool:
    """Whether XML has a way to write it: one name that it has not spoils the request of everybody in it."""
    return _NOT_XML.search(upn) is None


def is_of(profile: Mapping[str, Any], upn: str) -> bool:
    """Whether a profile is the one that was asked for."""
    return str(profile.get("AccountName")).rpartition("|")[2].casefold() == upn.casefold()


def read_profiles(upns: Sequence[str]) -> bytes:
    """Ask for many people's profiles; see `profiles_read`."""
    reads = [_read(number, upn) for number, upn in enumerate(upns)]
    actions, paths = "".join(action for action, _ in reads), "".join(path for _, path in reads)
    return _request(_MANAGER_SEEN + actions, _PEOPLE_MANAGER + paths)


def profiles_read(answer: Any, upns: Sequence[str]) -> list[dict[str, Any] | None]:
    """The profiles in the order asked, None for people without one. Raises OtherShape."""
    results = _results(answer)
    found: list[dict[str, Any] | None] = []
    for number in range(len(upns)):
        _, seen, query = _ids(number)
        told = results.get(query)
        if (results.get(seen) or {}).get("IsNull") or told is None or told.get("AccountName") is None:
            found.append(None)
        elif isinstance(told.get("UserProfileProperties"), dict):
            found.append(told)
        else:
            raise OtherShape("a profile without UserProfileProperties")
    return found


def set_properties(upn: str, properties: Sequence[tuple[str, str]]) -> bytes:
    """Set one person's properties, in this order; before that, tell how they were (`profiles_read` of the one)."""
    action, path = _read(0, upn)
    sets = "".join(
        f'<Method Name="SetSingleValueProfileProperty" Id="{_FIRST_SET + number}" ObjectPathId="1"><Parameters>'
        + "".join(f'<Parameter Type="String">{_escaped(text)}</Parameter>' for text in (account(upn), name, value))
        + "</Parameters></Method>"
        for number, (name, value) in enumerate(properties)
    )
    return _request(_MANAGER_SEEN + action + sets, _PEOPLE_MANAGER + path)


def failure(answer: Any) -> Failure | None:
    """What went wrong, None where nothing did. Raises OtherShape."""
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        raise OtherShape("no array with a header")
    told = answer[0].get("ErrorInfo")
    if told is None:
        return None
    return Failure(
        str(told.get("ErrorMessage") or ""), int(told.get("ErrorCode") or 0), str(told.get("ErrorTypeName") or "")
    )


def _read(number: int, upn: str) -> tuple[str, str]:
    """The actions and the object path that read one profile."""
    path, seen, query = _ids(number)
    wanted = "".join(f'<Property Name="{name}" ScalarProperty="true" />' for name in _READ)
    return (
        f'<ObjectPath Id="{seen}" ObjectPathId="{path}" /><Query Id="{query}" ObjectPathId="{path}">'
        f'<Query SelectAllProperties="false"><Properties>{wanted}</Properties></Query></Query>',
        f'<Method Id="{path}" ParentId="1" Name="GetPropertiesFor"><Parameters>'
        f'<Parameter Type="String">{_escaped(account(upn))}</Parameter></Parameters></Method>',
    )


def _escaped(text: str) -> str:
    """XML's readers make a line end of a carriage return that is not written as a reference."""
    return escape(text, {"\r": "&#13;"})


def _ids(number: int) -> tuple[int, int, int]:
    first = _FIRST_ID + 3 * number
    return first, first + 1, first + 2


def _request(actions: str, paths: str) -> bytes:
    attributes = " ".join(
        f"{name}={quoteattr(value)}"
        for name, value in (
            ("AddExpandoFieldTypeSuffix", "true"),
            ("SchemaVersion", "15.0.0.0"),
            ("LibraryVersion", "16.0.0.0"),
            ("ApplicationName", "Samepic"),
            ("xmlns", "http://schemas.microsoft.com/sharepoint/clientquery/2009"),
        )
    )
    xml = f"<Request {attributes}><Actions>{actions}</Actions><ObjectPaths>{paths}</ObjectPaths></Request>"
    return xml.encode()


def _results(answer: Any) -> dict[int, Any]:
    """The answers by the id of their action: after the header they come as id, value, id, value."""
    rest = answer[1:]
    if len(rest) % 2:
        raise OtherShape("an action without its answer")
    try:
        found = {int(rest[i]): rest[i + 1] for i in range(0, len(rest), 2)}
    except (TypeError, ValueError):
        raise OtherShape("an action's id that is no number") from None
    if 2 * len(found) != len(rest):
        raise OtherShape("two answers to one action")
    return found
