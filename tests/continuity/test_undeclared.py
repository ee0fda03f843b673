"""Clips that look like log footage judged by what is beside them: a flat fault is graded, log is not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

import pytest
import torch
from skimage import data

from lutnet.colourspace.log_look import log_look
from lutnet.continuity.compared import Compared, compared_of
from lutnet.continuity.undeclared import Seen, Verdict, verdicts
from lutnet.ops.detune import detune
from lutnet.shot import REC709, Frames, LogDoubt
from tests.colourspace.recorded import scene, through_view

LOG, MAY, VIDEO = (LogDoubt(score, score > 2.65, score > 1.19, REC709) for score in (6.0, 2.0, -6.0))
FAULT = torch.tensor([-0.1, 0.2, 0.0, -0.5, 0.3, -0.4, -0.3])


@cache
def ordinary(take: int) -> Compared:
    return _shown(_part(take))


@cache
def faulty() -> Compared:
    return _shown(detune(_part(0), FAULT))


@cache
def logarithmic(space: str) -> Compared:
    return _shown(torch.from_numpy(through_view(space, _part(0).numpy(), inverse=True)).clamp(0.0, 1.0))


def _part(take: int) -> torch.Tensor:
    """``[H, W, 3]``, one of several overlapping parts of a picture."""
    return (
        torch.from_numpy(data.coffee()[8 * take : 300 + 8 * take, 12 * take : 440 + 12 * take].copy()) / 255.0
    )


def _shown(picture: torch.Tensor) -> Compared:
    return compared_of(Frames(picture.movedim(-1, 0)[None]))


def file(*doubts: LogDoubt | None, media: str = "a.mov") -> list[Seen]:
    return [Seen(media, doubt, lambda: None) for doubt in doubts]


def test_a_camera_does_not_change_into_log_for_one_shot() -> None:
    assert verdicts(file(VIDEO, LOG, VIDEO, MAY))[1] is Verdict.FLAT
    assert verdicts(file(VIDEO, LOG, VIDEO, MAY))[3] is Verdict.VIDEO
    assert verdicts(file(LOG, LOG, MAY)) == [Verdict.LOG] * 3  # nor out of it


def test_shots_of_other_files_and_declared_ones_say_nothing_of_a_file() -> None:
    assert verdicts([*file(LOG), *file(VIDEO, VIDEO, media="b.mov")])[0] is Verdict.LOG
    assert verdicts(file(LOG, None, None))[0] is Verdict.LOG
    assert verdicts(file(MAY))[0] is Verdict.MAY


def test_what_faults_explain_beside_an_ordinary_clip_of_the_place_is_graded() -> None:
    beside = [Seen(f"{take}.mov", VIDEO, partial(ordinary, take)) for take in (1, 2)]
    assert verdicts([Seen("f.mov", LOG, faulty), *beside])[0] is Verdict.FLAT


@pytest.mark.parametrize("space", ["S-Log3 S-Gamut3.Cine", "ARRI LogC3 (EI800)", "V-Log V-Gamut", "ACEScct"])
def test_log_beside_an_ordinary_clip_of_the_place_stays_log(space: str) -> None:
    beside = [Seen(f"{take}.mov", VIDEO, partial(ordinary, take)) for take in (1, 2)]
    assert verdicts([Seen("l.mov", LOG, partial(logarithmic, space)), *beside])[0] is Verdict.LOG


def test_one_ordinary_looking_clip_among_flat_ones_of_its_place_is_not_enough() -> None:
    """Of log shots, one in six looks ordinary: what is alike among them is no sign of a fault."""
    flat = [Seen(f"{take}.mov", LOG, faulty) for take in range(3)]
    found = verdicts([*flat, Seen("o.mov", VIDEO, partial(ordinary, 1))])
    assert found[:3] == [Verdict.LOG] * 3


def test_a_picture_that_reaches_the_white_of_a_display_is_no_log() -> None:
    """High-key, hardly any contrast, but with a blown window."""
    dull = torch.from_numpy(0.2 + 0.5 * scene())
    grey = dull.mean(-1, keepdim=True)
    high_key = (grey + 0.6 * (dull - grey)).movedim(-1, 0)[None]
    look = log_look()
    assert look.suspected(high_key)
    high_key[..., :12, :40] = 1.0
    assert not look.suspected(high_key)
    assert look.judged(high_key, REC709).score <= 0.0


def test_doubt_survives_the_store() -> None:
    from lutnet.job import Outcome
    from tests.export.examples import some_result

    kept = Outcome.from_bytes(Outcome(replace(some_result(), doubt=MAY)).to_bytes())
    assert kept.result.doubt == MAY
