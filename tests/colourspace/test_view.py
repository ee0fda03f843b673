"""What people see of a grading space, against OpenColorIO itself."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio
import pytest
import torch

from lutnet.colourspace import BUILTIN, ColourConfig, View
from lutnet.errors import InputError
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.shaped_lattice import ShapedLattice
from lutnet.shot import REC709

ACES = "ACES 1.0 - SDR Video"
LOGS = [
    "ARRI LogC3 (EI800)",
    "S-Log3 S-Gamut3.Cine",
    "ACEScct",
    "Apple Log",
    "V-Log V-Gamut",
    "Log3G10",
    "LogC4",
]


@pytest.fixture(scope="module")
def config() -> ColourConfig:
    return ColourConfig()


def theirs(space: str, colours: torch.Tensor, direction: ocio.TransformDirection) -> torch.Tensor:
    """OpenColorIO alone, by names written out here."""
    processor = ocio.Config.CreateFromBuiltinConfig(BUILTIN).getProcessor(space, REC709, ACES, direction)
    values = colours.numpy().copy()
    processor.getDefaultCPUProcessor().applyRGB(values)
    return torch.from_numpy(values)


def picture_colours(space: str) -> torch.Tensor:
    """Colours such as pictures hold, near the neutrals more than far away, as ``space`` records them."""
    random = np.random.default_rng(5)
    grey = random.uniform(0, 1, (8000, 1))
    seen = torch.from_numpy((grey + random.normal(0, 0.15, (8000, 3)) * grey).clip(0, 1).astype(np.float32))
    return theirs(space, seen, ocio.TRANSFORM_DIR_INVERSE).clamp(0, 1)


@pytest.mark.parametrize("name", LOGS)
def test_a_log_space_is_seen_as_opencolorio_shows_it(config: ColourConfig, name: str) -> None:
    space = config.space(name)
    colours = picture_colours(space.name)
    seen = View.of(config, space).show(colours)
    # They use OpenColorIO's faster arithmetic here, we its exact one.
    assert (seen - theirs(space.name, colours, ocio.TRANSFORM_DIR_FORWARD).clamp(0, 1)).abs().max() < 1e-4


@pytest.mark.parametrize("name", LOGS)
def test_the_lattice_for_gradients_is_near_opencolorio(config: ColourConfig, name: str) -> None:
    view = View.of(config, config.space(name))
    colours = picture_colours(view.space.name)
    assert float(delta_e_rgb(view.lattice.apply(colours), view.show(colours)).mean()) <= 0.3


def test_gradients_of_the_lattice_are_those_of_finite_differences(config: ColourConfig) -> None:
    coarse = View.of(
        config, config.space("ACEScct")
    ).lattice  # works in single precision, too coarse for differences
    lattice = ShapedLattice(coarse.curve.double(), coarse.lattice.double())
    colours = picture_colours("ACEScct")[:200].double()
    seen, jacobian = lattice.with_jacobian(colours)
    step = 1e-7  # far below a cell: the lattice is linear in between
    for channel in range(3):
        moved = colours.clone()
        moved[:, channel] += step
        change = (lattice.apply(moved) - seen) / step
        near = (change - jacobian[:, :, channel]).abs().amax(-1) < 1e-3
        assert near.double().mean() > 0.95  # the others lie within a step of a cell's edge


def test_a_shaped_lattice_of_a_steep_curve_beats_an_even_one() -> None:
    def steep(colours: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(60 * (colours - 0.3))

    colours = torch.rand(5000, 3, generator=torch.Generator().manual_seed(0))
    shaped = ShapedLattice.sampled(steep, 33)
    ramp = torch.linspace(0, 1, 33)
    even = ShapedLattice(
        shaped.curve.new_tensor([[0.0] * 3, [1.0] * 3]),
        steep(torch.cartesian_prod(*[ramp] * 3)).view(33, 33, 33, 3),
    )
    error, error_even = ((each.apply(colours) - steep(colours)).abs().mean() for each in (shaped, even))
    assert error < 0.5 * error_even


@pytest.mark.parametrize("name", [REC709, "sRGB - Display", "P3-D65 - Display"])
def test_the_space_of_a_display_is_seen_as_it_is(config: ColourConfig, name: str) -> None:
    view = View.of(config, config.space(name))
    colours = torch.rand(100, 3)
    assert view.identity and view.display == name
    assert torch.equal(view.show(colours), colours)


def test_high_dynamic_range_is_graded_in_its_own_space_and_judged_on_a_plain_display(
    config: ColourConfig,
) -> None:
    view = View.of(config, config.space("PQ"))
    assert (view.display, view.view, view.identity) == (REC709, ACES, False)
    with pytest.raises(InputError, match="standard dynamic range"):
        View.of(config, config.space("ACEScct"), display="PQ")


@pytest.mark.parametrize(
    ("space", "display", "view", "message"),
    [
        ("ACEScct", "sRBG", None, "display is unknown.*sRGB - Display"),
        ("ACEScct", REC709, "ACES 1 SDR", "view of .* is unknown.*ACES 1.0 - SDR Video"),
        (REC709, "sRGB", None, "is that of a display"),
    ],
)
def test_views_that_are_none_are_one_clear_error(
    config: ColourConfig, space: str, display: str, view: str | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        View.of(config, config.space(space), display, view)


def test_the_lattices_jacobian_is_that_of_its_interpolation() -> None:
    """Of the lattice as torch differentiates it, over all the cube."""

    def steep(colours: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(9 * (colours - 0.3)) * colours.flip(-1)

    lattice = ShapedLattice.sampled(steep, 17)
    colours = torch.rand(300, 3, generator=torch.Generator().manual_seed(4))
    seen, jacobian = lattice.with_jacobian(colours)
    theirs = torch.autograd.functional.jacobian(lambda each: lattice.apply(each).sum(0), colours)
    assert torch.allclose(seen, lattice.apply(colours), atol=1e-6)
    assert torch.allclose(jacobian, theirs.movedim(1, 0), rtol=1e-3, atol=1e-3)
