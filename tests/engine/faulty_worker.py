"""A worker whose decoder does what the media's name says: hang, exit, crash, eat memory; or gives a picture."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lutnet import grading
from lutnet.engine import worker
from lutnet.errors import MediaError
from lutnet.grade import Grade
from lutnet.refinement import Graded
from lutnet.result import ClipResult, Status
from lutnet.shot import Frames, Shot


def read_shot(shot: Shot, **_: Any) -> Frames:
    name = Path(shot.media or "").stem
    if name == "hang":
        time.sleep(3600)
    elif name == "exit":
        os._exit(7)
    elif name == "crash":
        ctypes.string_at(0)
    elif name == "once":
        # Dies the first time, as if something outside had killed it.
        mark = Path(shot.media or "").with_suffix(".tried")
        if not mark.exists():
            mark.touch()
            os._exit(9)
    elif name == "eat":
        eaten = [np.ones(2**26, np.uint8) for _ in range(100)]
        return Frames(torch.zeros(1, 3, len(eaten), 9))
    elif name == "gone":
        raise MediaError("media not found", value=shot.media)
    elif name == "bug":
        raise ZeroDivisionError("in the decoder")
    return Frames(torch.full((1, 3, 32, 48), 0.5))


def grade_shot(shot: Shot, *_: Any, **__: Any) -> Graded:
    return Graded(ClipResult(shot, Status.PROPOSED, grade=Grade(), warnings=("graded",)), None)


if __name__ == "__main__":
    vars(grading).update(read_shot=read_shot, grade_shot=grade_shot)
    worker.main()
