"""The pictures that show one shot on the contact sheet, as the store keeps them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredPictures:
    """before, after: JPEG files, as people see them; empty where there is none.

    recorded: the picture before in the grading space, where that is not what people see, else empty: what another
    grade would be put on.
    """

    before: bytes = b""
    after: bytes = b""
    recorded: bytes = b""


NO_PICTURES = StoredPictures()
