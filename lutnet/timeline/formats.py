"""The table of timeline formats: adding one is one function and one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import defusedxml.ElementTree
import numpy as np
import opentimelineio as otio
from defusedxml.common import DefusedXmlException

from lutnet.errors import LutnetError, MissingPartError, TimelineError
from lutnet.timeline.bundle import open_folder, unpacked
from lutnet.timeline.edl import read_edl

MAX_JSON_DEPTH = 2000
MAX_BYTES = 1 << 29
"""Half a GiB: several hundred thousand clips."""
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CLOSING = np.frombuffer(b"]}", np.uint8)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a format may need to be told. rate: of lists that do not say theirs; None finds it.

    media_rate: looks for the rate in the media of a list, whose timeline at some rate it is given.
    """

    rate: Fraction | None = None
    media_rate: Callable[[Any], Fraction | None] = lambda timeline: None


Read = Callable[[Path, Asked], Any]


def parse(path: Path, asked: Asked) -> Any:
    """What a file holds, as an OpenTimelineIO object.

    Raises TimelineError where it is missing, damaged, from a newer OpenTimelineIO or of an unknown kind;
    MissingPartError where its format needs a plugin that is not installed.
    """
    if not path.exists():
        raise TimelineError("timeline not found", value=path, fix="Check the path")
    read = FORMATS.get(path.suffix.lower())
    if read is None and path.is_dir():
        raise TimelineError(
            "a folder is no timeline",
            value=path,
            allowed=f"a film, or {', '.join(FORMATS)}",
            fix="Name the file; what lutnet grade wrote is read by lutnet review and lutnet export",
        )
    if read is None:
        raise TimelineError(
            "not a kind of timeline",
            value=path.suffix or path.name,
            allowed=f"a film, or {', '.join(FORMATS)}",
            where=path,
            fix="lutnet match grades one still",
        )
    if path.is_file() and path.suffix.lower() != ".otioz" and path.stat().st_size > MAX_BYTES:
        raise TimelineError(
            "the timeline is too large", value=path.stat().st_size, allowed=f"{MAX_BYTES} bytes", where=path
        )
    try:
        return read(path, asked)
    except LutnetError:
        raise
    except otio.exceptions.UnsupportedSchemaError as error:
        raise TimelineError(
            f"the timeline was written by a newer OpenTimelineIO ({error})",
            where=path,
            fix=f"Export for an older one, or install a newer opentimelineio than {otio.__version__}",
        ) from error
    except UnicodeDecodeError as error:
        raise TimelineError("not a timeline that can be read: no text", where=path) from error
    except Exception as error:  # adapters raise whatever comes to them
        raise TimelineError(f"not a timeline that can be read ({_one_line(error)})", where=path) from error


def otio_object(content: bytes, where: object) -> Any:
    """The object of an ``.otio`` file. Raises TimelineError where it is nested without end."""
    _refuse_deep_json(content, where)
    return otio.adapters.read_from_string(content.decode("utf-8-sig"), "otio_json")


def _otio(path: Path, asked: Asked) -> Any:
    return otio_object(path.read_bytes(), path)


def _bundle(path: Path, asked: Asked) -> Any:
    content, folder = (open_folder if path.is_dir() else unpacked)(path)
    made = otio_object(content, path)
    _rebase(made, folder.relative_to(path.parent).as_posix(), path)
    return made


def _edl(path: Path, asked: Asked) -> Any:
    text = path.read_bytes().decode("utf-8-sig", errors="replace")

    def media_rate() -> Fraction | None:
        # Which files an event names does not hang on the rate: any that every timecode fits will do.
        return asked.media_rate(read_edl(text, Fraction(60), lambda: None, path))

    return read_edl(text, asked.rate, media_rate, path)


def _xml(adapter: str) -> Read:
    def read(path: Path, asked: Asked) -> Any:
        try:
            # The adapters' own parsers expand entities without a limit, so that such files must not reach them.
            defusedxml.ElementTree.fromstring(path.read_bytes())
        except DefusedXmlException as error:
            raise TimelineError(
                f"the XML is not safe to read ({type(error).__name__})", where=path
            ) from error
        return _adapter(adapter)(path, asked)

    return read


def _adapter(name: str, **arguments: Any) -> Read:
    def read(path: Path, asked: Asked) -> Any:
        if name not in otio.adapters.available_adapter_names():
            raise MissingPartError(
                "no reader for this kind of timeline",
                value=path.suffix,
                where=path,
                fix="Install the others with: pip install 'lutnet[nle]', or export .otio",
            )
        return otio.adapters.read_from_file(str(path), name, **arguments)

    return read


FORMATS: dict[str, Read] = {
    ".otio": _otio,
    ".json": _otio,
    ".otioz": _bundle,
    ".otiod": _bundle,
    ".edl": _edl,
    ".xml": _xml("fcp_xml"),
    ".fcpxml": _xml("fcpx_xml"),
    ".aaf": _adapter("AAF"),
    ".ale": _adapter("ale"),
}


def _rebase(made: Any, folder: str, where: Path) -> None:
    """Make the bundle's media relative to the bundle's own folder. Raises TimelineError where it leads outside."""
    for clip in made.find_clips():
        references = clip.media_references()
        for reference in references.values():
            for name in ("target_url", "target_url_base"):
                url = getattr(reference, name, None)
                if not url:
                    continue
                if ".." in Path(url.replace("\\", "/")).parts:
                    raise TimelineError("a path leads out of the bundle", value=url, where=where)
                if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]", url) is None:
                    setattr(reference, name, f"{folder}/{url}")
        clip.set_media_references(references, clip.active_media_reference_key)


def _refuse_deep_json(content: bytes, where: object) -> None:
    """OpenTimelineIO's parser recurses without a limit, and takes the whole process down with it."""
    brackets = _STRING.sub(b"", content).translate(None, _NO_BRACKETS)
    closing = np.isin(np.frombuffer(brackets, np.uint8), _CLOSING)
    if (1 - 2 * closing.astype(np.int8)).cumsum(dtype=np.int32).max(initial=0) > MAX_JSON_DEPTH:
        raise TimelineError(
            "the timeline's nests are too deep", allowed=f"{MAX_JSON_DEPTH} levels", where=where
        )


def _one_line(error: Exception) -> str:
    told = " ".join(str(error).split()).rpartition("on input string: ")[
        2
    ]  # behind what OpenTimelineIO puts before it
    return told or type(error).__name__
