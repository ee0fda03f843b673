"""Explanations: a part that alone carries a fault is the part that speaks for it."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

import lutnet
from lutnet.cli.main import main
from lutnet.diagnosis.explain import PARTS, explain, explanation_png
from lutnet.errors import InputError
from lutnet.ops.detune import detune


def picture() -> torch.Tensor:
    return torch.from_numpy(np.asarray(data.coffee())[::2, ::2]).movedim(-1, 0).float() / 255.0


def test_the_half_that_is_too_orange_speaks_for_it():
    frame = picture()
    amounts = torch.zeros(7)
    amounts[1] = 1.0
    spoiled = detune(frame.movedim(0, -1), amounts).movedim(-1, 0)
    half = frame.shape[-1] // 2
    frame = torch.cat((frame[..., :half], spoiled[..., half:]), -1)
    found = lutnet.diagnose(frame[None])
    assert found.corrections["temperature"].level > 0
    spoken = explain(frame[None]).maps["temperature"]
    assert spoken[:, PARTS // 2 :].sum() > spoken[:, : PARTS // 2].sum()


def test_maps_of_a_mirrored_frame_are_mirrored():
    amounts = torch.zeros(7)
    amounts[0] = 0.7  # maps are signed by the level, which must not lie near 0
    frame = detune(picture().movedim(0, -1), amounts).movedim(-1, 0)
    straight, mirrored = explain(frame[None]).maps, explain(frame.flip(-1)[None]).maps
    likeness = torch.nn.functional.cosine_similarity(
        straight["exposure"].flatten(), mirrored["exposure"].flip(-1).flatten(), dim=0
    )
    assert likeness > 0.7


def test_every_head_has_a_finite_map_even_of_a_flat_frame():
    for frames in (picture()[None], torch.full((1, 3, 40, 60), 0.5)):
        maps = explain(frames).maps
        assert len(maps) == 7
        assert all(each.shape == (PARTS, PARTS) and bool(each.isfinite().all()) for each in maps.values())


def test_tiny_frames_are_refused():
    with pytest.raises(InputError, match="too small"):
        explain(torch.rand(1, 3, 8, 8))


def test_the_picture_has_a_panel_for_every_finding(tmp_path, capsys):
    frame = picture()
    content = explanation_png(explain(frame[None]), lutnet.diagnose(frame[None]))
    assert Image.open(io.BytesIO(content)).size[0] > 360
    path = tmp_path / "frame.png"
    Image.fromarray((frame.movedim(0, -1).numpy() * 255).round().astype(np.uint8)).save(path)
    assert main(["diagnose", str(path), "--explain", str(tmp_path / "why")]) == 0
    assert [each.name for each in (tmp_path / "why").iterdir()] == ["000_frame.png"]
    assert "correction" in capsys.readouterr().out
