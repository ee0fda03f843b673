"""The pictures of one shot, as the store keeps them: for the contact sheet, and to lay it beside other shots."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredPictures:
    """before, after: JPEG files, as people see them; empty where there is none.

    recorded: the picture before in the grading space, where that is not what people see, else empty: what another
    grade would be put on. compared: what other shots are laid beside (see ``lutnet.continuity.compared``), or empty.
    """

    before: bytes = b""
    after: bytes = b""
    recorded: bytes = b""
    compared: bytes = b""


NO_PICTURES = StoredPictures()
