"""The errors of the bridge.

BridgeError      nothing, or nothing more, can be done; what and why
└── CallFailed   one call to Resolve did not do what it was asked
"""


class BridgeError(Exception):
    """``what`` is wrong, and how to ``fix`` it."""

    def __init__(self, what: str, fix: str = "") -> None:
        self.what = what
        self.fix = fix
        super().__init__(what + (". " + fix if fix else ""))


class CallFailed(BridgeError):
    """A call to Resolve failed; ``name`` is the call's."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__(f"{name} {why}")
