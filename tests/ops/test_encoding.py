"""Transfer functions and Lab against colour-science."""

from __future__ import annotations

import colour
import numpy as np
import pytest
import torch

from lutnet.errors import InputError
from lutnet.ops.encoding import D65_XYZ, ENCODINGS, encoding, rgb_to_lab

THEIRS = {
    "srgb": (colour.models.eotf_sRGB, colour.models.eotf_inverse_sRGB, 1e-6),
    # colour-science uses the four-digit constants of the recommendation, off by up to 2e-4 at the joint.
    "rec709": (colour.models.oetf_inverse_BT709, colour.models.oetf_BT709, 3e-4),
    "bt1886": (lambda v: np.maximum(v, 0) ** 2.4, lambda v: np.maximum(v, 0) ** (1 / 2.4), 1e-6),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_curves_equal_colour_science(name: str) -> None:
    values = np.linspace(0.0, 1.0, 4097)
    decode, encode, tolerance = THEIRS[name]
    ours = encoding(name)
    assert np.abs(ours.decode(torch.from_numpy(values)).numpy() - decode(values)).max() <= tolerance
    assert np.abs(ours.encode(torch.from_numpy(values)).numpy() - encode(values)).max() <= tolerance


@pytest.mark.parametrize("name", ENCODINGS)
def test_encoding_inverts_decoding_also_out_of_range(name: str) -> None:
    values = torch.linspace(-0.5, 1.5, 2001, dtype=torch.float64)
    assert torch.allclose(encoding(name).encode(encoding(name).decode(values)), values, atol=1e-9)


@pytest.mark.parametrize("name", ENCODINGS)
def test_gradients_are_finite_at_black(name: str) -> None:
    for curve in (encoding(name).decode, encoding(name).encode):
        values = torch.tensor([-0.1, 0.0, 1e-9, 1.0], requires_grad=True)
        curve(values).sum().backward()
        assert values.grad is not None and bool(values.grad.isfinite().all())


def test_lab_equals_colour_science() -> None:
    colours = np.random.default_rng(2).random((3000, 3))
    colours[:3] = np.array([[0, 0, 0], [1, 1, 1], [0.002, 0.001, 0.003]])
    space = colour.RGB_COLOURSPACES["sRGB"]
    white = np.array([0.3127, 0.3290])
    xyz = colour.models.eotf_sRGB(colours) @ colour.normalised_primary_matrix(space.primaries, white).T
    theirs = colour.XYZ_to_Lab(xyz, white)
    assert np.abs(rgb_to_lab(torch.from_numpy(colours)).numpy() - theirs).max() <= 1e-6
    assert np.allclose(D65_XYZ, colour.xy_to_XYZ(white))


def test_unknown_encoding_names_the_allowed_ones() -> None:
    with pytest.raises(InputError, match="srgb, rec709, bt1886"):
        encoding("gamma2")
