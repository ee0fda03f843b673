"""Whatever is asked for, a LUT that leaves has no fold and neutrals that rise and bend softly."""

import pytest
import torch

from lutnet.export.soundness import require_sound
from lutnet.grade import CDL
from lutnet.ops.folds import neutral_steps, smallest_volume
from lutnet.ops.lattice import cut_cells, folded_cells
from lutnet.ops.lut3d import identity_lattice
from lutnet.ops.ramp import BEND, FALL, bends, falls, neutral_ramp
from lutnet.refinement.sound import ramp_of, sound_cdl, sound_lut
from lutnet.refinement.split import split_transform

CDLS = [
    CDL(),
    CDL((1.3, 1.2, 1.1), (-0.12, -0.05, 0.02), (0.8, 1.0, 1.3), 0.7),
    CDL((0.9, 1.4, 1.0), (0.05, -0.2, 0.0), (1.2, 0.75, 1.0), 1.05),
]


@pytest.mark.parametrize("cdl", CDLS)
@pytest.mark.parametrize("amount", [0.003, 0.03])
def test_a_rough_lattice_leaves_as_a_sound_lut(cdl, amount):
    noise = torch.randn(33, 33, 33, 3, generator=torch.Generator().manual_seed(1))
    lut = sound_lut(identity_lattice(33) + amount * noise, cdl)
    table = torch.from_numpy(lut.table.copy())
    assert (smallest_volume(table) >= 0).all()
    assert (neutral_steps(table) >= 0).all()
    graded = lut.apply(cdl.apply(neutral_ramp()))
    assert falls(graded).max() <= FALL
    assert bends(graded, ramp_of(cdl).clipped).max() <= BEND


def test_a_cdl_with_faults_of_its_own_does_not_cost_the_lut():
    falling = CDL((0.9, 1.4, 1.0), (0.05, -0.2, 0.0), (1.2, 0.75, 1.0), 1.4)
    assert ramp_of(falling).faults().any()
    wanted = identity_lattice(33) ** 1.2
    assert abs(torch.from_numpy(sound_lut(wanted, falling).table.copy()) - wanted).max() < 0.02


def test_a_lut_holds_what_its_file_will():
    table = sound_lut(identity_lattice(33) ** 1.1, CDL()).table
    assert abs(table - table.astype("float64").round(6)).max() < 1e-7


def test_a_cdl_that_would_bend_the_neutrals_is_held_back():
    colours = torch.linspace(0.02, 1, 400).unsqueeze(-1).expand(-1, 3)
    wanted = colours**0.3
    wild, held = CDL.fitted(colours, wanted), sound_cdl(colours, wanted, prior=1e-3)
    assert ramp_of(wild).faults().any()
    assert not ramp_of(held).faults().any()
    assert (held.apply(colours) - wanted).abs().mean() < (colours - wanted).abs().mean()


def test_a_baked_lut_does_not_fold_where_its_cdl_clips():
    cdl = CDL((1.096, 1.2246, 0.9315), (0.0501, 0.043, -0.0239), (1.1629, 1.233, 0.8978), 1.341)
    palette = torch.rand(2000, 3, generator=torch.Generator().manual_seed(3))
    grade = split_transform(cdl.apply, palette, hold_skin=True)
    sampled = grade.apply_colours(identity_lattice(33))
    lut = grade.baked(33).lut
    assert lut is not None
    baked = torch.from_numpy(lut.table.copy())
    assert (folded_cells(sampled) & ~cut_cells(sampled)).any(), "sampling alone folds"
    assert not (folded_cells(baked, tolerance=1e-6) & ~cut_cells(baked)).any()
    moved = (baked - sampled).abs().amax(-1)
    assert (moved > 1e-5).double().mean() < 0.01
    assert moved.max() < 0.03
    require_sound(lut, "x", clips=True)
