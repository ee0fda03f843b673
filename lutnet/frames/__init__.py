"""Media files to frames: stills and encoded video, at analysis size, as R'G'B' in 0..1."""

from lutnet.frames.read import frames_into, read_frames, read_shot
from lutnet.frames.readers import READERS, Reader, is_readable, probe
from lutnet.frames.record import MediaInfo
from lutnet.frames.shelf import keep_open

__all__ = [
    "READERS",
    "MediaInfo",
    "Reader",
    "frames_into",
    "is_readable",
    "keep_open",
    "probe",
    "read_frames",
    "read_shot",
]
