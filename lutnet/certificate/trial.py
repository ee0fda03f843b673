"""Trial reading by OpenColorIO in a process of its own: some damaged files keep its text readers busy for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lutnet.errors import GradeFileError

LIMIT_SECONDS = 30.0
_READ = (
    "import sys, PyOpenColorIO as ocio\n"
    "try:\n"
    "    ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(sys.argv[1]))\n"
    "except ocio.Exception:\n"
    "    pass\n"
)


def require_end(path: Path, limit_seconds: float = LIMIT_SECONDS) -> None:
    """Raise GradeFileError where OpenColorIO does not finish reading ``path``, or crashes at it."""
    command = [sys.executable, "-c", _READ, str(path.absolute())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit_seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise GradeFileError(
            "OpenColorIO does not finish reading the LUT: it is damaged", where=path
        ) from error
    if done.returncode < 0:
        raise GradeFileError("OpenColorIO crashes at the LUT: it is damaged", where=path)
