"""Who asks for what, as far as budgets and the judgement look at a request."""

from __future__ import annotations

from dataclasses import dataclass

PEOPLE_MANAGER = frozenset(
    {
        "ProcessQuery",
        "GetMyProperties",
        "GetPropertiesFor",
        "GetUserProfilePropertyFor",
        "GetUserProfileProperties",
        "SetSingleValueProfileProperty",
        "SetMultiValuedProfileProperty",
        "SetMyProfilePicture",
    }
)
PAGES = frozenset({"userphoto.aspx", "PersonPlaceholder"})


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. app: empty for a stranger and for a browser's session; person: None for an app alone.

    family: the sort of calls it belongs to, `graph pictures`, `sharepoint people` and so on. mailbox: whose, empty
    where nobody's. same: what it would be recognised by if it came again, None where its body decides.
    """

    api: str
    operation: str
    method: str
    family: str
    app: str = ""
    person: str | None = None
    mailbox: str = ""
    length: int = 0
    query: str = ""
    batched: bool = False
    same: str | None = None

    @property
    def is_known(self) -> bool:
        """Somebody whom the tenant lets in."""
        return bool(self.app) or self.person is not None


def family_of(api: str, operation: str) -> str:
    """The sort of calls that an operation belongs to."""
    if operation == "$batch":
        return f"{api} batch"
    if api == "graph":
        about_pictures = operation == "photo" or operation.startswith(("photo/", "photos"))
        return "graph pictures" if about_pictures else "graph directory"
    if api == "sharepoint":
        if operation in PEOPLE_MANAGER:
            return "sharepoint people"
        return "sharepoint pages" if operation in PAGES else "sharepoint files"
    return api
