"""Shots that share camera and light share one fault: it is told from all of them before it is put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from lutnet.diagnosis.evidence import Evidence
from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.pooling import pool
from lutnet.diagnosis.predict import Seen, looked_again, seen, spoken
from lutnet.diagnosis.scene_network import Shared, Shots, scene_network_of
from lutnet.grade import Diagnosis
from lutnet.shot import Frames


def diagnose_scene(
    shots: Sequence[Tensor | Frames], *, model: DiagnosisModel | None = None
) -> list[Diagnosis]:
    """Name what is wrong with shots that share camera and light, and so one fault.

    shots: each as ``diagnose`` takes them; sizes and numbers of frames may differ. Returns one Diagnosis per shot, in
    order: the same corrections for all, each with the grade that undoes them on the shot's own colours. The
    order of the shots changes nothing. A single shot, or a single one that holds evidence, is diagnosed alone.
    Raises InputError for NaN, infinity or another shape.
    """
    model = model or default_model()
    looks = [seen(shot, model) for shot in shots]
    telling = [look for look in looks if look.tells]
    if not telling:
        return [spoken(look, look.evidence, model) for look in looks]
    shared = told_together(telling, model)
    return [spoken(look, shared, model) for look in looks]


def told_together(shots: Sequence[Seen], model: DiagnosisModel) -> Evidence:
    """The evidence for one fault that all ``shots`` have; each of them tells, and there is at least one.

    Monochrome shots are not heard beside two of colour. Where there are none, or the diagnosis is another than the one
    that ships, likelihoods are added by numbers.
    """
    network = scene_network_of(model.network)
    coloured = [shot for shot in shots if bool(shot.evidence.heard.all())]
    if network is None or len(coloured) < 2:
        return pool([looked_again(shot, model).evidence for shot in shots])
    likely = pool([shot.evidence for shot in coloured])
    with torch.inference_mode():
        shared = network(_stacked(coloured), Shared(likely.levels.unsqueeze(0), likely.repair.unsqueeze(0)))
    return replace(likely, levels=shared.levels[0], repair=shared.repair[0])


def _stacked(shots: Sequence[Seen]) -> Shots:
    """One scene of ``shots``."""
    said = [shot.evidence for shot in shots]
    return Shots(
        hidden=torch.stack([shot.hidden.mean(0) for shot in shots])[None],
        levels=torch.stack([each.levels for each in said])[None],
        repair=torch.stack([each.repair for each in said])[None],
        clean=torch.tensor([[each.clean for each in said]]),
    )
