"""Trial reading by OpenColorIO in a process of its own.

Some damaged files keep its text readers busy for ever. And what it merely warns of is heard only there: an element that
it does not know is left out of the transform.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from lutnet.errors import GradeFileError

LIMIT_SECONDS = 30.0
_READ = (
    "import sys, PyOpenColorIO as ocio\n"
    "try:\n"
    "    ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(sys.argv[1]))\n"
    "except ocio.Exception as error:\n"
    "    print(error)\n"
    "    sys.exit(1)\n"
)
_WARNING = re.compile(r"\[OpenColorIO Warning\]: (?:.*?\((\d+)\): )?(.*)")
_LEFT_OUT = "its parent is 'ProcessList'"


def try_reading(path: Path, limit_seconds: float = LIMIT_SECONDS) -> tuple[str, ...]:
    """Let OpenColorIO read ``path``; returns what it warns of.

    Raises GradeFileError, with line and cause where OpenColorIO tells them, for a file that it refuses, does not
    finish or crashes at, and for one with a step that it would leave out.
    """
    try:
        done = attempt(path, limit_seconds)
    except subprocess.TimeoutExpired as error:
        raise GradeFileError(
            "OpenColorIO does not finish reading the LUT: it is damaged", where=path
        ) from error
    if done.returncode < 0:
        raise GradeFileError("OpenColorIO crashes at the LUT: it is damaged", where=path)
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace") or done.stderr.decode("utf-8", "replace")
        raise GradeFileError(f"OpenColorIO cannot read the LUT: {_cause(said)}", where=path)
    return _warnings(done.stderr.decode("utf-8", "replace"), path)


def attempt(path: Path, limit_seconds: float) -> subprocess.CompletedProcess[bytes]:
    """What OpenColorIO returns, says and warns of at ``path``. Raises TimeoutExpired."""
    command = [sys.executable, "-c", _READ, str(path.absolute())]
    return subprocess.run(command, capture_output=True, timeout=limit_seconds, check=False)  # noqa: S603 - our own list


def _cause(said: str) -> str:
    """The last word of OpenColorIO's message, which starts with which formats it has tried."""
    _, _, reason = said.strip().rpartition("failed with: ")
    return " ".join(reason.split())[:300]


def _warnings(said: str, path: Path) -> tuple[str, ...]:
    warnings = []
    for line, text in _WARNING.findall(said):
        if _LEFT_OUT in text:
            raise GradeFileError(
                "LUT has a step that OpenColorIO does not know and would leave out",
                value=text[:120],
                where=f"{path}, line {line}" if line else path,
            )
        warnings.append(f"line {line}: {text}" if line else text)
    return tuple(dict.fromkeys(warnings))
