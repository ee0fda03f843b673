"""Start a trunk from torchvision's ImageNet VGG weights, where they can be had."""

from __future__ import annotations

from urllib.error import URLError

import torchvision

from lutnet.diagnosis.network import Layers, Trunk
from lutnet.errors import WeightsError

CONFIGURATIONS = {"vgg11_bn": "A", "vgg13_bn": "B", "vgg16_bn": "D", "vgg19_bn": "E"}
"""torchvision's batch-normalised models and the names of their layer configurations."""


def imagenet_layers(model: str) -> Layers:
    """The layers that a trunk must have to take ``model``'s weights, less the last pooling.

    Raises WeightsError for an unknown model.
    """
    if model not in CONFIGURATIONS:
        raise WeightsError("unknown ImageNet model", value=model, allowed=", ".join(CONFIGURATIONS))
    layers: Layers = tuple(torchvision.models.vgg.cfgs[CONFIGURATIONS[model]])
    return layers[:-1]


def load_imagenet(trunk: Trunk, model: str) -> None:
    """Copy ``model``'s convolutions, trained on ImageNet, into ``trunk``'s blocks (downloads them once).

    Raises WeightsError when they cannot be had or do not fit.
    """
    layers = imagenet_layers(model)
    try:
        source = torchvision.models.get_model(model, weights="DEFAULT").features
    except (URLError, OSError) as error:
        raise WeightsError("ImageNet weights cannot be downloaded", value=model, fix=f"{error}.") from error
    trained = {
        name: tensor
        for name, tensor in source.state_dict().items()
        if int(name.split(".")[0]) < len(trunk.blocks)
    }
    try:
        trunk.blocks.load_state_dict(trained)
    except RuntimeError as error:
        raise WeightsError(
            "the trunk is not built like the ImageNet model", value=model, allowed=str(layers)
        ) from error
