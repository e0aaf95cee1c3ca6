"""Who is who: one person of the census among the rows of another system's listing.

The strongest key that both sides tell decides, and it decides alone: where it agrees the row is theirs, where it
disagrees no weaker key is asked. A recycled address therefore never joins the leaver's row to the newcomer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from samepic.model.person import KeyKind, Keys
from samepic.model.sayings import Saying, saying

_STRENGTH = {kind: rank for rank, kind in enumerate(KeyKind)}


@dataclass(frozen=True, slots=True)
class Match:
    """Which row is the person's. `index` into the candidates; None with `words` for the reader where none is."""

    index: int | None = None
    by: KeyKind | None = None
    words: str = ""


def file_name_stem(upn: str) -> str:
    """The stem that a picture library makes of a UPN: `@` and `.` become `_`.

    Source: facts §2.2 (PnP Core.ProfilePictureUploader, Program.cs; files seen from 2018 to 2020).
    """
    return upn.replace("@", "_").replace(".", "_")


def match_one(person: Keys, candidates: Sequence[Keys], rivals: Sequence[Keys] = ()) -> Match:
    """Find the one row that is this person's.

    candidates: rows that share any key with the person; rows that do not are harmless.
    rivals: other people of the census, never the person, who share a key with a candidate. A row that a rival
    claims by a stronger key is theirs; by the same key it is nobody's. The answer does not depend on any order.
    """
    disagreeing: list[KeyKind] = []
    claims: list[tuple[int, int]] = []
    for index, row in enumerate(candidates):
        decided = _decides(person, row)
        if decided is None:
            continue
        kind, agrees = decided
        if agrees:
            claims.append((_STRENGTH[kind], index))
        elif _shares_any(person, row):
            disagreeing.append(kind)
    if not claims:
        return Match(words=_disagreement(disagreeing))
    strength = min(claims)[0]
    best = [index for rank, index in claims if rank == strength]
    kind = list(KeyKind)[strength]
    if len(best) > 1:
        return Match(words=saying("rows_many", rows=str(len(best)), key=named(kind)))
    return _unrivalled(Match(best[0], kind), candidates[best[0]], strength, rivals)


def _unrivalled(match: Match, row: Keys, strength: int, rivals: Sequence[Keys]) -> Match:
    claims = [_decides(rival, row) for rival in rivals]
    ranks = [_STRENGTH[kind] for kind, agrees in filter(None, claims) if agrees]
    if any(rank < strength for rank in ranks):
        return Match(words=saying("row_stronger"))
    if any(rank == strength for rank in ranks):
        return Match(words=saying("key_shared", key=named(list(KeyKind)[strength])))
    return match


def _decides(person: Keys, row: Keys) -> tuple[KeyKind, bool] | None:
    """The strongest key that both tell, and whether it agrees; None where they have no kind of key in common."""
    theirs = dict(_told(row))
    for kind, value in _told(person):
        if kind in theirs:
            return kind, theirs[kind] == value
    return None


def _told(keys: Keys) -> Iterator[tuple[KeyKind, str]]:
    """Every key that is told or follows from one that is, strongest first."""
    yield from keys
    if not keys.file_name and keys.upn:
        yield KeyKind.FILE_NAME, file_name_stem(keys.upn).casefold()


def _shares_any(person: Keys, row: Keys) -> bool:
    return bool(set(_told(person)) & set(_told(row)))


def _disagreement(kinds: Sequence[KeyKind]) -> Saying:
    if not kinds:
        return saying("no_row")
    strongest = min(kinds, key=lambda kind: _STRENGTH[kind])
    return saying("row_elses", key=named(strongest))


def named(kind: KeyKind) -> Saying:
    """A key in words."""
    return saying(kind.value)
