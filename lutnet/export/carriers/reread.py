"""CDLs as other programs read them: OpenColorIO for XML, OpenTimelineIO's adapters for lists."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import PyOpenColorIO as ocio

from lutnet.errors import InputError, MissingPartError, OutputError
from lutnet.grade import CDL

EDL = "cmx_3600"
ALE = "ale"


def cdl_by_ocio(path: Path, id: str) -> CDL:
    """The CDL that OpenColorIO finds under ``id``. Raises OutputError where it finds none."""
    ocio.ClearAllCaches()
    try:
        found = ocio.CDLTransform.CreateFromFile(str(path), id)
        return CDL(tuple(found.getSlope()), tuple(found.getOffset()), tuple(found.getPower()), found.getSat())
    except (ocio.Exception, InputError) as error:
        raise OutputError(f"OpenColorIO cannot read the CDL back: {error}", value=id, where=path) from error


def clips_by_otio(path: Path, adapter: str, rate: Fraction) -> list[otio.schema.Clip]:
    """The clips of a list as OpenTimelineIO's ``adapter`` reads them.

    Raises MissingPartError without that adapter, OutputError where it cannot read the file.
    """
    argument = "fps" if adapter == ALE else "rate"
    try:
        read = otio.adapters.read_from_file(str(path), adapter, **{argument: float(rate)})
    except otio.exceptions.NoKnownAdapterForExtensionError as error:
        raise _missing(adapter) from error
    except (otio.exceptions.OTIOError, ValueError) as error:
        if adapter not in otio.adapters.available_adapter_names():
            raise _missing(adapter) from error
        raise OutputError(f"OpenTimelineIO cannot read the list back: {error}", where=path) from error
    return list(read.find_clips() if hasattr(read, "find_clips") else read)


def cdl_of_otio(clip: otio.schema.Clip, path: Path) -> CDL:
    """The CDL in a clip's metadata. Raises OutputError where there is none or half of one."""
    cdl = clip.metadata.get("cdl", {})
    if "asc_sop" not in cdl or "asc_sat" not in cdl:
        raise OutputError("OpenTimelineIO reads an event without its CDL", value=clip.name, where=path)
    sop = cdl["asc_sop"]
    return CDL(tuple(sop["slope"]), tuple(sop["offset"]), tuple(sop["power"]), cdl["asc_sat"])


def _missing(adapter: str) -> MissingPartError:
    return MissingPartError(
        "OpenTimelineIO has no adapter to re-read the list with",
        value=adapter,
        fix="pip install 'lutnet[nle]', or export without --verify.",
    )
