"""A certificate for any LUT or CDL: ``certify`` answers one question after another, plainly."""

from __future__ import annotations

from pathlib import Path

import torch

from lutnet.certificate import quality, shape
from lutnet.certificate.occupancy import DISPLAY, occupied_cells
from lutnet.certificate.record import Certificate, Finding, Verdict
from lutnet.certificate.subject import Subject, read_subject

__all__ = ["Certificate", "Finding", "Subject", "Verdict", "certify", "certify_subject", "read_subject"]


def certify(path: Path, space: str = DISPLAY) -> Certificate:
    """Look a LUT or CDL over.

    space: OpenColorIO name of the encoding that its inputs are in; it says which colours pictures hold.
    Raises GradeFileError where the file cannot be read, InputError for a space without a map.
    """
    return certify_subject(read_subject(path), space)


def certify_subject(subject: Subject, space: str = DISPLAY) -> Certificate:
    """``certify`` of what is already read."""
    occupied = torch.from_numpy(occupied_cells(space, subject.lattice.shape[0] - 1))
    found = shape.orientation(subject.lattice)
    straight = found.straightened(subject.lattice)
    findings = (
        _format(subject),
        quality.value_range(subject),
        shape.channel_order(found),
        shape.neutral_axis(straight, occupied),
        shape.folds(subject, straight, occupied),
        shape.clipping(subject, subject.lattice, occupied, display=space == DISPLAY),
        quality.banding(subject),
        shape.steepest(subject.lattice),
        quality.skin(subject, space),
        shape.invertibility(straight, occupied),
        quality.smallest_size(subject, occupied),
    )
    return Certificate(subject.path, space, findings)


def _format(subject: Subject) -> Finding:
    notes = "; ".join(subject.notes)
    if not notes:
        return Finding("format", Verdict.OK, subject.format)
    return Finding("format", Verdict.NOTE, f"{subject.format}; {notes}")
