"""References of several other scenes are heard as a set."""

import torch

from lutnet.grade import Grade
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.fit import Wish, by_look, palette_of
from lutnet.refinement.several import look_of_set, share_of_set
from lutnet.shot import Frames
from tests.refinement.scenes import frames, scene
from tests.training.stills import Pixels, pictures

WARM = torch.tensor([0.3, 0.7, 0.0, 0.0, 0.0, 0.0, 0.0])


def warm(colours: torch.Tensor) -> torch.Tensor:
    return detune(colours, WARM)


def references(count: int, *, graded: bool = True) -> tuple[Frames, ...]:
    pictures = [scene(seed).movedim(0, -1) for seed in range(200, 200 + count)]
    return tuple(frames((warm(each) if graded else each).movedim(-1, 0)) for each in pictures)


def test_many_references_are_believed_more_than_few():
    shares = [share_of_set(references(count)) for count in (1, 2, 3, 4, 8)]
    assert shares == sorted(shares)
    assert 0.0 < shares[0] < shares[-1] < 1.0


def test_a_graded_set_is_told_from_an_ungraded_one():
    colours = scene(9).movedim(0, -1).reshape(-1, 3)[::40]
    graded, plain = (look_of_set(references(8, graded=each)).apply(colours) for each in (True, False))
    assert graded.shape == colours.shape
    assert (graded - plain).mean(0).tolist() == sorted((graded - plain).mean(0).tolist(), reverse=True)
    assert float((graded - plain)[:, 0].mean()) > 0.02  # warmer: more red


def photograph(pixels: Pixels) -> torch.Tensor:
    return torch.from_numpy(pixels.copy()).movedim(-1, 0).float() / 255.0


def test_many_scenes_bring_a_shot_nearer_than_one():
    shot, *others = [photograph(each) for each in pictures()]
    truth = warm(shot.movedim(0, -1))
    graded = [
        frames(warm(each.movedim(0, -1)).movedim(-1, 0)) for each in others[1:]
    ]  # the first is the other half

    def left(count: int) -> float:
        found = by_look(frames(shot), graded[:count], Grade(), Wish(palette_of(frames(shot))))
        done = shot.movedim(0, -1) if found is None else found.grade.apply_colours(shot.movedim(0, -1))
        return float(delta_e_rgb(done, truth).mean())

    assert left(8) < left(1)
    assert left(8) < 0.6 * float(delta_e_rgb(shot.movedim(0, -1), truth).mean())
