"""The pictures of the contact sheet show what is exported, and come from the store one at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from lutnet.colourspace import ColourSettings, colour_management
from lutnet.grade import CDL, Grade
from lutnet.result import Status
from lutnet.store import Decision, Store
from lutnet.thumbnails import WIDTH, StoredThumbnails, pictures_of, thumbnail
from tests.export.examples import some_result

VIEW = colour_management(ColourSettings()).view
GRADE = Grade(CDL(offset=(0.25, 0.0, 0.0)))


def test_a_thumbnail_is_small_and_keeps_its_shape() -> None:
    picture = thumbnail(np.random.default_rng(0).random((256, 800, 3), np.float32))
    assert picture.shape == (WIDTH * 256 // 800, WIDTH, 3)
    assert thumbnail(np.zeros((40, 60, 3), np.float32)).shape == (40, 60, 3)


def test_pictures_show_the_grade_as_it_was_decided(tmp_path: Path) -> None:
    grey = thumbnail(np.full((30, 40, 3), 0.5, np.float32))
    proposed = [replace(some_result(number), grade=GRADE) for number in range(3)]
    ids = [result.shot.id for result in proposed]
    jobs = dict(zip(ids, ("a", "b", "c"), strict=True))
    with Store(tmp_path) as store:
        for result in proposed:
            job = jobs[result.shot.id]
            store.finish(job, result, pictures_of(np.full((30, 40, 3), 0.5, np.float32), GRADE, VIEW))
        store.save(proposed, jobs=jobs)
        warmer = Grade(CDL(offset=(0.0, 0.125, 0.0)))
        store.decide(Decision(ids[1], Status.REJECTED), Decision(ids[2], Status.CHANGED, warmer))
        shown = StoredThumbnails(store, store.results(), jobs, grey, VIEW)
        assert list(shown) == ids
        colours = [shown[shot_id].after[0, 0].astype(int) for shot_id in ids]
        assert shown[ids[0]].reference is grey
    for colour, expected in zip(colours, ((192, 128, 128), (128, 128, 128), (128, 160, 128)), strict=True):
        assert np.abs(colour - expected).max() <= 1  # JPEG


def test_a_clip_without_pictures_has_none(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.save([some_result()])
        assert len(StoredThumbnails(store, store.results(), {}, None, VIEW)) == 0


def test_a_log_picture_is_shown_through_its_view_after_a_decision_too(tmp_path: Path) -> None:
    log = colour_management(ColourSettings("ACEScct")).view
    recorded = np.random.default_rng(1).uniform(0.2, 0.6, (30, 40, 3)).astype(np.float32)
    result = replace(some_result(0), grade=GRADE)
    expected = {
        grade: thumbnail(log.show(grade.apply_colours(torch.from_numpy(recorded))).numpy()).astype(int)
        for grade in (GRADE, Grade(CDL(power=(1.2, 1.0, 1.0))))
    }
    with Store(tmp_path) as store:
        store.finish("a", result, pictures_of(recorded, GRADE, log))
        store.save([result], jobs={result.shot.id: "a"})
        for picture in expected.values():
            shown = StoredThumbnails(store, store.results(), {result.shot.id: "a"}, None, log)[result.shot.id]
            assert np.abs(shown.after.astype(int) - picture).mean() < 3
            store.decide(Decision(result.shot.id, Status.CHANGED, list(expected)[1]))
