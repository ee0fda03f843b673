"""``lutnet.certificate.trial.attempt`` a hundred times as fast: one process of OpenColorIO tries file after file.

A file at which it crashes or does not finish costs it its life; another takes its place.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import IO

LIMIT_SECONDS = 1.0
"""For files of 20 kB, which take milliseconds. lutnet waits longer, since real files are larger."""
READS_OF_ONE = 2000

_SERVE = """
import sys, PyOpenColorIO as ocio
for path in sys.stdin:
    code, said = 0, ""
    ocio.ClearAllCaches()
    try:
        ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(path.rstrip("\\n")))
    except ocio.Exception as error:
        code, said = 1, str(error)
    sys.stdout.buffer.write(b"%d %s\\n" % (code, said.encode("utf-8", "replace").hex().encode()))
    sys.stdout.flush()
"""


class TrialServer:
    def __init__(self, warnings: Path) -> None:
        self._warnings = warnings
        self._serving: _Serving | None = None

    def attempt(self, path: Path, limit_seconds: float) -> subprocess.CompletedProcess[bytes]:
        serving = self._serving = self._serving or _start(self._warnings)
        serving.asked.write(f"{path.absolute()}\n".encode())
        serving.asked.flush()
        if not select([serving.answers], [], [], min(limit_seconds, LIMIT_SECONDS))[0]:
            self._stop(serving)
            raise subprocess.TimeoutExpired("OpenColorIO", limit_seconds)
        answer = serving.answers.readline().split()
        if not answer:
            return subprocess.CompletedProcess([], self._stop(serving), b"", b"")
        warned = serving.warned.read()
        serving.reads += 1
        if serving.reads >= READS_OF_ONE:
            self._stop(serving)
        said = bytes.fromhex(answer[1].decode()) if len(answer) > 1 else b""
        return subprocess.CompletedProcess([], int(answer[0]), said, warned)

    def _stop(self, serving: _Serving) -> int:
        self._serving = None
        if not select([serving.answers], [], [], 0)[0]:  # it has not died by itself
            serving.process.kill()
        code = serving.process.wait()
        for stream in (serving.asked, serving.answers, serving.warned):
            stream.close()
        return code


@dataclass
class _Serving:
    process: subprocess.Popen[bytes]
    asked: IO[bytes]
    answers: IO[bytes]
    warned: IO[bytes]
    reads: int = 0


def _start(warnings: Path) -> _Serving:
    with warnings.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
        )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process without pipes")
    return _Serving(process, process.stdin, process.stdout, warnings.open("rb"))
