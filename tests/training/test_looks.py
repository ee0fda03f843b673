"""Made-up looks: many, valid, and all different."""

import torch

from lutnet.grade import LUT3D
from lutnet.ops.lut3d import identity_lattice
from lutnet.training.looks import as_pool, look_pool, random_look

LUTS = [
    ("a", LUT3D((identity_lattice(5) ** 1.2).numpy())),
    ("b", LUT3D((identity_lattice(5) ** 0.8).numpy())),
]


def test_made_up_looks_are_valid_lattices_that_differ():
    pool = look_pool(LUTS, 12, torch.Generator().manual_seed(1))
    assert pool.min() >= 0
    assert pool.max() <= 1
    made_up = pool[2::4].flatten(1), pool[3::4].flatten(1)
    assert torch.pdist(torch.cat(made_up)).min() > 1.0


def test_a_made_up_look_keeps_neutrals_rising():
    draw = torch.Generator().manual_seed(2)
    ramp = torch.linspace(0.05, 0.95, 64)[:, None].expand(-1, 3)
    for _ in range(50):
        assert random_look(ramp, draw).mean(-1).diff().min() > -1e-3


def test_luts_as_they_are_do_what_they_did():
    colours = torch.rand(200, 3, generator=torch.Generator().manual_seed(3))
    for (_, lut), lattice in zip(LUTS, as_pool(LUTS), strict=True):
        assert torch.allclose(LUT3D(lattice.numpy()).apply(colours), lut.apply(colours), atol=0.01)
