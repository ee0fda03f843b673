"""What a training run leaves behind: the weights, calibrated, and the card that says what they are."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lutnet.diagnosis.model import DiagnosisModel, save_model
from lutnet.diagnosis.network import DiagnosisNetwork
from lutnet.training.calibrate import calibrate
from lutnet.training.evaluate import EvaluateSettings, Evaluation, evaluate_model
from lutnet.training.photos import PhotoSet
from lutnet.training.sampling import Mix

LIMITS = (
    "Display-referred Rec.709 frames only: log and HDR footage must be converted first.",
    "A single frame cannot tell a cast or an exposure that is meant (sunset, night, high key) from a fault.",
    "Photographs differ among themselves by more than a 33 % fault; small levels are guesses, see confidence.",
    "Trained on documentary and press photographs; animation and graphics were not seen.",
)
CLASSES_PER_PHOTO = 6


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the card says of how the weights were made. command: the line that makes them again."""

    command: str
    seed: int
    steps: int
    mix: Mix


def publish(
    network: DiagnosisNetwork, seen: PhotoSet, held_out: PhotoSet, facts: RunFacts, out: Path
) -> Path:
    """Calibrate and score ``network`` on ``held_out``; write ``model.safetensors`` and its card to ``out``."""
    model = DiagnosisModel(network, calibrate(network, held_out, facts.mix))
    settings = EvaluateSettings(out, classes_per_photo=CLASSES_PER_PHOTO, grid=network.config.grid)
    scores = evaluate_model(model, held_out, settings)
    path = out / "model.safetensors"
    digest = save_model(path, model)
    write_card(path.with_suffix(".json"), card_of(digest, seen, held_out, facts, scores))
    return path


def card_of(
    sha256: str, seen: PhotoSet, held_out: PhotoSet, facts: RunFacts, scores: Evaluation
) -> dict[str, Any]:
    """The card as JSON values."""
    return {
        "sha256": sha256,
        "data": {
            "photographs": len(seen),
            "sources": sorted(set(seen.sources)),
            "names_sha256": seen.digest,
            "held_out_photographs": len(held_out),
            "held_out_sources": sorted(set(held_out.sources)),
        },
        "seed": facts.seed,
        "steps": facts.steps,
        "mix": asdict(facts.mix),
        "command": facts.command,
        "scores": {"held_out": asdict(scores)},
        "limits": list(LIMITS),
    }


def write_card(path: Path, card: dict[str, Any]) -> None:
    """Write ``card`` as JSON, whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
