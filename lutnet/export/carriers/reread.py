"""CDLs as other programs read them: OpenColorIO for XML, OpenTimelineIO's adapters for lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import opentimelineio as otio
import PyOpenColorIO as ocio

from lutnet.errors import InputError, MissingPartError, OutputError
from lutnet.export.carriers.record import Delivery, require_cdl
from lutnet.grade import CDL

EDL = "cmx_3600"
ALE = "ale"


@contextmanager
def silent_ocio() -> Iterator[None]:
    """OpenColorIO without its warnings: it prints one for every MediaRef, among others."""
    level = ocio.GetLoggingLevel()
    ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_NONE)
    try:
        yield
    finally:
        ocio.SetLoggingLevel(level)


def cdl_by_ocio(path: Path, id: str) -> CDL:
    """The CDL that OpenColorIO finds under ``id``. Raises OutputError where it finds none."""
    ocio.ClearAllCaches()
    try:
        with silent_ocio():
            found = ocio.CDLTransform.CreateFromFile(str(path), id)
    except ocio.Exception as error:
        raise OutputError(f"OpenColorIO cannot read the CDL back: {error}", value=id, where=path) from error
    return cdl_of_ocio(found, path)


def require_cdls(paths: Mapping[str, Path], delivery: Delivery) -> float:
    """The largest difference of the CDLs that OpenColorIO finds under the clips' stems, each in its path.

    Raises OutputError where it finds another CDL or none.
    """
    differences = [
        require_cdl(paths[clip.stem], cdl_by_ocio(paths[clip.stem], clip.stem), grade.cdl)
        for clip, grade in delivery.graded
    ]
    return max(differences, default=0.0)


def cdl_of_ocio(found: ocio.CDLTransform, path: Path) -> CDL:
    """OpenColorIO's record as a CDL. Raises OutputError, naming ``path``, for values that no CDL has."""
    try:
        return CDL(tuple(found.getSlope()), tuple(found.getOffset()), tuple(found.getPower()), found.getSat())
    except InputError as error:
        raise OutputError(f"OpenColorIO reads back what is no CDL: {error}", where=path) from error


def parts_by_ocio(path: Path) -> list[ocio.Transform]:
    """The steps that OpenColorIO finds in a file. Raises OutputError where it cannot read it."""
    return list(_processor(path).createGroupTransform())


def table_by_ocio(path: Path, points: int) -> npt.NDArray[np.float32]:
    """The table of ``points`` a side (axes r, g, b) as OpenColorIO applies the file to its own lattice points.

    Raises OutputError where OpenColorIO cannot read it.
    """
    ramp = np.linspace(0.0, 1.0, points, dtype=np.float32)
    table = np.stack(np.meshgrid(ramp, ramp, ramp, indexing="ij"), -1)
    _processor(path).getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(table)
    return table


def _processor(path: Path) -> ocio.Processor:
    ocio.ClearAllCaches()
    try:
        with silent_ocio():
            return ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(str(path)))
    except ocio.Exception as error:
        raise OutputError(f"OpenColorIO cannot read the file back: {error}", where=path) from error


def clips_by_otio(path: Path, adapter: str, rate: Fraction) -> list[otio.schema.Clip]:
    """The clips of a list as OpenTimelineIO's ``adapter`` reads them.

    Raises MissingPartError without that adapter, OutputError where it cannot read the file.
    """
    argument = "fps" if adapter == ALE else "rate"
    try:
        read = otio.adapters.read_from_file(str(path), adapter, **{argument: float(rate)})
    except otio.exceptions.NoKnownAdapterForExtensionError as error:
        raise _missing(adapter) from error
    except Exception as error:  # the adapters raise whatever comes to them
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
