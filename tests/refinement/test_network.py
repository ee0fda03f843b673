"""The shipped 3D-LUT network: differentiable, indifferent to the order of references, a sound transform."""

import torch

from lutnet.refinement.network import cdl_numbers, default_networks
from tests.refinement.scenes import scene


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
