"""Adding what shots say of one fault, by 21 numbers.

What a head says of a shot is a posterior: it holds the prior of training, and errors that shots have in common.
Averaging posteriors keeps each one shrunk toward "nothing wrong"; adding them counts prior and common errors many
times over. So each is divided by the prior, sharpened or blunted to what it was worth on photographs that were not
trained with, kept from vetoing alone, and N of them weigh as ``N / (1 + (N - 1) c)`` independent ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lutnet.diagnosis.evidence import Evidence
from lutnet.diagnosis.heads import LEVELS

LEAST_LOG_SHARE = -12.0


@dataclass(frozen=True, slots=True)
class Pooling:
    """How shots speak together; one number per head, fitted as ``python -m benchmarks.pooling --fit`` does.

    The last three are set by hand; ``compensation`` was tried at 0, 0.5 and 1 on sources held out of training.

    prior: share of each level in training, ``[7 heads][7 levels]``. sharpness: power of a shot's likelihood.
    doubt: likelihood that every level keeps whatever a shot says. shared: 0..1, part of a shot's error that the
    other shots have too. clean: share of shots in training with nothing wrong; clean_shared: as shared, for it.
    compensation: share of what the shots' own repairs do beyond their levels that is kept.
    """

    prior: tuple[tuple[float, ...], ...]
    sharpness: tuple[float, ...]
    doubt: tuple[float, ...]
    shared: tuple[float, ...]
    clean: float
    clean_shared: float
    compensation: float


POOLING = Pooling(
    prior=(
        (0.019, 0.076, 0.198, 0.415, 0.198, 0.076, 0.019),
        (0.030, 0.146, 0.147, 0.354, 0.147, 0.146, 0.030),
        (0.014, 0.045, 0.218, 0.447, 0.218, 0.045, 0.014),
        (0.008, 0.074, 0.197, 0.443, 0.197, 0.074, 0.008),
        (0.015, 0.076, 0.189, 0.440, 0.189, 0.076, 0.015),
        (0.023, 0.078, 0.194, 0.407, 0.194, 0.078, 0.023),
        (0.010, 0.044, 0.210, 0.472, 0.210, 0.044, 0.010),
    ),
    sharpness=(0.825, 1.048, 0.905, 0.688, 0.718, 0.791, 0.807),
    doubt=(0.011, 0.005, 0.003, 0.008, 0.006, 0.014, 0.003),
    shared=(0.510, 0.412, 0.436, 0.522, 0.556, 0.576, 0.491),
    clean=0.12,
    clean_shared=0.45,
    compensation=1.0,
)


def pool(shots: Sequence[Evidence], pooling: Pooling = POOLING) -> Evidence:
    """The evidence for one fault that all ``shots`` (at least one) have; each holds evidence of its own."""
    if len(shots) == 1:
        return shots[0]
    heard = torch.stack([shot.heard for shot in shots])  # [N, 7]
    said = torch.stack([shot.levels for shot in shots])
    levels, repair = agreed(said, torch.stack([shot.repair for shot in shots]), heard, pooling)
    clean = _pooled_clean(torch.tensor([shot.clean for shot in shots]), pooling)
    fault = torch.stack([shot.fault for shot in shots]).clamp(min=LEAST_LOG_SHARE)
    return Evidence(
        levels=levels,
        fault=(_worth(len(shots), pooling.clean_shared) * fault.mean(0)).log_softmax(-1),
        repair=repair,
        clean=clean,
        heard=heard.any(0),
    )


def agreed(
    levels: Tensor, repair: Tensor, heard: Tensor, pooling: Pooling = POOLING
) -> tuple[Tensor, Tensor]:
    """What N shots say together by the numbers of ``pooling``: log probabilities of the shared levels ``[..., 7, 7]``
    and amounts to undo ``[..., 7]``. levels ``[..., N, 7, 7]``, repair and heard (bool) ``[..., N, 7]``."""
    shared = pooled_levels(
        levels,
        heard,
        torch.tensor(pooling.prior),
        sharpness=torch.tensor(pooling.sharpness),
        doubt=torch.tensor(pooling.doubt),
        shared=torch.tensor(pooling.shared),
    )
    return shared, _pooled_repair(shared, levels, repair, heard, pooling.compensation)


def pooled_levels(
    levels: Tensor, heard: Tensor, prior: Tensor, *, sharpness: Tensor, doubt: Tensor, shared: Tensor
) -> Tensor:
    """Log probabilities ``[..., 7, 7]`` of the shared levels, of those of N shots ``[..., N, 7, 7]``.

    heard: ``[..., N, 7]`` bool; shots that a head could not hear do not count for it. prior ``[7, 7]``, sharpness,
    doubt and shared ``[7]`` as in ``Pooling``.
    """
    log_prior = prior.log()
    said = (levels.clamp(min=LEAST_LOG_SHARE) - log_prior) * sharpness.unsqueeze(-1)
    said = torch.logaddexp(said, doubt.log().unsqueeze(-1).expand_as(said)) * heard.unsqueeze(-1)
    count = heard.sum(-2).clamp(min=1)
    weight = 1.0 / (1.0 + (count - 1) * shared)  # of the sum: N times this is what N shots are worth
    return (log_prior + weight.unsqueeze(-1) * said.sum(-3)).log_softmax(-1)


def _pooled_repair(
    pooled: Tensor, levels: Tensor, repair: Tensor, heard: Tensor, compensation: float
) -> Tensor:
    """Amounts to undo ``[..., 7]``, where N shots with ``levels [..., N, 7, 7]`` and ``repair [..., N, 7]`` share
    the levels ``pooled [..., 7, 7]``: those, and the mean of what the shots' repairs do beyond their own."""
    beyond = (repair - expected(levels)) * heard
    mean = beyond.sum(-2) / heard.sum(-2).clamp(min=1)
    return (expected(pooled) + compensation * mean).clamp(-1.0, 1.0) * heard.any(-2)


def expected(levels: Tensor) -> Tensor:
    """The expected levels ``[..., 7]`` of log probabilities ``[..., 7, 7]``."""
    return (levels.exp() * levels.new_tensor(LEVELS)).sum(-1)


def _worth(count: int, shared: float) -> float:
    """How many independent shots ``count`` shots are worth."""
    return count / (1.0 + (count - 1) * shared)


def _pooled_clean(clean: Tensor, pooling: Pooling) -> float:
    odds = torch.logit(clean.double().clamp(1e-6, 1.0 - 1e-6))
    prior = torch.logit(torch.tensor(pooling.clean, dtype=torch.float64))
    return float(torch.sigmoid(prior + _worth(len(clean), pooling.clean_shared) * (odds.mean() - prior)))
