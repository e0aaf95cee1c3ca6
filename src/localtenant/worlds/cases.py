"""Which case each person of a world is, by their number: rounds of fifty, the same in every world.

Of fifty people some 43 have a picture in Exchange, and fewer than half of those have it in SharePoint as well:
the others have never asked for it. Every awkward case is in the first round. At most 8 % of SharePoint's pictures
are other pictures than Exchange's: one changed since the pull in each round, and one local upload in every third.
"""

from __future__ import annotations

from enum import Enum

from localtenant.store.records import Case


class Plain(Enum):
    """What a plain person's picture is like in SharePoint."""

    IN_STEP = "pulled since it last changed"
    PLACEHOLDER = "SharePoint asked when Exchange had none yet; there is one now"
    NO_PICTURE = "none anywhere; SharePoint asked in vain"


Kind = Case | Plain

_KINDS: dict[str, Kind] = {
    "P": Plain.IN_STEP,
    "W": Plain.PLACEHOLDER,
    "A": Plain.NO_PICTURE,
    "N": Case.NEVER_VISITED,
    "m": Case.NO_MAILBOX,
    "g": Case.GUEST,
    "d": Case.DISABLED,
    "o": Case.ON_PREMISES_MAILBOX,
    "t": Case.TOMBSTONED,
    "y": Case.DIRECTORY_ONLY,
    "s": Case.SYNC_OFF,
    "c": Case.CHANGED_SINCE_PULL,
    "r": Case.RECYCLED_UPN,
    "n": Case.RENAMED_UPN,
    "e": Case.NOT_EDITABLE,
    "x": Case.OTHER_GEOGRAPHY,
}


def _round(letters: str) -> tuple[Kind, ...]:
    return tuple(_KINDS[letter] for letter in letters)


_FIRST = _round("PPNPNgPNPmPNPNdPPNtPNPyPNAPoPNWPrPNnPeNxPNPAcPNWPs")
_LATER = _round("PNNPNgPNPmNNPNdPNNtPNPyPNANoPNWPrPNnPeNxNNPAcPNWPP")
_THIRD = (*_LATER[:-1], Case.SYNC_OFF)


def kind(number: int) -> Kind:
    """The kind of the person with this number, from 0."""
    round_, place = divmod(number, len(_FIRST))
    if round_ == 0:
        return _FIRST[place]
    return (_LATER if round_ % 3 else _THIRD)[place]
