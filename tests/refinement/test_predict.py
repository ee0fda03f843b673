"""What the look of references of other scenes does to a shot: all opinions heard, as far as they are sure."""

import gc
import math
import weakref
from collections.abc import Sequence
from dataclasses import replace

import torch

from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.network import DiagnosisNetwork
from lutnet.diagnosis.predict import look_at
from lutnet.refinement.brightness import Transform
from lutnet.refinement.confidence import CONFIDENCE, GATE, evidence
from lutnet.refinement.network import default_networks
from lutnet.refinement.pair_network import shipped_pair_network
from lutnet.refinement.predict import Prediction, predict, shown_by
from lutnet.shot import Frames
from tests.refinement.scenes import frames, scene


def as_shot(colours: torch.Tensor) -> torch.Tensor:
    return colours


def predicted(shot: Frames, references: Sequence[Frames], balanced: Transform = as_shot) -> Prediction:
    model = default_model()
    shown = shown_by(look_at(shot, model), model)
    assert shown is not None
    found = predict(shot, references, shown, balanced)
    assert found is not None
    return found


def test_what_another_diagnosis_reads_is_not_asked():
    model = default_model()
    looked = look_at(frames(scene(1)), model)
    torch.manual_seed(0)
    other = DiagnosisModel(DiagnosisNetwork(model.network.config).eval())
    assert shown_by(looked, model) is not None
    assert shown_by(looked, other) is None


def test_references_that_tell_nothing_give_no_prediction():
    model, shot = default_model(), frames(scene(1))
    shown = shown_by(look_at(shot, model), model)
    assert shown is not None
    assert predict(shot, [Frames(torch.zeros(1, 3, 64, 64))], shown, as_shot) is None
    assert shown_by(look_at(Frames(torch.zeros(1, 3, 64, 64)), model), model) is None


def test_a_prediction_keeps_colours_in_range():
    prediction = predicted(frames(scene(1)), [frames(scene(2), scene(3)), frames(scene(4))])
    colours = torch.rand(500, 3)
    assert prediction.apply(colours).min() >= 0
    assert prediction.apply(colours).max() <= 1
    assert 0 <= prediction.confidence <= 1


def test_a_shot_is_forgotten_once_it_is_graded():
    reference = frames(scene(1, 64, 64))
    shots = [frames(scene(seed, 64, 64)) for seed in (2, 3)]
    kept = [weakref.ref(shot) for shot in shots]
    for shot in shots:
        predicted(shot, [reference])
    del shot, shots
    gc.collect()
    assert [shot() for shot in kept] == [None, None]


def sure(prediction: Prediction, confidence: float) -> Prediction:
    """``prediction`` with evidence that gives ``confidence``."""
    odds = math.log(confidence / (1.0 - confidence)) - CONFIDENCE.offset
    return replace(prediction, found=torch.tensor([odds / CONFIDENCE.agreement, 0.0, 0.0]))


def test_what_is_seen_and_what_is_read_count_alike_and_the_set_beside_them():
    shot, reference = frames(scene(1)), frames(scene(2))
    prediction = sure(predicted(shot, [reference]), 0.999)
    assert len(prediction.seen) == len(default_networks()) > 1
    assert len(prediction.read) == shipped_pair_network().config.members > 1
    colours = torch.rand(200, 3, generator=torch.Generator().manual_seed(1))
    seen, read = (
        [look.apply(colours[None])[0] for look in looks] for looks in (prediction.seen, prediction.read)
    )
    pair = (torch.stack(seen).mean(0) + torch.stack(read).mean(0)) / 2
    heard = torch.lerp(pair, prediction.together.apply(colours), prediction.of_set)
    assert torch.allclose(prediction.apply(colours), heard, atol=1e-6)
    assert all((looks[0] - looks[1]).abs().max() > 1e-3 for looks in (seen, read))


def test_a_surer_look_is_applied_further():
    prediction = predicted(frames(scene(1)), [frames(scene(2))])
    least, full = GATE
    tried = (least / 2, 0.8 * least + 0.2 * full, (least + full) / 2 + 0.02, full + 0.01)
    shares = [sure(prediction, confidence).share for confidence in tried]
    assert shares == sorted(shares)
    assert shares[0] == 0 < shares[1] < 0.5 < shares[2] < shares[3] == 1


def test_a_look_that_is_not_followed_leaves_a_balanced_shot():
    found = predicted(frames(scene(1)), [frames(scene(2))], lambda colours: colours / 2)
    colours = torch.rand(50, 3)
    assert torch.equal(sure(found, 0.01).apply(colours), colours / 2)


def test_a_shot_of_which_all_is_meant_gets_the_look_as_it_stands():
    found = predicted(frames(scene(1)), [frames(scene(2))], lambda colours: colours / 2)
    colours = torch.rand(50, 3)
    assert torch.equal(sure(found, 0.999).as_meant(colours), found.together.apply(colours))
    assert torch.equal(sure(found, 0.01).as_meant(colours), colours)
    assert torch.equal(replace(sure(found, 0.01), undone=1.0).as_meant(colours), colours)


def test_a_look_on_which_opinions_agree_is_surer_and_a_film_look_less():
    shown = torch.rand(300, 3, generator=torch.Generator().manual_seed(2))
    warmer, more, other = (
        shown * torch.tensor(gain) for gain in ((1.0, 0.9, 0.7), (1.0, 0.88, 0.66), (0.8, 0.9, 1))
    )
    one_mind, two_minds = torch.stack((warmer, more)), torch.stack((warmer + more - other, other))

    def how_sure(opinions: torch.Tensor, film: float = 0.2, scenes: int = 1) -> float:
        return float(CONFIDENCE.of(evidence(shown, opinions, warmer, film=film, scenes=scenes)))

    assert how_sure(one_mind) > how_sure(two_minds)
    assert how_sure(one_mind, film=0.1) > how_sure(one_mind, film=0.9)
    assert how_sure(one_mind, scenes=8) > how_sure(one_mind)
    assert 0.0 < how_sure(warmer.expand(2, -1, -1)) < 1.0
