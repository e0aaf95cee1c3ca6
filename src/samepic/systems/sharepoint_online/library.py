"""The picture library: listed by item id, its files stored, read and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from samepic.model.budget import Lane
from samepic.model.picture import Picture, format_of
from samepic.model.sayings import saying
from samepic.model.system import Cursor, Listed, Page
from samepic.ports.budgets import lane
from samepic.ports.errors import Busy, OutOfContract, PictureMoved, PictureRefused, SystemFault
from samepic.systems.sharepoint_online import wire
from samepic.systems.sharepoint_online.places import SIZES, Files, stamp_of, thumbnail
from samepic.systems.sharepoint_online.settings import MAY_WRITE_FILES, SharePointOnlineSettings
from samepic.transport.answer import Answer
from samepic.transport.api import Api
from samepic.transport.client import TooLarge
from samepic.transport.together import Together

ETags = Mapping[str, str]
"""The ETags of a person's files by size; a file that is not there is not in it."""


class Lying(dict[str, str]):
    """ETags as they were asked for; `lengths` tells how many bytes each file has."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: dict[str, int] = {}


_BATCH = "$batch of file"
_BATCH_UNKNOWN = (404, 405, 501)


class FileThere(PictureMoved):
    """A file that was to be new is there already."""


class Library:
    """Files and folders below one server-relative address."""

    def __init__(self, api: Api, settings: SharePointOnlineSettings) -> None:
        self._api = api
        self._settings = settings
        self._etags: Together[Files, ETags] = Together(self._ask_etags, most=wire.MOST_IN_BATCH // len(SIZES))
        self._batches = True
        self._folder: str | None = None
        self._finding = asyncio.Lock()
        self._at_hand: dict[Files, ETags] = {}

    @property
    def _system(self) -> str:
        return self._api.meter.system

    async def count(self) -> int:
        """How many items the library says it holds. Raises OutOfContract where there is no library."""
        answer = await self._api.send("GET", wire.library(self._settings.library), doing="GetList", parse_json=True)
        if answer.status == 404:
            raise self._api.out_of_contract("GetList", saying("no_library", library=self._settings.library))
        if not answer.ok:
            raise self._api.fault(answer, "GetList")
        count = answer.told.get("ItemCount")
        if not isinstance(count, int):
            raise self._api.out_of_contract("GetList", saying("other_shape"))
        return count

    async def may_write(self) -> bool | None:
        """Whether the app was granted to write files, nothing being tried; None where its token does not tell."""
        roles = await self._api.granted()
        return None if roles is None else bool(roles & MAY_WRITE_FILES)

    async def folder(self) -> str:
        """The folder that new pictures go to: the one that holds most, whatever its language."""
        async with self._finding:
            if self._folder is None:
                found = await self._api.get_json(wire.folders(self._settings.library), doing="Folders")
                try:
                    rows = [row for row in found["value"] if row["Name"].casefold() != "forms"]
                    fullest = max(rows, key=lambda row: int(row.get("ItemCount") or 0), default=None)
                    own = f"{self._settings.library}/{self._settings.folder}"
                    folder = own if fullest is None else str(fullest["ServerRelativeUrl"])
                except (KeyError, TypeError, AttributeError, ValueError):
                    raise self._api.out_of_contract("Folders", saying("other_shape")) from None
                if not self.has(Files(folder, "")) or thumbnail(Files(folder, "own").path("M")) is None:
                    raise self._api.out_of_contract("Folders", saying("folder_elsewhere"))
                self._folder = folder
            return self._folder

    def has(self, files: Files) -> bool:
        """Whether these files lie in this library, as far as their address tells."""
        return files.folder.casefold().startswith(self._settings.library.casefold() + "/")

    async def pages(self, since: Cursor | None) -> AsyncIterator[Page]:
        """Everybody's pictures, three files to a row; closes where as many items came as the library counts.

        While a page is at hand, a sweep that looks at its people is told the ETags that the page told.
        """
        after, rows = self._position(since)
        waiting: dict[Files, dict[str, str]] = {}
        whole = False
        while not whole:
            items, more = await self._items(after)
            rows += len(items)
            numbers = {item_id for item_id, _, _ in items}
            if len(numbers) != len(items) or min(numbers, default=after + 1) <= after:
                raise self._api.out_of_contract("items", saying("leads_back"))
            after = max(numbers, default=after)
            ready: dict[Files, ETags] = {}
            for _, path, etag in items:
                found = thumbnail(path)
                if found is None or not self.has(found[0]):
                    continue
                files, size = found
                etags = waiting.setdefault(files, {})
                etags[size] = etag
                if len(etags) == len(SIZES):
                    ready[files] = waiting.pop(files)
            whole = not items or not (more or len(items) >= self._settings.page_size)
            if whole:
                ready |= waiting
            closes = whole and rows >= await self.count()
            # A half of somebody's files may lie behind a remembered position, so that only a listing's start is one.
            self._at_hand |= ready
            try:
                listed = tuple(_listed(files, etags) for files, etags in ready.items())
                yield Page(listed, None, closes_full_listing=closes)
            finally:
                for files in ready:
                    self._at_hand.pop(files, None)

    async def etags(self, files: Files) -> ETags:
        """The ETags of a person's files; askings of one moment share a request."""
        return await self._etags.answer(files)

    async def etags_of(self, many: Sequence[Files]) -> dict[Files, ETags | SystemFault]:
        """The same for many people at once, each with their own failure; one that all share is raised."""
        known = self._at_hand if lane() is Lane.SWEEP else {}
        found: dict[Files, ETags | SystemFault] = {files: known[files] for files in many if files in known}
        wanted = [files for files in dict.fromkeys(many) if files not in found]
        told = await asyncio.gather(*(self._etags.answer(files) for files in wanted), return_exceptions=True)
        for files, etags in zip(wanted, told, strict=True):
            if isinstance(etags, BaseException) and not isinstance(etags, SystemFault):
                raise etags
            found[files] = etags
        faults = [fault for fault in found.values() if isinstance(fault, SystemFault)]
        if faults and len(faults) == len(found):
            raise faults[0]
        return found

    async def read(self, path: str) -> bytes | None:
        """A file's bytes; None where it is not there. Raises PictureRefused above the limit."""
        try:
            answer = await self._api.send(
                "GET", wire.file_bytes(path), doing="file/$value", max_bytes=self._settings.max_bytes
            )
        except TooLarge as error:
            raise PictureRefused(self._system, "file/$value", error.saw) from None
        if answer.status == 404:
            return None
        if not answer.ok:
            raise self._api.fault(answer, "file/$value")
        return answer.body

    async def read_picture(self, path: str) -> Picture | None:
        """The same, checked to be a picture."""
        data = await self.read(path)
        if data is None:
            return None
        found = format_of(data)
        if found is None:
            raise PictureRefused(self._system, "file/$value", saying("no_picture_came"))
        return Picture(data, found)

    async def add(self, files: Files, size: str, data: bytes, *, overwrite: bool = True) -> str | None:
        """Store one thumbnail; its new ETag, None where the answer does not tell. Makes a missing folder.

        Raises FileThere where there is one already and it is not to be overwritten.
        """
        path = wire.add_file(files.folder, files.path(size).rpartition("/")[2], overwrite=overwrite)
        answer = await self._add(path, data)
        if answer.status == 404:
            await self._add_folder(files.folder)
            answer = await self._add(path, data)
        if not overwrite and answer.status == 400 and wire.says_file_there(answer):
            raise FileThere(self._system, "Files/add", answer.words)
        if answer.status in (400, 413):
            raise PictureRefused(self._system, "Files/add", answer.words)
        if not answer.ok:
            raise self._api.fault(answer, "Files/add")
        try:
            told = answer.json().get("ETag")
        except (ValueError, AttributeError):
            told = None
        return told if isinstance(told, str) and told else answer.headers.get("etag")

    async def holds(self, files: Files, size: str, data: bytes, there: ETags) -> bool:
        """Whether these very bytes lie there already; the file is read only where its length says that they may."""
        return (
            isinstance(there, Lying)
            and there.lengths.get(size) == len(data)
            and await self.read(files.path(size)) == data
        )

    async def remove(self, files: Files, size: str) -> None:
        """Take a thumbnail away; one that is not there is no fault."""
        answer = await self._api.send(
            "POST",
            wire.file(files.path(size)),
            doing="file/delete",
            headers={"X-HTTP-Method": "DELETE", "If-Match": "*"},
            repeat=True,
        )
        if not answer.ok and answer.status != 404:
            raise self._api.fault(answer, "file/delete")

    async def aclose(self) -> None:
        """Give up what is under way."""
        await self._etags.aclose()

    async def _add(self, path: str, data: bytes) -> Answer:
        headers = {"Content-Type": "application/octet-stream"}
        return await self._api.send("POST", path, doing="Files/add", headers=headers, body=data, repeat=False)

    async def _add_folder(self, folder: str) -> None:
        body = {"ServerRelativeUrl": folder}
        answer = await self._api.send("POST", wire.add_folder(), doing="folders", body=body, repeat=True)
        if not answer.ok:
            raise self._api.fault(answer, "folders")

    async def _items(self, after: int) -> tuple[list[tuple[int, str, str]], bool]:
        """A page of item id, path and ETag, and whether more is promised; a folder's item has an empty path."""
        path = wire.items_after(self._settings.library, after, self._settings.page_size)
        page = await self._api.get_json(path, doing="items")
        try:
            return [_item(row) for row in page["value"]], bool(page.get("odata.nextLink"))
        except (KeyError, TypeError, AttributeError):
            raise self._api.out_of_contract("items", saying("other_shape")) from None

    def _position(self, since: Cursor | None) -> tuple[int, int]:
        if since is not None:
            raise OutOfContract(self._system, "items", saying("cursor_of_others"))
        return 0, 0

    async def _ask_etags(self, many: Sequence[Files]) -> Mapping[Files, ETags | Exception]:
        """Three files of each person: in one batch where there is `$batch`, else one by one."""
        asked = [(files, size, wire.file_etag(files.path(size))) for files in many for size in SIZES]
        answers = await self._batch([path for _, _, path in asked])
        found: dict[Files, Lying | Exception] = {files: Lying() for files in many}
        for (files, size, _), answer in zip(asked, answers, strict=True):
            etags = found[files]
            if isinstance(etags, Exception) or answer.status == 404:
                continue
            try:
                if not answer.ok:
                    raise self._api.fault(answer, "file")
                told = answer.json()
                etags[size] = str(told["ETag"])
                etags.lengths[size] = int(told.get("Length") or 0)
            except SystemFault as error:
                found[files] = error
            except (ValueError, KeyError, TypeError, AttributeError):
                found[files] = self._api.out_of_contract("file", saying("other_shape"))
        return found

    async def _batch(self, paths: Sequence[str]) -> list[Answer]:
        if self._batches:
            headers, body = wire.batch_of(self._api.origin, paths)
            answer = await self._api.send(
                "POST", wire.BATCH, doing=_BATCH, headers=headers, body=body, repeat=True, parts=len(paths)
            )
            if answer.ok:
                try:
                    answers = wire.batch_answers(answer)
                except (ValueError, IndexError):
                    raise self._api.out_of_contract(_BATCH, saying("other_shape")) from None
                if len(answers) != len(paths):
                    words = saying("batch_uneven", asked=str(len(paths)), came=str(len(answers)))
                    raise self._api.out_of_contract(_BATCH, words)
                return [await self._once_more(path, found) for path, found in zip(paths, answers, strict=True)]
            if answer.status not in _BATCH_UNKNOWN:
                raise self._api.fault(answer, _BATCH)
            self._batches = False
        return list(await asyncio.gather(*(self._api.send("GET", path, doing="file") for path in paths)))

    async def _once_more(self, path: str, found: Answer) -> Answer:
        """What was busy within a batch is asked for alone, with all patience; what stays busy is its own fault."""
        if found.status != 429 and found.status < 500:
            return found
        await self._api.heard("file", found)
        try:
            return await self._api.send("GET", path, doing="file")
        except Busy:
            return found


def _listed(files: Files, etags: ETags) -> Listed:
    return Listed(files.keys, None, stamp_of(etags), files.place)


def _item(row: dict[str, Any]) -> tuple[int, str, str]:
    item_id = row.get("Id", row.get("ID"))
    if not isinstance(item_id, int):
        raise TypeError("an item without a number")
    file = row.get("File")
    if not isinstance(file, dict) or "ETag" not in file:
        return item_id, "", ""
    return item_id, str(file["ServerRelativeUrl"]), str(file["ETag"])
