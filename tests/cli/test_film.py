"""``lutnet grade film.mov``: a film without a timeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from lutnet.cli.main import main
from lutnet.timeline import read_timeline
from tests.frames.footage import write_video
from tests.frames.test_cuts import film

pytest.importorskip("scenedetect")


def test_a_film_is_graded_shot_by_shot_and_its_cut_list_lies_beside_the_package(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.mov", film())
    (tmp_path / "out").mkdir()
    assert main(["grade", str(path), "-o", str(tmp_path / "out" / "look"), "--quiet"]) == 0
    for listed in (tmp_path / "out" / "film.otio", tmp_path / "out" / "look" / "film.otio"):
        shots = read_timeline(listed).shots
        assert [float(shot.first_frame) for shot in shots] == [0, 30, 55, 96]
        assert all(shot.media is not None and Path(shot.media).samefile(path) for shot in shots)


def test_a_cut_list_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.mov", list(film())[:20])
    (tmp_path / "film.otio").write_text("corrected by hand")
    assert main(["grade", str(path), "--quiet"]) == 0
    assert (tmp_path / "film.otio").read_text() == "corrected by hand"
