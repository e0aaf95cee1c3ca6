"""Pictures by Graph: described, read, replaced, deleted.

Pages: api-reference/v1.0/api/profilephoto-get, profilephoto-update, profilephoto-delete, group-list-photos;
resources/profilephoto. `If-None-Match` is not heeded (microsoft-graph-docs issue 5012).
"""

from __future__ import annotations

from starlette.responses import Response

from localtenant.exchange.sizes import drawn, edge_of, measured, sized, sizes_of
from localtenant.exchange.subjects import FindSubject, Subject
from localtenant.exchange.upload import check, read_upload
from localtenant.graph.door import Call, GraphHandler, json
from localtenant.graph.errors import GraphError
from localtenant.store.records import PictureRef, StoredPicture

ONE_PIXEL = {"@odata.mediaContentType": "image/gif", "@odata.mediaEtag": "", "id": "1x1", "width": 1, "height": 1}
"""How a missing picture is described by the documents (facts §3.2)."""


def describe(find: FindSubject) -> GraphHandler:
    """`GET …/photo`: the largest there is, which is what was uploaded."""

    async def handler(call: Call) -> Response:
        subject = find(call)
        if subject.picture is None:
            return _described_missing(call, subject, "photo")
        found = await measured(call.tenant, subject.picture.ref)
        width, height = (found.width_px, found.height_px) if found else (0, 0)
        kind = found.media_type if found else "application/octet-stream"
        context = {"@odata.context": call.context(f"{subject.place}/photo/$entity")}
        return json(context | _description(call, subject, subject.picture, width, height, kind, "photo"))

    return handler


def describe_all(find: FindSubject) -> GraphHandler:
    """`GET …/photos`: one entry for each of the nine sizes that is there."""

    async def handler(call: Call) -> Response:
        subject = find(call)
        picture, entries = subject.picture, []
        if picture is not None:
            for edge in sizes_of(await measured(call.tenant, picture.ref)):
                place = f"photos('{edge}x{edge}')"
                entry = _description(call, subject, picture, edge, edge, "image/jpeg", place)
                entries.append(entry | {"id": f"{edge}x{edge}"})
        return json({"@odata.context": call.context(f"{subject.place}/photos"), "value": entries})

    return handler


def describe_one(find: FindSubject) -> GraphHandler:
    """`GET …/photos/{size}`."""

    async def handler(call: Call) -> Response:
        subject = find(call)
        edge = await _available(call, subject)
        place = f"photos('{call.named('size')}')"
        if edge is None or subject.picture is None:
            return _described_missing(call, subject, place)
        context = {"@odata.context": call.context(f"{subject.place}/photos/$entity")}
        entry = _description(call, subject, subject.picture, edge, edge, "image/jpeg", place)
        return json(context | entry | {"id": f"{edge}x{edge}"})

    return handler


def read(find: FindSubject) -> GraphHandler:
    """`GET …/photo/$value`: the bytes as they were uploaded."""

    async def handler(call: Call) -> Response:
        subject = find(call)
        if subject.picture is None:
            raise subject.missing
        found = await measured(call.tenant, subject.picture.ref)
        kind = found.media_type if found else "application/octet-stream"
        return await _bytes(call, subject, subject.picture, subject.picture.ref, kind)

    return handler


def read_one(find: FindSubject) -> GraphHandler:
    """`GET …/photos/{size}/$value`; a size that is not there is a missing picture."""

    async def handler(call: Call) -> Response:
        subject = find(call)
        edge = await _available(call, subject)
        if edge is None or subject.picture is None:
            raise subject.missing
        return await _bytes(call, subject, subject.picture, sized(subject.picture, edge), "image/jpeg")

    return handler


def replace(find: FindSubject) -> GraphHandler:
    """`PUT` or `PATCH …/photo/$value` with the bytes as they are, whatever content type they are said to be."""

    async def handler(call: Call) -> Response:
        subject = find(call)
        data = await read_upload(call.tenant, call.request)
        check(call.tenant, data)
        subject.put(data)
        return Response(status_code=int(call.tenant.behaviours["put_status"]))

    return handler


def delete(find: FindSubject) -> GraphHandler:
    """`DELETE …/photo/$value`, also without `$value`; documented for people and groups."""

    async def handler(call: Call) -> Response:
        subject = find(call)
        if subject.picture is None:
            raise subject.missing
        subject.delete()
        return Response(status_code=204)

    return handler


async def _available(call: Call, subject: Subject) -> int | None:
    """The edge that the path's size names, where the picture is there in it."""
    edge = edge_of(call.named("size"))
    if edge is None or subject.picture is None:
        return None
    return edge if edge in sizes_of(await measured(call.tenant, subject.picture.ref)) else None


async def _bytes(call: Call, subject: Subject, picture: StoredPicture, ref: PictureRef, kind: str) -> Response:
    data = await drawn(call.tenant, ref)
    if data is None:
        raise subject.missing
    return Response(data, headers={"Content-Type": kind, "ETag": f'"{picture.etag}"', "Cache-Control": "private"})


def _description(
    call: Call, subject: Subject, picture: StoredPicture, width: int, height: int, kind: str, place: str
) -> dict[str, object]:
    by_size = call.tenant.behaviours["metadata_id"] != "default"
    named: dict[str, object] = {"@odata.id": call.url(f"/{subject.name}/{place}")} if by_size else {}
    return {
        **named,
        "@odata.mediaContentType": kind,
        "@odata.mediaEtag": f'"{picture.etag}"',
        "id": f"{width}x{height}" if by_size else "default",
        "width": width,
        "height": height,
    }


def _described_missing(call: Call, subject: Subject, place: str) -> Response:
    """404, or what the documents print for no picture; a mailbox that is not here is an error in either case."""
    if call.tenant.behaviours["missing_picture"] == "not_found" or not _is_plain(call, subject.missing):
        raise subject.missing
    top = {
        "@odata.context": call.context(f"{subject.place}/{place}/$entity"),
        "@odata.id": call.url(f"/{subject.name}/{place}"),
    }
    return json(top | ONE_PIXEL)


def _is_plain(call: Call, error: GraphError) -> bool:
    return error.code == call.tenant.behaviours["missing_code"]
