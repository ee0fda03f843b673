"""The server gives out what the page needs and nothing else, to nobody else, and loses no decision."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lutnet.errors import OutputError
from lutnet.grade import LUT3D, Grade
from lutnet.result import Status
from lutnet.review.state import State, Wish
from lutnet.store import Decision, Store
from tests.review.packages import MARKUP, bent_lut
from tests.review.serving import Served, started


def test_strangers_are_refused(server: Served) -> None:
    host, token = {"Host": server.host}, {"X-Lutnet-Token": server.token}
    cookie = {"Cookie": f"lutnet-{server.port}={server.token}"}
    body = json.dumps([]).encode()
    as_json = {"Content-Type": "application/json"}

    def status(headers: dict[str, str], path: str = "/api/package", method: str = "GET") -> int:
        return server.send(path, headers, method, body if method == "POST" else None).status

    assert status({**host, **token}) == 200
    assert status({**host, **cookie}) == 200
    assert status({"Host": f"localhost:{server.port}", **token}) == 200
    assert status(host) == 403
    assert status({**host, "X-Lutnet-Token": server.token[:-1] + "!"}) == 403
    assert status({**host, "Cookie": f"lutnet-{server.port + 1}={server.token}"}) == 403
    assert status({"Host": "evil.example", **token}) == 403
    assert status({"Host": f"evil.example:{server.port}", **token}) == 403
    assert status(token) in {400, 403}  # without any Host
    assert status({**host, **token, "Origin": "http://evil.example"}) == 403
    assert status({**host, **token, "Origin": "null"}) == 403
    assert status({**host, **token, "Origin": f"http://{server.host}"}) == 200
    assert status({**host}, f"/?token={server.token}") == 200
    assert status({**host}, f"/api/package?token={server.token}") == 403
    post = {**host, **cookie, **as_json}
    assert status(post, "/api/decisions", "POST") == 403  # a cookie alone, as a form elsewhere would send it
    assert status({**post, "Origin": f"http://{server.host}"}, "/api/decisions", "POST") == 200
    plain = {**host, **token, "Content-Type": "text/plain"}
    assert status(plain, "/api/decisions", "POST") == 415


def test_the_cookie_is_for_this_page_alone(server: Served) -> None:
    answer = server.send(f"/?token={server.token}", {"Host": server.host})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert server.token.encode() not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/%2e%2e%2fserver.py",
        "/page/..%5cserver.py",
        "/media/%2fetc%2fpasswd",
        "/media/../../etc/passwd",
        "/stills/{id}/..%2fstate.sqlite",
        "/stills/{id}/poster",
        "/thumbs/nothing/middle",
        "/state.sqlite",
        "/grades.json",
        "/api/shots/{id}'",
        "/api/luts/../../state.sqlite",
        "/proxies/%00",
    ],
)
def test_nothing_else_is_given_out(server: Served, path: str) -> None:
    answer = server.ask(path.replace("{id}", server.shots()[0]["id"]))
    assert answer.status in {400, 404}
    assert b"Traceback" not in answer.body and b"root:" not in answer.body and b"SQLite" not in answer.body


def test_ranges_are_the_files_own_bytes(server: Served, package: Path) -> None:
    content = (package.parent / "media" / "coffee.mp4").read_bytes()
    path = f"/media/{server.shots()[0]['id']}"
    whole = server.ask(path)
    assert (whole.status, whole.body, whole.headers["accept-ranges"]) == (200, content, "bytes")
    size = len(content)
    for spec, part in {
        "bytes=0-0": content[:1],
        "bytes=5-99999": content[5:100000],
        f"bytes={size - 7}-": content[-7:],
        "bytes=-11": content[-11:],
        f"bytes=3-{size + 50}": content[3:],
    }.items():
        answer = server.ask(path, Range=spec)
        assert (answer.status, answer.body) == (206, part), spec
        start = size - len(part) if spec == "bytes=-11" else int(spec[6:].split("-")[0])
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/{size}"
    refused = server.ask(path, Range=f"bytes={size}-")
    assert refused.status == 416 and refused.headers["content-range"] == f"bytes */{size}"


def test_names_and_notes_are_data(server: Served) -> None:
    shot = server.shots()[1]
    assert shot["name"] == MARKUP
    wish = {"id": shot["id"], "status": "approved", "note": MARKUP, "stamp": shot["stamp"]}
    assert server.post("/api/decisions", [wish]).json()[0]["note"] == MARKUP


def test_what_is_sent_is_checked(server: Served) -> None:
    shot = server.shots()[0]["id"]
    bodies: list[Any] = [
        {},
        [1],
        [{}],
        [{"id": shot}],
        [{"id": shot, "status": "skipped"}],
        [{"id": "no", "status": "approved"}],
    ]
    for body in bodies:
        assert server.post("/api/decisions", body).status == 400, body
    wrong: list[Any] = [
        [],
        {"strength": 9},
        {"strength": "NaN"},
        {"corrections": {"hue": 1}},
        {"corrections": {"exposure": 99}},
        {"corrections": 3},
        {"look": "../x"},
        {"cdl": {"slope": [1]}},
    ]
    for controls in wrong:
        assert server.post(f"/api/shots/{shot}/preview", controls).status == 400, controls
    assert all(entry["status"] == "proposed" for entry in server.shots())


def test_the_page_gets_the_grade_that_is_exported(server: Served, package: Path) -> None:
    shot = server.shots()[0]["id"]
    grade = server.ask(f"/api/shots/{shot}").json()["grade"]
    content = server.ask(f"/api/luts/{grade['lut']['digest']}").body
    values = np.frombuffer(content, "<f4")
    size = int(values[0])
    table = values[7:].reshape(size, size, size, 3).transpose(2, 1, 0, 3)
    assert values[1:7].tolist() == [0, 0, 0, 1, 1, 1]
    np.testing.assert_array_equal(table, bent_lut().table)
    with Store(package) as store:
        assert list(store.results()[0].grade.cdl.slope) == grade["cdl"]["slope"]  # type: ignore[union-attr]


def test_decisions_copies_notes_and_steps_back(server: Served, package: Path) -> None:
    one, two, three = server.shots()

    def decide(*wishes: dict[str, Any]) -> list[dict[str, Any]]:
        answer = server.post("/api/decisions", list(wishes))
        assert answer.status == 200, answer.body
        found: list[dict[str, Any]] = answer.json()
        return found

    changed = decide(
        {"id": one["id"], "status": "changed", "controls": {"strength": 0.5}, "stamp": one["stamp"]}
    )
    assert changed[0]["status"] == "changed"
    copied = decide({"id": two["id"], "status": "changed", "copy": one["id"]})
    noted = decide({"id": three["id"], "note": "look again", "keep": True})
    assert (noted[0]["status"], noted[0]["note"]) == ("proposed", "look again")
    with Store(package) as store:
        results = store.results()
        assert results[0].grade.cdl == store.proposed()[0].grade.cdl.scaled(0.5)  # type: ignore[union-attr]
        assert results[1].grade.cdl == results[0].grade.cdl  # type: ignore[union-attr]
        assert store.notes() == {three["id"]: "look again"}
    # An old stamp means that another window was faster.
    late = server.post("/api/decisions", [{"id": one["id"], "status": "rejected", "stamp": one["stamp"]}])
    assert late.status == 409
    back = decide({"id": two["id"], "restore": two["stamp"], "stamp": copied[0]["stamp"]})
    assert back[0]["status"] == "proposed"
    again = decide({"id": two["id"], "restore": copied[0]["stamp"], "stamp": two["stamp"]})
    assert again[0] == copied[0]
    details = server.ask(f"/api/shots/{one['id']}").json()
    assert details["controls"]["strength"] == 0.5


def test_a_killed_server_loses_no_decision_it_confirmed(package: Path) -> None:
    """`python -m benchmarks.review_crash` does the same at 100 random points, in the middle of writing."""
    with started(package) as (server, process):
        shots = server.shots()
        for shot, status in zip(shots, ("approved", "rejected"), strict=False):
            assert server.post("/api/decisions", [{"id": shot["id"], "status": status}]).status == 200
        process.send_signal(signal.SIGKILL)
        process.wait()
    state = State(package)
    found = [entry.status.value for entry in state.entries().values()]
    state.close()
    assert found == ["approved", "rejected", "proposed"]


def test_a_full_disk_is_told_and_changes_nothing(package: Path) -> None:
    state = State(package)
    one, two, _ = state.entries()
    state.decide([Wish(one, Decision(one, Status.APPROVED), "", None)])

    def fill() -> None:
        connection = state._store._connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    state._on_thread(fill)
    with pytest.raises(OutputError, match="full"):
        state.decide([Wish(two, Decision(two, Status.REJECTED), "x" * 100_000, None)])
    assert [entry.status for entry in state.entries().values()][:2] == [Status.APPROVED, Status.PROPOSED]
    state.close()


def test_a_lut_that_folds_is_not_recorded(package: Path) -> None:
    state = State(package)
    shot_id = next(iter(state.entries()))
    folded = LUT3D(torch.flip(torch.from_numpy(bent_lut().table.copy()), (0,)).numpy())
    with pytest.raises(OutputError, match="folds"):
        state.decide([Wish(shot_id, Decision(shot_id, Status.CHANGED, Grade(lut=folded)), "", None)])
    assert state.entry(shot_id).status is Status.PROPOSED
    state.close()
