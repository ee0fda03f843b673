"""Material that takes long to make, made in parts and kept: what is there already is not made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from torch import Tensor


def in_parts(
    make: Callable[[int, int], Mapping[str, Tensor]],
    count: int,
    per_file: int,
    name: str,
    keep: Path | None,
) -> Iterator[Mapping[str, Tensor]]:
    """``make(first, last)`` for as many at once as a file holds, in order, until there are ``count``.

    keep: a folder where finished parts are left, and taken from; None keeps nothing. name: says all that they follow
    from.
    """
    from safetensors.torch import load_file, save_file

    for first in range(0, count, per_file):
        last = min(count, first + per_file)
        path = None if keep is None else keep / f"{name}_{first:06d}_{last:06d}.safetensors"
        if path is not None and path.is_file():
            yield load_file(path)
            continue
        made = make(first, last)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(path.name + ".tmp")
            save_file({key: tensor.contiguous() for key, tensor in made.items()}, temporary)
            temporary.replace(path)
        yield made
