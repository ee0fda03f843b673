"""``lutnet demo`` holds what the README says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lutnet.demo import DemoResult, run_demo
from lutnet.demo.scenes import SHOTS
from lutnet.errors import OutputError


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    return run_demo(tmp_path_factory.mktemp("demo") / "new")


def test_shots_that_share_the_references_scene_come_60_percent_nearer_to_the_truth(demo: DemoResult) -> None:
    assert sum(shot.same_scene for shot in demo.shots) == 4
    assert demo.fall(same_scene=True) >= 0.60


def test_all_shots_come_30_percent_nearer_to_the_truth(demo: DemoResult) -> None:
    assert len(demo.shots) == len(SHOTS)
    assert demo.fall() >= 0.30


def test_no_shot_gets_worse_by_more_than_one(demo: DemoResult) -> None:
    assert all(shot.delta_e_after <= shot.delta_e_before + 1.0 for shot in demo.shots)


def test_a_second_run_in_the_same_folder_replaces_the_first(demo: DemoResult) -> None:
    assert (demo.graded.folder / "review.png").exists()
    again = run_demo(demo.graded.folder.parent)
    assert [shot.delta_e_after for shot in again.shots] == [shot.delta_e_after for shot in demo.shots]


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(OutputError, match=r"letter\.txt"):
        run_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
