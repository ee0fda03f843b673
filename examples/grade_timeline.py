"""Grade a timeline from Python and list what was done to each clip.

python examples/grade_timeline.py timeline.otio reference.png
"""

import sys

import lutnet


def main(timeline: str, reference: str) -> None:
    graded = lutnet.grade_timeline(timeline, reference)
    for clip in graded.clips:
        if clip.grade is None:
            print(f"{clip.shot.name}: skipped, {clip.shot.skipped}")
            continue
        slope = ", ".join(f"{value:.3f}" for value in clip.grade.cdl.slope)
        print(f"{clip.shot.name}: slope {slope}, {'with' if clip.grade.lut else 'without'} a residual LUT")
    print(f"written to {graded.folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
