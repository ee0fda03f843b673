"""Training: it learns, it resumes exactly, and what it writes is what evaluation reads."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from lutnet.diagnosis.model import DiagnosisModel, save_model
from lutnet.diagnosis.network import NetworkConfig
from lutnet.errors import InputError
from lutnet.training.calibrate import calibrate
from lutnet.training.evaluate import EvaluateSettings, evaluate
from lutnet.training.photos import load_photos
from lutnet.training.sampling import Mix
from lutnet.training.train import (
    TrainSettings,
    batches,
    losses_of,
    resume,
    take_step,
    train,
)

TINY = NetworkConfig(grid=32, layers=(8, "M", 8), hidden=32, dropout=0.2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Eight parts of the photographs that ship with scikit-image, as if from eight sources."""
    path = tmp_path_factory.mktemp("photos")
    for name in ("astronaut", "coffee", "chelsea", "rocket"):
        pixels = np.asarray(getattr(data, name)())
        half = pixels.shape[1] // 2
        Image.fromarray(pixels[::3, :half:3]).save(path / f"{name}_left.png")
        Image.fromarray(pixels[::3, half::3]).save(path / f"{name}_right.png")
    return path


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> TrainSettings:
    return TrainSettings(folder, tmp_path / "run", network=TINY, steps=6, batch=6, held_out=0.2, save_every=3)


def test_losses_fall_on_a_batch_that_is_seen_again_and_again(settings):
    settings = dataclasses.replace(settings, steps=400, rate=1e-2)
    state = resume(settings)
    batch = next(batches(load_photos(settings.photos), settings, 0))
    first = take_step(state, batch, settings)
    for _ in range(60):
        last = take_step(state, batch, settings)
    assert last.levels < 0.7 * first.levels
    assert last.colour < 0.8 * first.colour


def test_an_interrupted_run_ends_where_an_unbroken_one_does(settings, tmp_path):
    unbroken = train(settings)
    again = dataclasses.replace(settings, out=tmp_path / "again")
    photos = load_photos(settings.photos)
    assert len(photos) == 8

    class Interrupted(Exception):
        pass

    def stop_after(count):
        import lutnet.training.train as module

        original = module.take_step

        def step(state, *rest):
            if state.step >= count:
                raise Interrupted
            return original(state, *rest)

        return step

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lutnet.training.train.take_step", stop_after(4))
        with pytest.raises(Interrupted):
            train(again)
    resumed = train(again)
    for name, tensor in unbroken.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], tensor, msg=name)


def test_half_precision_takes_the_same_path_to_nearly_the_same_losses(settings):
    losses = []
    for mixed in (False, True):
        chosen = dataclasses.replace(settings, mixed_precision=mixed)
        state = resume(chosen)
        batch = next(batches(load_photos(settings.photos), chosen, 0)).to(chosen.device)
        losses.append(take_step(state, batch, chosen))
        assert all(parameter.dtype == torch.float32 for parameter in state.network.parameters())
        assert all(bool(parameter.isfinite().all()) for parameter in state.network.parameters())
    for name in ("levels", "fault", "colour"):
        full, half = (float(getattr(each, name).detach()) for each in losses)
        assert half == pytest.approx(full, rel=0.05)


def test_a_device_that_is_not_there_is_one_clear_error(settings):
    for name in ("cuda:97", "abacus"):
        with pytest.raises(InputError, match=r"no such device here.*allowed"):
            dataclasses.replace(settings, device=name)


def test_losses_and_gradients_are_finite_on_frames_without_colour_or_light(settings):
    state = resume(settings)
    batch = next(batches(load_photos(settings.photos), settings, 0))
    dark = dataclasses.replace(
        batch, clean=batch.clean * 0, spoiled=batch.spoiled * 0, seen=batch.seen * 0 + 0.5
    )
    losses = losses_of(state.network(dark.seen), dark)
    (losses.levels + losses.fault + losses.colour).backward()
    assert all(torch.isfinite(p.grad).all() for p in state.network.parameters() if p.grad is not None)


def test_the_log_has_a_line_for_every_fiftieth_step(settings):
    train(dataclasses.replace(settings, steps=50))
    lines = (settings.out / "log.jsonl").read_text().splitlines()
    assert len(lines) == 1 and '"step": 50' in lines[0]


def test_what_training_writes_can_be_calibrated_stored_and_evaluated(settings, tmp_path):
    network = train(settings)
    photos = load_photos(settings.photos)
    calibration = calibrate(network, photos, Mix())
    path = tmp_path / "tiny.safetensors"
    save_model(path, DiagnosisModel(network, calibration))
    result = evaluate(EvaluateSettings(settings.photos, path, classes_per_photo=3, grid=32))
    assert result.photos == 8
    assert 0.0 <= result.unseen.exact <= result.unseen.neighbour <= 1.0
    assert set(result.several) == {7, 2, 3, 4}
    assert result.several[7].before.mean > 1.0
    assert result.heads[0].name == "exposure"
