"""What one shot costs, stage by stage, in seconds of processor time, on HD and on UHD footage.

    LUTNET_SHARED=... python -m benchmarks.stages [--shots 42]

One process. HD is 1080p H.264 (*Tears of Steel*); UHD the same enlarged, encoded here as H.264 (a key frame every two
seconds) and as ProRes 422 HQ. Each stage is the time spent inside its functions; decode is what reading a shot costs,
with the way to the analysis size.
"""

from __future__ import annotations

import argparse
import os
import resource
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import av

from benchmarks.speed import write_timeline
from lutnet import diagnosis, pipeline
from lutnet.continuity import compared
from lutnet.engine.threads import one_thread_per_shot
from lutnet.job import Outcome
from lutnet.pipeline import carry_out, grader, plan_of
from lutnet.refinement import fit
from lutnet.settings import GradeSettings
from lutnet.store import Store
from lutnet.timeline import read_timeline

STAGES: dict[str, list[tuple[ModuleType, str]]] = {
    "decode": [(pipeline, "read_shot")],
    "features: diagnosis": [(diagnosis, "diagnose")],
    "features: reference": [(fit, "correspond"), (fit, "predict")],
    "solve": [(fit, "split_pairs"), (fit, "split_transform")],
    "pictures": [(pipeline, "pictures_of")],
    "features for scenes": [(compared, "_kept"), (compared, "anchor")],
    "scenes": [(pipeline, "in_scenes")],
}
FRAMES = 120


def processor_time() -> float:
    """Seconds, of this process and of the copies of it that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def timed(spent: dict[str, float]) -> Iterator[None]:
    """Adds the processor time of every stage to ``spent`` while the block runs."""
    kept = [(module, name, getattr(module, name)) for parts in STAGES.values() for module, name in parts]

    def clocked(stage: str, function: Callable[..., object]) -> Callable[..., object]:
        def run(*given: object, **named: object) -> object:
            start = processor_time()
            try:
                return function(*given, **named)
            finally:
                spent[stage] += processor_time() - start

        return run

    for stage, parts in STAGES.items():
        for module, name in parts:
            setattr(module, name, clocked(stage, getattr(module, name)))
    try:
        yield
    finally:
        for module, name, function in kept:
            setattr(module, name, function)


def costs(timeline: Path, reference: Path | None) -> dict[str, float]:
    """Seconds a shot by stage; ``analysis, other`` is the rest of a job; store and package are the parent's."""
    plan = plan_of(read_timeline(timeline), reference, GradeSettings())
    do = grader(plan.recipe)
    do(plan.jobs[0])  # what is made once, the reference's features among it
    spent: dict[str, float] = defaultdict(float)
    outcomes: dict[str, Outcome] = {}
    start = processor_time()
    with timed(spent):
        for job in plan.jobs:
            outcomes[job.hash] = Outcome.from_bytes(do(job).to_bytes())
    spent["other of a job"] = processor_time() - start - sum(spent.values())
    output = timeline.with_suffix(".stages")
    start = processor_time()
    with timed(spent):
        carry_out(plan, output, engine=lambda _, jobs: ((job, outcomes[job.hash]) for job in jobs))
    spent["store and package"] = processor_time() - start - spent["scenes"]
    with Store(output) as store:
        kilobytes = sum(len(outcome.to_bytes()) for outcome in outcomes.values()) / 1000 / len(plan.jobs)
        spent["LUTs"] = sum(bool(each.grade and each.grade.lut) for each in store.results())
    return {
        **{name: value / len(plan.jobs) for name, value in spent.items()},
        "kB stored": kilobytes,
        "kB package": sum(p.stat().st_size for p in output.rglob("*") if "sqlite" not in p.name)
        / 1000
        / len(plan.jobs),
    }


def enlarged(source: Path, path: Path, codec: str, pixel_format: str, **options: str) -> Path:
    """The first FRAMES of ``source`` at 3840 pixels."""
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream(codec, rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 3840, 2160, pixel_format
        for number, frame in enumerate(old.decode(video=0)):
            if number == FRAMES:
                break
            larger = frame.reformat(3840, 2160, pixel_format)
            larger.pts = None
            new.mux(stream.encode(larger))
        new.mux(stream.encode(None))
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shots", type=int, default=42)
    options = parser.parse_args()
    one_thread_per_shot()
    files = sorted((Path(os.environ["LUTNET_SHARED"]) / "footage").glob("tos_1080p*.mov"))
    with TemporaryDirectory() as name:
        folder = Path(name)
        h264 = enlarged(files[0], folder / "uhd.mp4", "libx264", "yuv420p", preset="fast", g="48")
        prores = enlarged(files[0], folder / "uhd.mov", "prores_ks", "yuv422p10le", profile="hq")
        runs = {
            "1080p H.264": (files, files[2], options.shots),
            "1080p H.264, no reference": (files, None, options.shots),
            "2160p H.264": ([h264], files[2], options.shots // 3),
            "2160p ProRes 422 HQ": ([prores], files[2], options.shots // 3),
        }
        for title, (media, reference, shots) in runs.items():
            place = folder / title.replace(" ", "_").replace(",", "")
            place.mkdir()
            print(f"{title}, {shots} shots")
            for stage, value in costs(write_timeline(place, media, shots), reference).items():
                print(f"  {stage:22} {value:8.3f}", flush=True)


if __name__ == "__main__":
    main()
