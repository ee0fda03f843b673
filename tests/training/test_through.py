"""What the diagnosis sees of a spoiled frame: Pillow reduces too, and noise has its deviation."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image

from lutnet.training.sampling import detune_bytes, quantised
from lutnet.training.through import Through


def photo() -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    coarse = torch.rand(1, 3, 30, 40, generator=generator)
    smooth = torch.nn.functional.interpolate(coarse, size=(240, 320), mode="bilinear")[0]
    return (smooth * 255.0).round().byte()


def amounts() -> torch.Tensor:
    return torch.tensor([[0.4, -0.3, 0.0, 0.2, 0.0, 0.0, 0.5], [0.0] * 7])


def test_a_flawless_file_is_what_was_spoiled():
    spoiled = quantised(torch.rand(2, 3, 8, 8))
    torch.testing.assert_close(Through().frames(photo(), spoiled, amounts()), spoiled, atol=1e-6, rtol=0)


def test_reduced_frames_are_those_of_pillow():
    seen = Through(lines=120).frames(photo(), torch.zeros(2, 3, 8, 8), amounts())
    whole = quantised(detune_bytes(photo().expand(2, -1, -1, -1), amounts()))
    assert seen.shape == (2, 3, 120, 160)
    for frame, expected in zip(seen, whole, strict=True):
        image = Image.fromarray((expected.movedim(0, -1) * 255.0).round().byte().numpy())
        by_pillow = np.asarray(image.resize((160, 120), Image.Resampling.BILINEAR))
        assert np.abs(frame.movedim(0, -1).numpy() * 255.0 - by_pillow).max() <= 1.01


def test_noise_has_its_deviation_and_is_the_same_each_time():
    grey = torch.full((1, 3, 100, 100), 0.5)
    through = Through(noise_codes=2.0)
    seen = through.frames(photo(), grey, amounts()[:1])
    assert abs(float((seen - grey).std()) * 255.0 - 2.0) < 0.1
    assert torch.equal(seen, through.frames(photo(), grey, amounts()[:1]))
