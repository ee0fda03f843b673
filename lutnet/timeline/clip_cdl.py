"""The CDL that a clip of a timeline carries in its metadata, as EDLs, ALEs and lutnet write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lutnet.errors import InputError, TimelineError
from lutnet.grade import CDL


def clip_cdl(clip: Any) -> CDL | None:
    """The ASC CDL of an ``opentimelineio.schema.Clip``; None where it carries none.

    Raises TimelineError where what it carries is no CDL.
    """
    stated = clip.metadata.get("cdl")
    if not isinstance(stated, Mapping) or "asc_sop" not in stated:
        return None
    sop = stated["asc_sop"]
    try:
        slope, offset, power = (tuple(float(value) for value in sop[name]) for name in _PARTS)
        return CDL(slope, offset, power, float(stated.get("asc_sat", 1.0)))  # type: ignore[arg-type]
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise TimelineError(
            "the clip's CDL cannot be read", where=clip.name, fix=f"Reason: {error}."
        ) from error


_PARTS = ("slope", "offset", "power")
