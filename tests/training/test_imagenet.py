"""ImageNet weights as a starting point, with torchvision's own (random) models standing in for the download."""

from __future__ import annotations

from urllib.error import URLError

import pytest
import torch
import torchvision

from lutnet.diagnosis.network import NetworkConfig, Trunk
from lutnet.errors import WeightsError
from lutnet.training.imagenet import imagenet_layers, load_imagenet


@pytest.fixture
def model(monkeypatch):
    torch.manual_seed(0)
    network = torchvision.models.vgg11_bn(weights=None)
    monkeypatch.setattr(torchvision.models, "get_model", lambda name, weights: network)
    return network


def test_the_trunk_computes_what_the_imagenet_model_computes(model):
    trunk = Trunk(NetworkConfig(grid=64, layers=imagenet_layers("vgg11_bn"))).eval()
    load_imagenet(trunk, "vgg11_bn")
    frames = torch.rand(1, 3, 64, 64)
    expected = model.eval().features[:-1](frames)  # without the last pooling
    torch.testing.assert_close(trunk.blocks(frames), expected)


def test_a_trunk_of_other_widths_is_refused(model):
    with pytest.raises(WeightsError, match="not built like"):
        load_imagenet(Trunk(NetworkConfig(layers=(8, "M", 16))), "vgg11_bn")


def test_no_connection_is_a_weights_error(monkeypatch):
    def offline(name, weights):
        raise URLError("no route")

    monkeypatch.setattr(torchvision.models, "get_model", offline)
    with pytest.raises(WeightsError, match="cannot be downloaded"):
        load_imagenet(Trunk(NetworkConfig()), "vgg11_bn")


def test_an_unknown_model_lists_the_known_ones():
    with pytest.raises(WeightsError, match="vgg16_bn"):
        imagenet_layers("resnet50")
