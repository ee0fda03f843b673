"""``torchrun``: the gradients are the mean of all processes', and one of them alone writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from lutnet.errors import InputError
from lutnet.training.photos import load_photos
from lutnet.training.ranks import Ranks
from lutnet.training.train import TrainSettings, batches, losses_of, resume
from tests.training.test_train import TINY, folder

__all__ = ["folder"]

ROOT = Path(__file__).parents[2]


def torchrun(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def gradients(settings: TrainSettings, here: Ranks) -> dict[str, torch.Tensor]:
    """Those of one rank alone, without any of the training's own step."""
    network = resume(settings).network
    batch = next(batches(load_photos(settings.photos), settings, 0, here))
    torch.manual_seed(here.seed(settings.seed * 1_000_003))
    losses = losses_of(network(batch.seen), batch)
    (losses.levels + 0.5 * losses.fault + settings.colour_weight * losses.colour).backward()
    return {name: each.grad for name, each in network.named_parameters() if each.grad is not None}


def test_every_rank_has_the_mean_of_both_gradients(folder: Path, tmp_path: Path) -> None:
    done = torchrun("-m", "tests.training.ranked_step", str(folder), str(tmp_path))
    assert done.returncode == 0, done.stderr
    first, second = (load_file(tmp_path / f"{place}.safetensors") for place in (0, 1))
    settings = TrainSettings(folder, tmp_path, network=TINY, steps=6, batch=8)
    ours = [gradients(settings, Ranks("cpu", place, 2)) for place in (0, 1)]
    assert any(not torch.equal(ours[0][name], ours[1][name]) for name in ours[0]), "both saw the same"
    mean = {name: nn.Parameter(torch.zeros_like(each)) for name, each in ours[0].items()}
    for name, parameter in mean.items():
        parameter.grad = (ours[0][name] + ours[1][name]) / 2
    nn.utils.clip_grad_norm_(mean.values(), 5.0)
    assert first.keys() == mean.keys()
    for name, parameter in mean.items():
        assert torch.equal(first[name], second[name])
        torch.testing.assert_close(first[name], parameter.grad, rtol=1e-4, atol=1e-6, msg=name)


def test_the_same_command_trains_on_two_and_one_of_them_writes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = ("-m", "lutnet", "train", str(folder), "-o", str(out), "--steps", "50", "--batch", "4")
    done = torchrun(*command, "--grid", "32")
    assert done.returncode == 0, done.stderr
    names = {"checkpoint.pt", "log.jsonl", "model.json", "model.safetensors"}
    assert {path.name for path in out.iterdir()} == names
    assert len((out / "log.jsonl").read_text().splitlines()) == 1
    assert done.stdout.count("Weights and card are in") == 1
    card = json.loads((out / "model.json").read_text())
    assert "torchrun --nproc-per-node 2 -m lutnet train" in json.dumps(card)


def test_a_batch_that_cannot_be_shared_is_refused() -> None:
    assert Ranks("cpu", 1, 2).share(6) == 3
    with pytest.raises(InputError, match="a multiple of 2"):
        Ranks("cpu", 1, 2).share(7)
