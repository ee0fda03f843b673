"""A film look for made-up stills, and colours to tell looks by."""

import torch

from lutnet.ops.lut3d import identity_lattice

DARK_POOL = 0.5 * identity_lattice(3).unsqueeze(0)
BANK = torch.rand(24, 3, generator=torch.Generator().manual_seed(0))
