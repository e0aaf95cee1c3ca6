"""What PnP's uploader does (`Core.ProfilePictureUploader`), by Office365-REST-Python-Client.

For each line of a list the picture is fetched, three thumbnails are made to their width, uploaded one after the other,
two properties set, and, where it is told so, half a second is waited. It looks at nothing that is there.

The original is a .NET program of 2014 that signs in by a password; this is its algorithm in other hands.
"""

from __future__ import annotations

import io
import sys
import time

import requests
from office365.runtime.auth.token_response import TokenResponse
from office365.sharepoint.client_context import ClientContext
from PIL import Image

sys.path.insert(0, "tools")
from peers.sign_in import graph_token, order, sharepoint_token

FOLDER = "/User Photos/Profile Pictures"
SIZES = (("S", 48), ("M", 72), ("L", 300))
ADVISED_SECONDS = 0.5


def main() -> None:
    """Everybody on the list, one after the other."""
    told, waits = order(), "--delay" in sys.argv
    token = sharepoint_token(told.said)["access_token"]
    site = ClientContext(told.url).with_access_token(lambda: TokenResponse(token, "Bearer"))
    web = requests.Session()
    web.trust_env = False
    web.headers["Authorization"] = "Bearer " + graph_token(told.said)["access_token"]
    for person in told.people:
        fetched = web.get(f"{told.url}/v1.0/users/{person['id']}/photo/$value", timeout=60)
        fetched.raise_for_status()
        bring(site, told.url, person["upn"], fetched.content)
        if waits:
            time.sleep(ADVISED_SECONDS)


def bring(site: ClientContext, url: str, upn: str, original: bytes) -> None:
    """Three files, two properties."""
    name = upn.replace("@", "_").replace(".", "_")
    folder = site.web.get_folder_by_server_relative_path(FOLDER)
    for size, width in SIZES:
        folder.files.add(f"{name}_{size}Thumb.jpg", thumbnail(original, width), True).execute_query()
    account = f"i:0#.f|membership|{upn}"
    manager = site.people_manager
    address = f"{url}{FOLDER}/{name}_MThumb.jpg"
    manager.set_single_value_profile_property(account, "PictureURL", address).execute_query()
    manager.set_single_value_profile_property(account, "SPS-PicturePlaceholderState", "0").execute_query()


def thumbnail(original: bytes, width: int) -> bytes:
    """To a width, whatever the height; the camera's turn is not looked at."""
    with Image.open(io.BytesIO(original)) as picture:
        made = picture.convert("RGB").resize((width, width * picture.height // picture.width))
    out = io.BytesIO()
    made.save(out, "JPEG")
    return out.getvalue()


if __name__ == "__main__":
    main()
