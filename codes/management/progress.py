"""Progress on a terminal; silent elsewhere, so that logs and tests stay clean."""

import sys
from collections.abc import Callable

from tqdm import tqdm


class Progress:
    def __init__(self, total: int):
        self._bar = tqdm(
            total=total, file=sys.stderr, disable=None, leave=False, bar_format="{l_bar}{bar}| {desc} {elapsed}"
        )

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error) -> None:
        self._bar.close()

    def step(self, what: str) -> None:
        self._bar.set_description_str(what, refresh=True)
        self._bar.update(1)

    @staticmethod
    def bytes(total: int | None) -> tuple[Callable[[int], object], Callable[[], None]]:
        bar = tqdm(total=total, unit="B", unit_scale=True, file=sys.stderr, disable=None, leave=False)
        return bar.update, bar.close
