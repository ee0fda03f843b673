"""The network's shapes, its sampling and the CDL it speaks."""

from __future__ import annotations

import pytest
import torch

from lutnet.diagnosis.heads import LEVELS
from lutnet.diagnosis.network import DiagnosisNetwork, NetworkConfig, sample_grid
from lutnet.ops.detune import detune


@pytest.fixture(scope="module")
def network() -> DiagnosisNetwork:
    torch.manual_seed(0)
    return DiagnosisNetwork(NetworkConfig(grid=64)).eval()


def test_every_answer_has_its_shape(network):
    verdict = network(torch.rand(2, 3, 40, 90))
    assert verdict.levels.shape == (2, 7, 7)
    assert verdict.fault.shape == (2, 43)
    assert verdict.repair.shape == (2, 7)
    torch.testing.assert_close(verdict.attention.sum((1, 2)), torch.ones(2))


def test_a_batch_equals_its_frames_one_by_one(network):
    frames = torch.rand(3, 3, 64, 64)
    together = network(frames).levels
    alone = torch.cat([network(frame.unsqueeze(0)).levels for frame in frames])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def test_an_untrained_network_would_undo_the_levels_it_expects(network):
    verdict = network(torch.rand(2, 3, 64, 64))
    expected = (verdict.levels.softmax(-1) * torch.tensor(LEVELS)).sum(-1)
    torch.testing.assert_close(verdict.repair, expected)


def test_sampling_commutes_with_a_change_of_colour():
    frames, amounts = torch.rand(2, 3, 97, 61), torch.full((7,), 0.4)

    def spoil(pixels: torch.Tensor) -> torch.Tensor:
        return detune(pixels.movedim(1, -1), amounts).movedim(-1, 1)

    assert torch.equal(sample_grid(spoil(frames), 32), spoil(sample_grid(frames, 32)))


def test_sampling_a_frame_of_the_grid_s_size_is_the_frame():
    frames = torch.rand(1, 3, 32, 32)
    assert torch.equal(sample_grid(frames, 32), frames)


def test_the_corners_of_a_grid_are_other_pixels_than_its_centres():
    frames = torch.arange(64 * 64).float().view(1, 1, 64, 64).expand(1, 3, 64, 64)
    centres, corners = (sample_grid(frames, 32, corners=corners) for corners in (False, True))
    assert not set(centres.flatten().tolist()) & set(corners.flatten().tolist())
    assert torch.equal(centres - corners, torch.full_like(centres, 65.0))  # one row and one column further


def test_a_configuration_survives_json():
    config = NetworkConfig(grid=96, layers=(8, "M", 16))
    assert NetworkConfig.from_json(config.as_json()) == config
