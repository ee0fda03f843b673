"""The Ray engine on real Ray: two nodes give what one machine gives, also when one of them is killed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.engine.cluster import MEDIA, _spread, on_ray
from lutnet.engine.local import Limits
from lutnet.job import Engine, Job, Outcome, Recipe
from lutnet.pipeline import grade_timeline, in_this_process
from lutnet.result import Status
from lutnet.settings import GradeSettings
from tests.engine.test_farm import contents
from tests.engine.test_local import FAULTY, LIMITS, jobs, outcomes

SETTINGS = GradeSettings(frames=1)
REEL = "/mnt/reel_07"


class Nodes:
    """A head that does no work, and two nodes of one core."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        head = {"num_cpus": 0, "include_dashboard": False}
        self._cluster: Any = Cluster(initialize_head=True, head_node_args=head)
        near = [self._cluster.add_node(num_cpus=1, resources=held) for held in ({MEDIA + REEL: 1}, {})]
        self._nodes: list[Any] = near
        self.address: str = self._cluster.address
        self.near_reel: str = near[0].node_id

    def kill_one(self) -> None:
        import ray

        # Not the one that this program hangs on: without it no run can go on.
        ours = ray.get_runtime_context().get_node_id()
        victim = next(node for node in self._nodes if node.node_id != ours)
        self._cluster.remove_node(victim, allow_graceful=False)

    def end(self) -> None:
        self._cluster.shutdown()


@pytest.fixture(scope="module")
def ray() -> Any:
    return pytest.importorskip("ray", reason="Ray is not installed; type: pip install 'lutnet[ray]'")


@pytest.fixture
def nodes(ray: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nodes]:
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", str(root))  # for the nodes: tests hold the worker that fails
    nodes = Nodes()
    yield nodes
    ray.shutdown()
    nodes.end()


def killing(engine: Engine, nodes: Nodes) -> Engine:
    """``engine``, of whose cluster a node is killed after the third shot."""

    def run(recipe: Recipe, todo: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        for number, done in enumerate(engine(recipe, todo), start=1):
            yield done
            if number == 3:
                nodes.kill_one()

    return run


def test_two_nodes_of_which_one_is_killed_give_the_bytes_of_one_machine(footage: Path, nodes: Nodes) -> None:
    def package(engine: Engine, name: str) -> dict[str, bytes]:
        folder = footage / name
        graded = grade_timeline(
            footage / "timeline.otio", footage / "reference.png", folder, SETTINGS, engine=engine
        )
        assert not graded.skipped
        return contents(folder)

    truth = package(in_this_process, "local")
    assert package(on_ray(nodes.address), "two") == truth
    assert package(killing(on_ray(nodes.address), nodes), "killed") == truth


def test_what_a_decoder_does_wrong_costs_its_shot_on_a_cluster_too(
    ray: Any, nodes: Nodes, tmp_path: Path
) -> None:
    ray.init(nodes.address, log_to_driver=False)
    names = ["good", "exit", "crash", "gone", "bug", "once", "fine"]
    done = outcomes(
        on_ray(limits=replace(LIMITS, workers=None), module=FAULTY),
        jobs(*(str(tmp_path / f"{name}.mov") for name in names)),
    )
    assert sorted(done) == sorted(names)
    left_out = {name for name, outcome in done.items() if outcome.result.status is Status.SKIPPED}
    assert left_out == {"exit", "crash", "gone", "bug"}
    assert "SIGSEGV" in done["crash"].result.warnings[0]
    assert ray.is_initialized(), "the caller's connection stays"

    placed = list(_spread(ray, jobs("/mnt/reel_01/a.mov", f"{REEL}/b.mov", f"{REEL}/c.mov")))
    assert [Path(job.shot.media or "").stem for job, _ in placed] == ["a", "b", "c"]
    assert [getattr(near, "node_id", None) for _, near in placed] == [None, *2 * [nodes.near_reel]]
    assert all(near.soft for _, near in placed[1:]), "a node that is lost must not keep its shots"


def test_jobs_of_several_places_come_in_turns(monkeypatch: pytest.MonkeyPatch, ray: Any) -> None:
    class Two:
        @staticmethod
        def nodes() -> list[dict[str, object]]:
            ids = {"/a": "1" * 56, "/a/b": "2" * 56}
            return [{"Alive": True, "NodeID": ids[at], "Resources": {MEDIA + at: 1, "CPU": 1}} for at in ids]

    placed = [
        (job.shot.media, near and near.node_id[0])
        for job, near in _spread(Two, jobs("/a/1", "/a/2", "/a/b/3", "/ab/4", "/a/b/5"))
    ]
    assert placed == [("/a/1", "1"), ("/a/b/3", "2"), ("/ab/4", None), ("/a/2", "1"), ("/a/b/5", "2")]


def test_without_ray_it_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch, footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["grade", str(footage / "timeline.otio"), "--engine", "ray"]) == EXIT_BAD_INPUT
    assert "pip install 'lutnet[ray]'" in capsys.readouterr().err


def test_an_address_is_only_for_ray(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(footage / "timeline.otio"), "--address", "auto"]) == EXIT_BAD_INPUT
    assert "--engine ray" in capsys.readouterr().err


def test_no_cluster_is_one_clear_error(
    ray: Any, monkeypatch: pytest.MonkeyPatch, footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["grade", str(footage / "timeline.otio"), "--engine", "ray", "--address", "127.0.0.1:1"]
    assert main(words) == EXIT_BAD_INPUT
    assert "no Ray cluster answers" in capsys.readouterr().err
    assert not (footage / "timeline.lutnet").exists()


def test_limits_hold_for_a_cluster() -> None:
    with pytest.raises(Exception, match="too few workers"):
        on_ray(limits=Limits(workers=0))
