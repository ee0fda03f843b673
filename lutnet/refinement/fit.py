"""A shot, its reference and its diagnosis to one grade: the CDL carries what it can, the LUT the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.grade import CDL, LUT3D, Diagnosis, Grade
from lutnet.ops import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import fit_lattice
from lutnet.ops.folds import unfold
from lutnet.ops.lut3d import identity_lattice
from lutnet.refinement.correspond import Correspondence, correspond
from lutnet.result import Basis, DeltaE
from lutnet.shot import Frames

Transform = Callable[[Tensor], Tensor]
"""Colours ``[..., 3]`` to colours, encoded, 0..1."""

SUFFICIENT = 0.5
"""DE within which a CDL alone has to bring 95 % of the pixels, or a LUT is written."""

PALETTE = 4096
GRID_WEIGHT = 0.02
"""Weight of colours that the shot does not show, so that the LUT is the transform there too."""


@dataclass(frozen=True, slots=True)
class Refined:
    """grade: for the shot at the strength asked for. confidence: 0..1 that it brings the shot nearer.

    said: one sentence: what the grade rests on. warnings: what the user should know before trusting it.
    """

    grade: Grade
    delta_e: DeltaE
    confidence: float
    said: str
    warnings: tuple[str, ...] = ()


def refine(
    frames: Frames,
    references: Sequence[Frames],
    found: Diagnosis | None = None,
    *,
    strength: float = 1.0,
) -> Refined:
    """The grade that brings one shot to the references, or undoes what ``found`` says without any.

    Parameters
    ----------
    frames: of one shot. references: sets of frames that have the look; may be of other sizes.
    found: the shot's diagnosis; None looks it up where it is needed.
    strength: 0 gives the identity; 1 the full grade.

    Raises InputError for a strength below 0.
    """
    palette = _palette(frames)
    if not references:
        found = found or diagnose(frames)
        grade = _expressed(found.grade.apply_colours, palette, strength, found.grade.cdl)
        return Refined(grade, _predicted(grade, palette), 0.5, "the diagnosed faults are undone")
    shared = correspond(frames, references)
    if shared is not None:
        return _aligned(shared, palette, strength)
    return _unaligned(frames, references, found or diagnose(frames), palette, strength)


def match(frames: Tensor | Frames, reference: Tensor | Frames, strength: float = 1.0) -> Refined:
    """``refine`` for tensors ``[N, 3, H, W]`` or Frames and one reference."""
    return refine(_frames(frames), (_frames(reference),), strength=strength)


def _aligned(shared: Correspondence, palette: Tensor, strength: float) -> Refined:
    full = _fitted(shared)
    grade = full if strength == 1.0 else _expressed(full.apply_colours, palette, strength, full.cdl)
    aim = torch.lerp(shared.source, shared.target, strength)
    difference = DeltaE(
        _difference(shared.source, aim),
        _difference(grade.cdl.apply(shared.source), aim),
        _difference(grade.apply_colours(shared.source), aim),
        Basis.ALIGNED,
        len(shared),
    )
    confidence = min(1.0, shared.share / 0.3)
    return Refined(grade, difference, confidence, f"{len(shared)} corresponding pixels of the reference")


def _fitted(shared: Correspondence) -> Grade:
    cdl = CDL.fitted(shared.source, shared.target, shared.weights)
    graded = cdl.apply(shared.source)
    off = delta_e_rgb(graded, shared.target)
    if _suffices(off):
        return Grade(cdl)
    trust = 1.0 / (1.0 + (off / (3.0 * off.median() + 1.0)) ** 2)
    lattice = unfold(fit_lattice(graded, shared.target, shared.weights * trust))
    return Grade(cdl, LUT3D(lattice.numpy()))


def _unaligned(
    frames: Frames, references: Sequence[Frames], found: Diagnosis, palette: Tensor, strength: float
) -> Refined:
    """Give the shot the grade that the reference seems to carry; the content is left alone."""
    amounts = torch.stack([_amounts(diagnose(reference)) for reference in references]).mean(0)

    def transform(colours: Tensor) -> Tensor:
        return detune.detune(detune.undo(colours, _amounts(found)), amounts)

    grade = _expressed(transform, palette, strength)
    said = "nothing in the reference corresponds: the look it seems to carry was applied"
    return Refined(grade, _predicted(grade, palette), 0.3, said, (said,))


def _expressed(transform: Transform, palette: Tensor, strength: float, full: CDL | None = None) -> Grade:
    """``x + strength (transform(x) - x)`` as a CDL and, where that does not suffice, a LUT of the rest."""
    cdl = (full or CDL.fitted(palette, transform(palette))).scaled(strength)
    colours = torch.cat((palette, identity_lattice(17).view(-1, 3)))
    aim = torch.lerp(colours, transform(colours), strength).clamp(0.0, 1.0)
    graded = cdl.apply(colours)
    if _suffices(delta_e_rgb(graded, aim)[: len(palette)]):
        return Grade(cdl)
    weights = torch.full((len(colours),), GRID_WEIGHT)
    weights[: len(palette)] = 1.0
    return Grade(cdl, LUT3D(unfold(fit_lattice(graded, aim, weights)).numpy()))


def _amounts(found: Diagnosis) -> Tensor:
    return torch.tensor([found.corrections[name].level for name in detune.NAMES])


def _suffices(differences: Tensor) -> bool:
    return bool(differences.quantile(0.95) <= SUFFICIENT) if len(differences) else True


def _predicted(grade: Grade, palette: Tensor) -> DeltaE:
    aim = grade.apply_colours(palette)
    cdl = _difference(grade.cdl.apply(palette), aim)
    return DeltaE(_difference(palette, aim), cdl, 0.0, Basis.PREDICTED)


def _difference(first: Tensor, second: Tensor) -> float:
    return float(delta_e_rgb(first, second).mean())


def _palette(frames: Frames) -> Tensor:
    colours = frames.pixels.movedim(1, -1).reshape(-1, 3).float()
    kept = torch.linspace(0, len(colours) - 1, min(len(colours), PALETTE)).long()
    return colours[kept].clamp(0.0, 1.0)


def _frames(frames: Tensor | Frames) -> Frames:
    return frames if isinstance(frames, Frames) else Frames(frames)
