"""The same bytes on one worker, on two, and from one run to the next."""

from __future__ import annotations

from pathlib import Path

from lutnet.engine.local import Limits, processes
from lutnet.pipeline import grade_timeline
from lutnet.settings import GradeSettings
from tests.engine.test_farm import contents


def test_one_worker_and_two_write_the_same_bytes(footage: Path) -> None:
    packages = {}
    for name, workers in (("one", 1), ("two", 2)):
        graded = grade_timeline(
            footage / "timeline.otio",
            footage / "reference.png",
            footage / name,
            GradeSettings(frames=1, carriers=("ccc",)),
            engine=processes(Limits(workers=workers)),
        )
        assert not graded.skipped
        packages[name] = contents(footage / name)
    assert packages["one"] == packages["two"]
    assert any(name.startswith("luts/") for name in packages["one"]), "the LUTs are what could differ"
