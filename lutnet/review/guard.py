"""Who may ask: only this page, from this machine. Everything else is refused before it reaches a route."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-lutnet-token"
_SAFE = frozenset({"GET", "HEAD"})
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Door:
    """port: of this server. token: the secret that its URL carries."""

    port: int
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/?token={self.token}"

    @property
    def cookie(self) -> str:
        """Browsers send a cookie to every port of a host, so that its name must tell servers apart."""
        return f"lutnet-{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}"})

    def refusal(self, scope: Scope) -> str | None:
        """Why a request is not answered, or None."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self.hosts or len(headers.getlist("host")) != 1:
            return "foreign Host"
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return "foreign Origin"
        if not self._knows_token(scope, headers):
            return "no valid token: open the whole URL that lutnet review printed"
        if scope["method"] not in _SAFE and origin is None and HEADER not in headers:
            return "a change needs an Origin"
        return None

    def _knows_token(self, scope: Scope, headers: Headers) -> bool:
        shown = [headers.get(HEADER, ""), self._cookie_of(headers)]
        if scope["path"] == "/":
            shown += parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        return any(hmac.compare_digest(each.encode(), self.token.encode()) for each in shown)

    def _cookie_of(self, headers: Headers) -> str:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return ""
        return "" if found is None else found.value


class Guard:
    """ASGI middleware: refuses what ``door`` refuses, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no web sockets here

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._door.refusal(scope)
        app = self._app if refusal is None else PlainTextResponse(f"refused: {refusal}\n", status_code=403)
        await app(scope, receive, send_guarded)
