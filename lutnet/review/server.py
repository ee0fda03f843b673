"""The review over HTTP: routes to the desk. Only files of the page, of the package's cache, and media by shot id."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from lutnet.errors import DecisionError, InputError, LutnetError, OutputError
from lutnet.review.desk import Desk
from lutnet.review.guard import Door, Guard
from lutnet.review.pictures import Place
from lutnet.review.refresh import refresh_package

PAGE = Path(str(files("lutnet.review").joinpath("page")))
MAX_BODY_BYTES = 64 * 2**20
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_STATUS: dict[type[LutnetError], int] = {DecisionError: 409, OutputError: 507, InputError: 400}

Handler = Callable[[Request], Response]


def listening(port: int) -> socket.socket:
    """A socket on loopback; port 0 takes a free one. Raises OutputError where the port is taken."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        made.close()
        raise InputError(
            "cannot listen on this port", value=port, allowed="a free one", fix="Leave --port out."
        ) from error
    return made


def serve(desk: Desk, port: int, on_ready: Callable[[str], None]) -> None:
    """Answer until interrupted. on_ready: hears the URL, with its token, once the socket is open."""
    with listening(port) as made:
        door = Door(made.getsockname()[1], secrets.token_urlsafe(24))
        made.listen(128)
        on_ready(door.url)
        web_server(desk, door).run(sockets=[made])


def web_server(desk: Desk, door: Door) -> uvicorn.Server:
    """What serves ``desk`` on sockets that are open already; silent, since its log would hold the token."""
    config = uvicorn.Config(
        application(desk, door),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        ws="none",
    )
    return uvicorn.Server(config)


def application(desk: Desk, door: Door) -> Starlette:
    """The ASGI application for ``desk`` behind ``door``."""
    routes = _Routes(desk, door)
    return Starlette(
        routes=[
            Route("/", routes.page),
            Route("/page/{name}", routes.asset),
            Route("/api/package", routes.answer(lambda request: desk.overview())),
            Route("/api/history", routes.answer(lambda request: desk.history())),
            Route("/api/version", routes.answer(lambda request: {"version": desk.state.version()})),
            Route("/api/shots/{id}", routes.answer(lambda request: desk.details(_id(request)))),
            Route("/api/luts/{digest}", routes.lut),
            Route("/api/lattices/{name}", routes.lattice),
            Route("/api/changes", routes.posted(lambda request, body: desk.changes(body)), methods=["POST"]),
            Route("/api/decisions", routes.posted(lambda request, body: desk.decide(body)), methods=["POST"]),
            Route(
                "/api/shots/{id}/preview",
                routes.posted(lambda request, body: desk.preview(_id(request), body)),
                methods=["POST"],
            ),
            Route("/api/export", routes.posted(lambda request, body: _export(desk)), methods=["POST"]),
            Route("/api/cuts", routes.answer(lambda request: desk.cuts())),
            Route("/api/shots/{id}/rematch", routes.rematch, methods=["POST"]),
            Route("/reference", routes.reference),
            Route("/thumbs/{id}/{place}", routes.thumb),
            Route("/stills/{id}/{place}", routes.still),
            Route("/media/{id}", routes.media),
            Route("/proxies/{id}", routes.proxy),
        ],
        middleware=[Middleware(Guard, door=door)],
        exception_handlers={LutnetError: _failed, HTTPException: _refused, Exception: _broken},
    )


class _Routes:
    def __init__(self, desk: Desk, door: Door) -> None:
        self._desk = desk
        self._door = door

    def page(self, request: Request) -> Response:
        response = FileResponse(PAGE / "index.html", media_type="text/html")
        response.set_cookie(self._door.cookie, self._door.token, httponly=True, samesite="strict", path="/")
        return response

    def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in {path.name for path in PAGE.iterdir()}:
            raise HTTPException(404, "no such file")
        path = PAGE / name
        return FileResponse(path, media_type=_TYPES.get(path.suffix, "application/octet-stream"))

    def thumb(self, request: Request) -> Response:
        return Response(
            self._desk.thumb(_id(request), _place(request)), media_type="image/jpeg", headers=_KEEP
        )

    def still(self, request: Request) -> Response:
        path = self._desk.pictures.still(self._desk.shot(_id(request)), _place(request))
        return FileResponse(path, media_type="image/png", headers=_KEEP)

    def reference(self, request: Request) -> Response:
        path = self._desk.reference()
        if path is None:
            raise HTTPException(404, "the package has no reference")
        return FileResponse(path, media_type="image/png")

    async def rematch(self, request: Request) -> Response:
        if request.headers.get("content-type") != "application/octet-stream":
            raise HTTPException(415, "send application/octet-stream")
        still = await body_of(request)
        return JSONResponse(await run_in_threadpool(self._desk.rematch, _id(request), still))

    def media(self, request: Request) -> Response:
        path, kind = self._desk.media.file(self._desk.shot(_id(request)))
        return FileResponse(path, media_type=kind, headers=_KEEP)

    def proxy(self, request: Request) -> Response:
        return FileResponse(self._desk.media.proxy(self._desk.shot(_id(request))), media_type="video/webm")

    def lut(self, request: Request) -> Response:
        content = self._desk.lut_bytes(request.path_params["digest"])
        return Response(content, media_type="application/octet-stream", headers=_KEEP)

    def lattice(self, request: Request) -> Response:
        content = self._desk.colours.lattice_bytes(request.path_params["name"])
        return Response(content, media_type="application/octet-stream", headers=_KEEP)

    def answer(self, ask: Callable[[Request], Any]) -> Handler:
        def handle(request: Request) -> Response:
            return JSONResponse(ask(request))

        return handle

    def posted(self, ask: Callable[[Request, Any], Any]) -> Any:
        async def handle(request: Request) -> Response:
            body = await _json(request)
            return JSONResponse(await run_in_threadpool(ask, request, body))

        return handle


_KEEP = {"cache-control": "private, max-age=3600"}


def _id(request: Request) -> str:
    found: str = request.path_params["id"]
    return found


def _place(request: Request) -> Place:
    place = request.path_params["place"]
    if place not in set(Place):
        raise HTTPException(404, "no such still")
    return Place(place)


def _export(desk: Desk) -> dict[str, Any]:
    return {"written": refresh_package(desk.folder, desk.config)}


async def _json(request: Request) -> Any:
    """The body. Other types are refused: a form on another site could send them without asking first."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise HTTPException(415, "send application/json")
    try:
        return json.loads(await body_of(request))
    except ValueError as error:
        raise HTTPException(400, "the body is no JSON") from error


async def body_of(request: Request) -> bytes:
    """The body, of at most MAX_BODY_BYTES."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise HTTPException(413, "the body is too large")
        parts.append(part)
    return b"".join(parts)


def _failed(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    return JSONResponse({"error": str(error)}, status_code=status)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what the table above says
    return JSONResponse({"error": error.detail}, status_code=error.status_code)


def _broken(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"the server failed: {type(error).__name__}"}, status_code=500)
