"""SharePoint's errors: an HTTP status, a code of HRESULT and .NET type, and words.

Shape: `{"odata.error": {"code", "message": {"lang", "value"}}}`, under `odata=verbose` `{"error": {...}}` (pnpjs #524,
phpSPO #61). A refused token is `{"error_description": ...}` (sp-dev-docs #5889).
"""

from __future__ import annotations

from starlette.responses import JSONResponse


class SharePointError(Exception):
    """What a request is refused with. `code` is as on the wire: `-2147024891, System.UnauthorizedAccessException`."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words

    @property
    def hresult(self) -> int:
        """The number in front of the code."""
        return int(self.code.partition(",")[0])

    @property
    def type_name(self) -> str:
        """The .NET type in the code."""
        return self.code.partition(",")[2].strip()


def error_answer(error: SharePointError, level: str) -> JSONResponse:
    """The error as the asked metadata level shapes it."""
    inner = {"code": error.code, "message": {"lang": "en-US", "value": error.words}}
    return JSONResponse(
        {"error" if level == "verbose" else "odata.error": inner},
        error.status,
        media_type=f"application/json;odata={level};streaming=true;charset=utf-8",
    )


def access_denied() -> SharePointError:
    """403, the caller is known and may not."""
    words = "Access denied. You do not have permission to perform this action or access this resource."
    return SharePointError(403, "-2147024891, System.UnauthorizedAccessException", words)


def digest_refused(stale: bool) -> SharePointError:
    """403 for a missing, forged or stale form digest (phpSPO #61, pnpjs #2186)."""
    if stale:
        words = (
            "The security validation for this page has timed out. "
            "Click Back in your Web browser, refresh the page, and try your operation again."
        )
        return SharePointError(403, "-2130575252, Microsoft.SharePoint.SPException", words)
    words = (
        "The security validation for this page is invalid and might be corrupted. "
        "Please use your web browser's Back button to try your operation again."
    )
    return SharePointError(403, "-2130575251, Microsoft.SharePoint.SPException", words)


def over_threshold() -> SharePointError:
    """500: the list view threshold of 5,000 (onedrive-api-docs #1510)."""
    words = "The attempted operation is prohibited because it exceeds the list view threshold."
    return SharePointError(500, "-2147024860, Microsoft.SharePoint.SPQueryThrottledException", words)


def no_resource(name: str) -> SharePointError:
    """404 for a path that no resource answers to (office365-rest-python-client #177)."""
    words = f"Cannot find resource for the request {name}."
    return SharePointError(404, "-1, Microsoft.SharePoint.Client.ResourceNotFoundException", words)


def bad_query(words: str) -> SharePointError:
    """400 for an expression or a field that is not valid (sharepointr #6)."""
    return SharePointError(400, "-1, Microsoft.SharePoint.Client.InvalidClientQueryException", words)


def bad_argument(words: str) -> SharePointError:
    """400, the code that SetMyProfilePicture gives for bytes that are no picture (pnpjs #524)."""
    return SharePointError(400, "-2147024809, System.ArgumentException", words)


def no_file(path: str) -> SharePointError:
    """404 for a file that is not there."""
    return SharePointError(404, "-2130575338, Microsoft.SharePoint.SPException", f"The file {path} does not exist.")


def no_folder() -> SharePointError:
    """404 for a folder that is not there."""
    return SharePointError(404, "-2147024894, System.IO.FileNotFoundException", "File Not Found.")


def no_item() -> SharePointError:
    """404 for a list item that is not there."""
    words = "Item does not exist. It may have been deleted by another user."
    return SharePointError(404, "-2130575338, System.ArgumentException", words)


def no_list(title: str, site: str) -> SharePointError:
    """404 for a list title that the site does not have (sp-dev-docs #2159)."""
    return SharePointError(
        404, "-1, System.ArgumentException", f"List '{title}' does not exist at site with URL '{site}'."
    )


def file_exists(path: str) -> SharePointError:
    """400 for an add without overwrite."""
    words = f"A file or folder with the name {path} already exists."
    return SharePointError(400, "-2130575257, Microsoft.SharePoint.SPException", words)


def bad_name(name: str) -> SharePointError:
    """400 for a name with characters that files must not have."""
    words = f"The file or folder name {name} contains characters that are not permitted. Please use a different name."
    return SharePointError(400, "-2130575245, Microsoft.SharePoint.SPException", words)


def etag_differs(asked: str, etag: str) -> SharePointError:
    """412 (sp-dev-fx-controls-react #1509)."""
    words = f"The request ETag value '{asked}' does not match the object's ETag value '{etag}'."
    return SharePointError(412, "-1, Microsoft.SharePoint.Client.ClientServiceException", words)


def property_not_editable() -> SharePointError:
    """A picture property that the organisation closed for editing."""
    words = "Property Not Editable: This property can only be modified by an administrator."
    return SharePointError(500, "-1, Microsoft.Office.Server.UserProfiles.PropertyNotEditableException", words)


def read_only_property(name: str) -> SharePointError:
    """A property that comes from the directory (`UpdateReadOnlyFieldException`, ms517749)."""
    words = f"Update Read Only Field: The property {name} is read-only."
    return SharePointError(500, "-1, Microsoft.Office.Server.UserProfiles.UpdateReadOnlyFieldException", words)


def unknown_property(name: str) -> SharePointError:
    """A property that the profile schema does not have."""
    words = f"Property Not Found: The property {name} is not defined."
    return SharePointError(500, "-1, Microsoft.Office.Server.UserProfiles.PropertyNotDefinedException", words)


def unknown_account() -> SharePointError:
    """A write to somebody who has no profile."""
    words = "User Profile Not Found: Could not load profile data from database."
    return SharePointError(500, "-1, Microsoft.Office.Server.UserProfiles.UserNotFoundException", words)


PLAIN = frozenset({429, 503})
"""Statuses that the front end answers before any API: words and no JSON (`how-to-avoid-getting-throttled…`)."""


_THROTTLED = {429: "Too many requests", 503: "Server Too Busy"}


def for_status(status: int) -> SharePointError:
    """What a status usually comes with; 429 and 503 as in how-to-avoid-getting-throttled-or-blocked."""
    if status == 403:
        return access_denied()
    if status == 404:
        return no_folder()
    words = _THROTTLED.get(status, "The server was unable to process the request due to an internal error.")
    return SharePointError(status, "-1, Microsoft.SharePoint.Client.InternalClientRequestException", words)
