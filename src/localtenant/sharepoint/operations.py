"""Every operation of SharePoint's REST service: what kind of target, by which method, needing what."""

from __future__ import annotations

from starlette.responses import Response

from localtenant.sharepoint import files, folders, items, people
from localtenant.sharepoint.access import DIGEST_SECONDS, Needs, new_digest
from localtenant.sharepoint.calls import Call, Operation
from localtenant.sharepoint.names import derived_guid
from localtenant.sharepoint.shapes import Complex, Many

LIBRARY_VERSION = "16.0.25618.12009"


async def contextinfo(call: Call) -> Response:
    """POST contextinfo: the form digest (sp-dev-docs `working-with-requestdigest.md`)."""
    site = call.printer.api.removesuffix("/_api/")
    information = Complex(
        "SP.ContextWebInformation",
        {
            "FormDigestTimeoutSeconds": DIGEST_SECONDS,
            "FormDigestValue": new_digest(call.tenant, call.caller),
            "LibraryVersion": LIBRARY_VERSION,
            "SiteFullUrl": site,
            "SupportedSchemaVersions": Many("Edm.String", ["14.0.0.0", "15.0.0.0"]),
            "WebFullUrl": site,
            "WebId": derived_guid("web", call.tenant.tenant_id),
        },
    )
    return call.printer.value(information, "GetContextWebInformation", "SP.ContextWebInformation")


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("contextinfo", "POST"): Operation("contextinfo", Needs.SIGNED_IN, contextinfo),
    ("web", "GET"): Operation("web", Needs.SIGNED_IN, files.web),
    ("lists", "GET"): Operation("lists", Needs.READ_FILES, files.lists),
    ("list", "GET"): Operation("getbytitle", Needs.READ_FILES, files.the_list),
    ("items", "GET"): Operation("items", Needs.READ_FILES, items.items),
    ("item", "GET"): Operation("items", Needs.READ_FILES, items.item),
    ("item", "DELETE"): Operation("items", Needs.WRITE_FILES, files.delete),
    ("folder", "GET"): Operation("GetFolderByServerRelativeUrl", Needs.READ_FILES, files.folder),
    ("folder", "DELETE"): Operation("GetFolderByServerRelativeUrl", Needs.WRITE_FILES, folders.delete),
    ("folders", "GET"): Operation("Folders", Needs.READ_FILES, files.folders),
    ("folders", "POST"): Operation("Folders", Needs.WRITE_FILES, folders.create),
    ("folders_add", "POST"): Operation("Folders/add", Needs.WRITE_FILES, folders.add),
    ("files", "GET"): Operation("Files", Needs.READ_FILES, files.files),
    ("files_add", "POST"): Operation("Files/add", Needs.WRITE_FILES, files.add),
    ("file", "GET"): Operation("GetFileByServerRelativeUrl", Needs.READ_FILES, files.file),
    ("file", "DELETE"): Operation("GetFileByServerRelativeUrl", Needs.WRITE_FILES, files.delete),
    ("file_delete", "POST"): Operation("GetFileByServerRelativeUrl", Needs.WRITE_FILES, files.delete),
    ("value", "GET"): Operation("$value", Needs.READ_FILES, files.read),
    ("value", "PUT"): Operation("$value", Needs.WRITE_FILES, files.replace),
    **{
        (name, method): Operation(name, Needs.READ_PROFILES, handler)
        for name, handler in (
            ("GetMyProperties", people.get_my_properties),
            ("GetPropertiesFor", people.get_properties_for),
            ("GetUserProfilePropertyFor", people.get_property_for),
            ("GetUserProfileProperties", people.get_all_properties),
        )
        for method in ("GET", "POST")  # Office365-REST-Python-Client posts its reading methods
    },
    ("SetSingleValueProfileProperty", "POST"): Operation(
        "SetSingleValueProfileProperty", Needs.WRITE_PROFILES, people.set_property
    ),
    ("SetMultiValuedProfileProperty", "POST"): Operation(
        "SetMultiValuedProfileProperty", Needs.WRITE_PROFILES, people.set_values
    ),
    ("SetMyProfilePicture", "POST"): Operation("SetMyProfilePicture", Needs.PERSON, people.set_my_picture),
}
