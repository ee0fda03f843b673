"""A step of the describer's training: pictures and pairs that fit each other, gradients down to the pixels."""

import pytest
import torch

from lutnet.grade import LUT3D
from lutnet.ops.lut3d import identity_lattice
from lutnet.training import describer
from lutnet.training.looks import look_pool
from lutnet.training.match_train import match_loss, new_network
from lutnet.training.photos import PhotoSet
from tests.refinement.scenes import scene


@pytest.fixture(scope="module")
def pool() -> torch.Tensor:
    return look_pool(
        [("a", LUT3D((identity_lattice(5) ** 1.2).numpy()))], 8, torch.Generator().manual_seed(1)
    )


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch) -> PhotoSet:
    for name, value in (("GRADES", 3), ("SOURCES", 4), ("PAIRS_PER_GRADE", 3)):
        monkeypatch.setattr(describer, name, value)
    images = tuple((scene(seed, 96, 96) * 255).to(torch.uint8) for seed in range(6))
    return PhotoSet(images, tuple("abcdef"), tuple("abcdef"))


def test_pairs_fit_their_pictures_and_never_show_the_shots_own_photograph(photos, pool):
    network = new_network()
    one = photos.subset([0])
    batch = describer.draw_pictures(photos, pool, network, torch.Generator().manual_seed(2))
    assert batch.graded.shape[0] == 6
    assert batch.sources.shape[0] == 4
    assert (batch.present.sum(1) >= 1).all()
    assert batch.shown.shape == batch.truth.shape
    assert batch.truth.min() >= 0
    assert batch.truth.max() <= 1
    alone = describer.draw_pictures(one, pool, network, torch.Generator().manual_seed(2))
    assert len(alone.grade) == 0


def test_gradients_reach_the_describer(photos, pool):
    network = new_network()
    network.describer.requires_grad_(True)
    torch.nn.init.normal_(network.cdl_head.weight, std=0.01)
    batch = describer.draw_pictures(photos, pool, network, torch.Generator().manual_seed(3))
    pairs = describer._pairs(network, batch)
    loss = match_loss(network(pairs.source, pairs.reference, pairs.present), pairs)[0]
    first = next(iter(network.describer.trunk.blocks.parameters()))
    (gradient,) = torch.autograd.grad(loss, first)
    assert gradient.isfinite().all()
    assert gradient.any()
