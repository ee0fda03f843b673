"""diagnose: its promises for any finite input, with the weights that ship."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from torch import Tensor

from lutnet.diagnosis.heads import CLEAN, FAULTS, HEADS, LEVELS
from lutnet.diagnosis.model import default_model, load_model, save_model
from lutnet.diagnosis.predict import diagnose
from lutnet.errors import InputError, WeightsError
from lutnet.ops.detune import NAMES, detune
from lutnet.shot import Frames


@pytest.fixture(scope="module")
def photo() -> Tensor:
    return torch.from_numpy(data.astronaut()).permute(2, 0, 1).float().unsqueeze(0) / 255.0


def spoiled(frames: Tensor, name: str, amount: float) -> Tensor:
    amounts = torch.zeros(7)
    amounts[NAMES.index(name)] = amount
    return detune(frames.movedim(1, -1), amounts).movedim(-1, 1)


def test_heads_are_those_of_the_detune_model():
    assert tuple(head.name for head in HEADS) == NAMES
    assert len(FAULTS) == CLEAN == 42


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.name)
def test_a_head_is_zero_when_nothing_is_wrong_and_signed_as_its_level(head):
    assert head.value_at(0.0) == 0.0
    assert head.value_at(1.0) > 0.0 > head.value_at(-1.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_full_fault_moves_its_own_level_to_its_own_side(photo, name):
    low, high = (diagnose(spoiled(photo, name, p)).corrections[name].level for p in (-1.0, 1.0))
    assert low < 0.0 < high


@pytest.mark.parametrize("name", ["exposure", "black_point", "white_point"])
def test_cdls_bring_badly_spoiled_photographs_nearer_to_the_truth_on_average(name):
    before, after = 0.0, 0.0
    for load in (data.astronaut, data.coffee, data.chelsea, data.rocket):
        right = torch.from_numpy(load()[::2, ::2].copy()).permute(2, 0, 1).float().unsqueeze(0) / 255.0
        wrong = spoiled(right, name, -1.0)
        before += float((wrong - right).abs().mean())
        after += float((diagnose(wrong).grade.apply(wrong) - right).abs().mean())
    assert after < 0.75 * before


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 90), st.integers(1, 90))
def test_any_finite_frame_gives_probabilities_and_a_finite_cdl(seed, count, height, width):
    frames = torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(seed)) * 3.0 - 1.0
    diagnosis = diagnose(frames)
    for correction in diagnosis.corrections.values():
        assert sum(correction.probabilities) == pytest.approx(1.0)
        assert 0.0 <= correction.confidence <= 1.0
        expected = sum(p * level for p, level in zip(correction.probabilities, LEVELS, strict=True))
        assert correction.level == pytest.approx(expected)
    assert torch.isfinite(torch.tensor([*diagnosis.cdl.slope, *diagnosis.cdl.power])).all()


@pytest.mark.parametrize(
    ("frames", "word"),
    [
        (torch.zeros(2, 3, 64, 64), "single tone"),
        (torch.ones(1, 3, 64, 64), "single tone"),
        (torch.tensor([0.8, 0.1, 0.1]).view(1, 3, 1, 1).expand(1, 3, 64, 64), "single tone"),
        (torch.rand(1, 3, 8, 8), "smaller"),
        (torch.rand(1, 3, 4, 3000), "smaller"),
    ],
    ids=["black", "white", "one colour", "tiny", "a line"],
)
def test_frames_without_evidence_are_left_alone_with_a_warning(frames, word):
    diagnosis = diagnose(frames)
    assert diagnosis.cdl.is_identity
    assert diagnosis.fault is None
    assert all(correction.confidence < 0.2 for correction in diagnosis.corrections.values())
    assert word in diagnosis.warnings[0]


def test_monochrome_frames_keep_their_neutrality_and_warn(photo):
    grey = photo.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    diagnosis = diagnose(grey)
    for triple in (diagnosis.cdl.slope, diagnosis.cdl.offset, diagnosis.cdl.power):
        assert max(triple) - min(triple) < 1e-4
    assert diagnosis.cdl.saturation == pytest.approx(1.0, abs=0.01)
    assert "monochrome" in diagnosis.warnings[0]
    assert diagnosis.corrections["temperature"].confidence < 0.2


def test_black_frames_in_a_shot_do_not_change_what_the_others_say(photo):
    alone = diagnose(photo)
    mixed = diagnose(torch.cat((photo, torch.zeros_like(photo))))
    assert mixed.cdl == alone.cdl
    assert "left out" in mixed.warnings[0]


def test_a_repeated_frame_says_what_one_says(photo):
    assert diagnose(photo.expand(20, -1, -1, -1)).cdl.slope == pytest.approx(
        diagnose(photo).cdl.slope, abs=1e-4
    )


def test_the_order_of_frames_does_not_matter(photo):
    frames = torch.cat((photo, photo.flip(-2), photo * 0.7))
    first, second = diagnose(frames), diagnose(frames.flip(0))
    # The CDL is fitted to other pixels of them then: a twentieth of a code of 8 bits.
    assert first.cdl.slope == pytest.approx(second.cdl.slope, abs=2e-4)
    assert first.fault == second.fault


def test_the_same_frames_give_the_same_answer_bit_for_bit(photo):
    assert diagnose(photo) == diagnose(photo)


def test_a_record_of_frames_equals_its_pixels(photo):
    assert diagnose(Frames(photo)) == diagnose(photo)


def test_a_reference_that_is_the_shot_itself_leaves_nothing_to_correct(photo):
    wrong = spoiled(photo, "temperature", 1.0)
    diagnosis = diagnose(wrong, wrong)
    assert diagnosis.cdl.is_identity
    assert abs(diagnosis.corrections["temperature"].level) < 0.05


def test_a_clean_reference_shows_the_difference(photo):
    wrong = spoiled(photo, "temperature", 1.0)
    assert diagnose(wrong, photo).corrections["temperature"].level > 0.2


@pytest.mark.parametrize(
    "frames",
    [
        torch.full((1, 3, 64, 64), torch.nan),
        torch.full((1, 3, 64, 64), torch.inf),
        torch.rand(1, 4, 64, 64),
        torch.rand(3, 64, 64),
        torch.rand(0, 3, 64, 64),
        torch.zeros(1, 3, 64, 64, dtype=torch.uint8),
    ],
    ids=["nan", "infinity", "alpha", "no batch", "no frames", "bytes"],
)
def test_unusable_input_is_refused(frames):
    with pytest.raises(InputError):
        diagnose(frames)


def test_a_model_survives_its_file(tmp_path, photo):
    path = tmp_path / "show.safetensors"
    save_model(path, default_model())
    assert diagnose(photo, model=load_model(path)) == diagnose(photo)


def test_weights_of_another_network_are_refused(tmp_path):
    from lutnet.weights import save_network

    path = tmp_path / "other.safetensors"
    save_network(path, {"a": torch.zeros(2)}, {"kind": "other"})
    with pytest.raises(WeightsError, match="not those of a diagnosis network"):
        load_model(path)
