"""Compares stills from Resolve with what the grades should give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from lutnet.grade import CDL, LUT3D, Grade
from resolve_bridge.cube import parse_cube
from resolve_bridge.package import Clip, Package, lut_content
from resolve_bridge.proof import Evidence, gather
from resolve_bridge.report import ACCEPTED, FAILED, LANDED, UNCHANGED, Line, Report

TOLERANCE = 2.0
"""Mean difference in 8-bit code values: rounding of two stills, and Resolve's own luma weights for saturation."""


def proven(report: Report, resolve: object, package: Package, folder: Path) -> Report:
    """``report`` with the lines that pixels prove or disprove; stills go to ``folder``.

    Raises BridgeError where stills cannot prove anything in this project.
    """
    clips = {clip.id: clip for clip in package.clips}
    evidence = {each.clip: each for each in gather(resolve, package, folder)}
    lines = [
        _judged(line, clips[line.clip], evidence[line.clip])
        if line.outcome in (ACCEPTED, UNCHANGED) and line.clip in evidence
        else line
        for line in report.lines
    ]
    return report._replace(lines=lines)


def difference(evidence: Evidence, grade: Grade) -> tuple[float, float, float]:
    """Mean differences in code values: of the graded still to what ``grade`` gives, and to no grade at all; and
    how far ``grade`` moves the picture.
    """
    plain, graded = _colours(evidence.plain), _colours(evidence.graded)
    expected = grade.apply_colours(torch.from_numpy(plain)).numpy()
    pairs = ((graded, expected), (graded, plain), (expected, plain))
    to_grade, to_plain, moved = (255 * float(np.abs(one - other).mean()) for one, other in pairs)
    return to_grade, to_plain, moved


def grade_of(clip: Clip) -> Grade:
    """The clip's grade as the package holds it."""
    cdl = CDL() if clip.cdl is None else CDL(*clip.cdl)
    if clip.lut is None:
        return Grade(cdl)
    cube = parse_cube(lut_content(clip.lut), str(clip.lut.path))
    table = np.array(cube.colours, dtype=np.float32).reshape(cube.size, cube.size, cube.size, 3)
    return Grade(cdl, LUT3D(table.transpose(2, 1, 0, 3)))


def _judged(line: Line, clip: Clip, evidence: Evidence) -> Line:
    if evidence.missing:
        return line.noting(f"no proof: {evidence.missing}")
    to_grade, to_plain, moved = difference(evidence, grade_of(clip))
    shown = f"a still is {to_grade:.1f} code values from the grade"
    if to_grade <= TOLERANCE:
        # A grade this small could be missing altogether, and the still would be as near.
        if 2 * to_grade > moved:
            return line.noting(f"no proof: the grade moves the picture by {moved:.1f} code values only")
        return line._replace(outcome=LANDED).noting(shown)
    swallowed = to_plain < to_grade
    why = (
        "no grade shows: has node 1 keyframes? They swallow CDLs"
        if swallowed
        else "other corrections act as well"
    )
    return line._replace(outcome=FAILED, reason=f"{shown}: {why}").noting("lutnet's version is still active")


def _colours(path: Path) -> npt.NDArray[np.float32]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=np.float32) / np.float32(255)
