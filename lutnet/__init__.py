"""lutnet grades by parameters: frames in, an ASC CDL and a residual 3D LUT out, never a rendered pixel.

The public names, in the order of the data flow. They load on first use, so that ``import lutnet`` and
``lutnet --help`` do not wait for torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lutnet.errors import LutnetError as LutnetError
    from lutnet.frames import read_frames as read_frames
    from lutnet.grade import CDL as CDL
    from lutnet.grade import LUT3D as LUT3D
    from lutnet.grade import Correction as Correction
    from lutnet.grade import Diagnosis as Diagnosis
    from lutnet.grade import Fault as Fault
    from lutnet.grade import Grade as Grade
    from lutnet.pipeline import GradedTimeline as GradedTimeline
    from lutnet.pipeline import diagnose as diagnose
    from lutnet.pipeline import diagnose_scene as diagnose_scene
    from lutnet.pipeline import grade_timeline as grade_timeline
    from lutnet.pipeline import match as match
    from lutnet.settings import GradeSettings as GradeSettings
    from lutnet.shot import FrameRange as FrameRange
    from lutnet.shot import Frames as Frames
    from lutnet.shot import Shot as Shot
    from lutnet.timeline import read_timeline as read_timeline

_HOMES = {
    "read_timeline": "lutnet.timeline",
    "read_frames": "lutnet.frames",
    "diagnose": "lutnet.pipeline",
    "diagnose_scene": "lutnet.pipeline",
    "match": "lutnet.pipeline",
    "grade_timeline": "lutnet.pipeline",
    "GradeSettings": "lutnet.settings",
    "GradedTimeline": "lutnet.pipeline",
    "Shot": "lutnet.shot",
    "FrameRange": "lutnet.shot",
    "Frames": "lutnet.shot",
    "Diagnosis": "lutnet.grade",
    "Correction": "lutnet.grade",
    "Fault": "lutnet.grade",
    "Grade": "lutnet.grade",
    "CDL": "lutnet.grade",
    "LUT3D": "lutnet.grade",
    "LutnetError": "lutnet.errors",
}

__all__ = [
    "CDL",
    "LUT3D",
    "Correction",
    "Diagnosis",
    "Fault",
    "FrameRange",
    "Frames",
    "Grade",
    "GradeSettings",
    "GradedTimeline",
    "LutnetError",
    "Shot",
    "diagnose",
    "diagnose_scene",
    "grade_timeline",
    "match",
    "read_frames",
    "read_timeline",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'lutnet' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
