"""The review's server as users start it: a process, its first line, and plain HTTP."""

from __future__ import annotations

import http.client
import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lutnet.review.desk import Desk
from lutnet.review.guard import Door
from lutnet.review.server import listening, web_server


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Served:
    """A running server. ``ask`` sends the token; ``send`` sends exactly what it is given."""

    url: str

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.url).query)["token"][0]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def send(
        self, path: str, headers: Mapping[str, str], method: str = "GET", body: bytes | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def ask(self, path: str, **headers: str) -> Answer:
        return self.send(path, {"Host": self.host, "X-Lutnet-Token": self.token, **headers})

    def post(self, path: str, body: object) -> Answer:
        headers = {"Host": self.host, "X-Lutnet-Token": self.token, "Content-Type": "application/json"}
        return self.send(path, headers, "POST", json.dumps(body).encode())

    def shots(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("/api/package").json()["shots"]
        return found


@contextmanager
def served(package: Path, looks: Path | None = None) -> Iterator[Served]:
    """The server on ``package`` in a thread of this process: a process of its own takes long to start."""
    desk = Desk(package, looks)
    with listening(0) as made:
        made.listen(16)
        door = Door(made.getsockname()[1], secrets.token_urlsafe(24))
        server = web_server(desk, door)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [made]})
        thread.start()
        try:
            yield Served(door.url)
        finally:
            server.should_exit = True
            thread.join(timeout=30)
            desk.close()


@contextmanager
def started(package: Path, *options: str) -> Iterator[tuple[Served, subprocess.Popen[str]]]:
    """``lutnet review`` as users start it; ended when the block is."""
    command = [sys.executable, "-m", "lutnet", "review", str(package), "--no-browser", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), f"the first line is {url!r}"
        yield Served(url), process
    finally:
        process.terminate()
        process.wait(timeout=60)
        if process.stdout:
            process.stdout.close()
