"""The shipped 3D-LUT network: differentiable, indifferent to the order of references, a sound transform."""

import gc
import weakref
from dataclasses import replace

import torch

from lutnet.refinement.confidence import CONFIDENCE, FULL, LEAST, evidence
from lutnet.refinement.network import cdl_numbers, default_networks
from lutnet.refinement.predict import predict
from tests.refinement.scenes import frames, scene


def as_shot(colours: torch.Tensor) -> torch.Tensor:
    return colours


def test_gradients_reach_every_part_that_learns():
    network = default_networks()[0]
    description = network.describe(torch.stack([scene(seed, 64, 64) for seed in (1, 2)]))
    look = network(description, description.flip(0).unsqueeze(1), torch.ones(2, 1))
    colours = torch.rand(2, 50, 3, generator=torch.Generator().manual_seed(0))
    names, parameters = zip(*((n, p) for n, p in network.named_parameters() if p.requires_grad), strict=True)
    loss = look.apply(colours).square().mean() + look.expected.sum()
    gradients = torch.autograd.grad(loss, parameters)
    assert all(gradient.isfinite().all() and gradient.any() for gradient in gradients)
    assert not any(name.startswith("describer") for name in names)


def test_the_order_of_reference_frames_does_not_matter():
    network = default_networks()[0]
    description = network.describe(torch.stack([scene(seed, 64, 64) for seed in (1, 2, 3)]))
    with torch.inference_mode():
        looks = [
            network(description[:1], description[None, order], torch.ones(1, 3))
            for order in ([0, 1, 2], [2, 0, 1])
        ]
    assert torch.allclose(looks[0].cdl, looks[1].cdl, atol=1e-4)
    assert torch.allclose(looks[0].lattice, looks[1].lattice, atol=1e-4)


def test_absent_reference_frames_do_not_count():
    network = default_networks()[0]
    description = network.describe(torch.stack([scene(seed, 64, 64) for seed in (1, 2, 3)]))
    with torch.inference_mode():
        alone = network(description[:1], description[None, 1:2], torch.ones(1, 1))
        padded = network(description[:1], description[None, 1:], torch.tensor([[1.0, 0.0]]))
    assert torch.allclose(alone.cdl, padded.cdl, atol=1e-5)


def test_any_numbers_give_a_valid_cdl():
    slope, offset, power, saturation = cdl_numbers(100.0 * torch.randn(200, 10))
    assert slope.min() > 0.3
    assert offset.abs().max() <= 0.3
    assert power.min() > 0.3
    assert saturation.min() > 0.3


def test_a_prediction_keeps_colours_in_range():
    prediction = predict(frames(scene(1)), [frames(scene(2), scene(3)), frames(scene(4))], as_shot)
    colours = torch.rand(500, 3)
    assert prediction.apply(colours).min() >= 0
    assert prediction.apply(colours).max() <= 1
    assert 0 <= prediction.confidence <= 1


def test_a_shot_is_forgotten_once_it_is_graded():
    reference = frames(scene(1, 64, 64))
    shots = [frames(scene(seed, 64, 64)) for seed in (2, 3)]
    kept = [weakref.ref(shot) for shot in shots]
    for shot in shots:
        predict(shot, [reference], as_shot)
    del shot, shots
    gc.collect()
    assert [shot() for shot in kept] == [None, None]


def test_the_pair_and_the_set_are_heard_as_their_mean():
    shot, reference = frames(scene(1)), frames(scene(2))
    prediction = replace(predict(shot, [reference], as_shot), confidence=1.0)
    assert len(prediction.looks) == len(default_networks()) > 1
    colours = torch.rand(200, 3, generator=torch.Generator().manual_seed(1))
    alone = [look.apply(colours[None])[0] for look in prediction.looks]
    heard = torch.lerp(torch.stack(alone).mean(0), prediction.together.apply(colours), prediction.of_set)
    assert torch.allclose(prediction.apply(colours), heard, atol=1e-6)
    assert (alone[0] - alone[1]).abs().max() > 1e-3


def test_a_surer_look_is_applied_further():
    prediction = predict(frames(scene(1)), [frames(scene(2))], as_shot)
    middle = (LEAST + FULL) / 2
    tried = (LEAST / 2, 0.8 * LEAST + 0.2 * FULL, middle + 0.02, FULL + 0.01)
    shares = [replace(prediction, confidence=confidence).share for confidence in tried]
    assert shares == sorted(shares)
    assert shares[0] == 0 < shares[1] < 0.5 < shares[2] < shares[3] == 1


def test_a_look_that_is_not_followed_leaves_a_balanced_shot():
    found = predict(frames(scene(1)), [frames(scene(2))], lambda colours: colours / 2)
    colours = torch.rand(50, 3)
    assert torch.equal(replace(found, confidence=0.0).apply(colours), colours / 2)


def test_opinions_that_agree_are_surer_and_film_looks_less():
    shown = torch.rand(300, 3, generator=torch.Generator().manual_seed(2))
    warmer, more, other = (
        shown * torch.tensor(gain) for gain in ((1.0, 0.9, 0.7), (1.0, 0.88, 0.66), (0.8, 0.9, 1))
    )

    def sure(one: torch.Tensor, two: torch.Tensor, film: float = 0.2, scenes: int = 1) -> float:
        return float(CONFIDENCE.of(evidence(shown, (one, two), 0.4, film=film, scenes=scenes)))

    assert sure(warmer, more) > sure(warmer, other)
    assert sure(warmer, more, film=0.1) > sure(warmer, more, film=0.9)
    assert sure(warmer, more, scenes=8) > sure(warmer, more)
    assert 0.0 < sure(shown, shown) < 1.0
