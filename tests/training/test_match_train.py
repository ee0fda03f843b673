"""Training the refinement network: pairs without copying, a loss that learns."""

import pytest
import torch

from lutnet.grade import LUT3D
from lutnet.ops.lut3d import identity_lattice
from lutnet.training.looks import look_pool
from lutnet.training.match_data import COLOURS, SET_SIZE, Material, describe_material
from lutnet.training.match_train import draw_pairs, match_loss, new_network, normalise
from lutnet.training.photos import PhotoSet
from tests.refinement.scenes import scene

LUTS = [
    ("a", LUT3D((identity_lattice(5) ** 1.2).numpy())),
    ("b", LUT3D((identity_lattice(5) ** 0.8).numpy())),
]


@pytest.fixture(scope="module")
def material() -> Material:
    images = tuple((scene(seed, 96, 96) * 255).to(torch.uint8) for seed in range(9))
    photos = PhotoSet(images, tuple("abcdefghi"), tuple("abcdefghi"))
    draw = torch.Generator().manual_seed(0)
    network = new_network()
    return describe_material(photos, network, look_pool(LUTS, 6, draw), 8, draw)


def test_material_holds_a_description_for_every_picture(material):
    assert material.clean.shape[0] == 9
    assert material.graded.shape[:2] == (8, SET_SIZE)
    assert material.graded_colours.shape == (8, SET_SIZE, COLOURS, 3)


def test_a_reference_never_shows_the_shots_own_photograph(material, monkeypatch):
    """Photographs are told apart by a mark in their description."""
    marked = material.graded.clone()
    marked[..., 0] = material.graded_photo.float()
    clean = material.clean.clone()
    clean[:, 0] = material.clean_photo.float()
    tagged = Material(
        clean,
        material.clean_colours,
        material.clean_photo,
        marked,
        material.graded_colours,
        material.graded_photo,
        material.grades,
    )
    pairs = draw_pairs(tagged, 500, torch.Generator().manual_seed(4))
    same = pairs.reference[..., 0] == pairs.source[:, None, 0]
    assert not (same & (pairs.present > 0)).any()
    assert (pairs.present.sum(1) >= 1).all()


def test_half_of_the_shots_are_clean(material):
    pairs = draw_pairs(material, 800, torch.Generator().manual_seed(5))
    clean = {row.numpy().tobytes() for row in material.clean}
    share = sum(row.numpy().tobytes() in clean for row in pairs.source) / len(pairs.source)
    assert 0.4 < share < 0.6


def test_a_few_steps_lower_the_loss(material):
    torch.manual_seed(0)
    network = new_network()
    normalise(network, material)
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.Adam(learning, lr=2e-3)
    pairs = draw_pairs(material, 48, torch.Generator().manual_seed(6))

    def loss() -> torch.Tensor:
        return match_loss(network(pairs.source, pairs.reference, pairs.present), pairs)[0]

    start = loss().item()
    for _ in range(25):
        optimiser.zero_grad()
        value = loss()
        value.backward()
        optimiser.step()
    assert loss().item() < 0.8 * start
