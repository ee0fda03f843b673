"""A trained network with its calibration, as one thing that can be stored and loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from lutnet import weights
from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.look import Look, look_from_stored, look_tensors, look_to_plain
from lutnet.diagnosis.network import DiagnosisNetwork, NetworkConfig
from lutnet.errors import InputError, WeightsError

DEFAULT = "diagnosis"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What held-out sources say of the network's own certainty.

    level_temperatures: one divisor of the logits per head. fault_temperature: the same for the 43 classes.
    clean_logit: added to the clean class: training saw more clean frames than one in 43.
    confidence_slopes, confidence_offsets: per head, from the log odds of a direction to those of its
        being right.
    strength: how much of the predicted CDL is used, 0..1.
    """

    level_temperatures: tuple[float, ...] = (1.0,) * len(HEADS)
    fault_temperature: float = 1.0
    clean_logit: float = 0.0
    confidence_slopes: tuple[float, ...] = (1.0,) * len(HEADS)
    confidence_offsets: tuple[float, ...] = (0.0,) * len(HEADS)
    strength: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class DiagnosisModel:
    """network: in evaluation mode. calibration: fitted on sources that the network was not trained on.

    look: what is right in one show, put on frames that are neutral; None: neutral is right.
    sha256: of the file it came from, or empty.
    """

    network: DiagnosisNetwork
    calibration: Calibration = field(default_factory=Calibration)
    look: Look | None = None
    sha256: str = ""


@cache
def default_model() -> DiagnosisModel:
    """The model that ships with lutnet, loaded once. Raises WeightsError when its file was changed."""
    return restored(weights.shipped(DEFAULT))


def load_named(path: Path | None) -> DiagnosisModel:
    """The model of ``path``, or the one that ships where there is none. Raises WeightsError."""
    return default_model() if path is None else load_model(path)


def load_model(path: Path) -> DiagnosisModel:
    """A model of the user's own. Raises WeightsError when the file is no diagnosis model."""
    return restored(weights.load_network(path))


def save_model(path: Path, model: DiagnosisModel) -> str:
    """Write ``model`` and return the file's SHA-256."""
    config = {"network": model.network.config.as_json(), "calibration": asdict(model.calibration)}
    tensors = dict(model.network.state_dict())
    if model.look is not None:
        config["look"] = look_to_plain(model.look)
        tensors |= look_tensors(model.look)
    return weights.save_network(path, tensors, config)


def restored(stored: weights.StoredNetwork) -> DiagnosisModel:
    """Build the model that ``stored`` describes. Raises WeightsError when it describes another kind."""
    try:
        network = DiagnosisNetwork(NetworkConfig.from_json(stored.config["network"]))
        calibration = _calibration(stored.config["calibration"])
        look, tensors = look_from_stored(stored.config.get("look"), stored.tensors)
    except (KeyError, TypeError, ValueError, InputError) as error:
        raise WeightsError(
            "weights are not those of a diagnosis network", where=stored.source, fix=f"Reason: {error!r}."
        ) from error
    weights.load_state(network, replace(stored, tensors=tensors))
    return DiagnosisModel(network.eval(), calibration, look, stored.sha256)


def _calibration(values: Mapping[str, Any]) -> Calibration:
    def per_head(name: str) -> tuple[float, ...]:
        numbers = tuple(float(value) for value in values[name])
        if len(numbers) != len(HEADS):
            raise ValueError(f"{name} has {len(numbers)} values, not {len(HEADS)}")
        return numbers

    return Calibration(
        level_temperatures=per_head("level_temperatures"),
        fault_temperature=float(values["fault_temperature"]),
        clean_logit=float(values["clean_logit"]),
        confidence_slopes=per_head("confidence_slopes"),
        confidence_offsets=per_head("confidence_offsets"),
        strength=float(values["strength"]),
    )
