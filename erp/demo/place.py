"""The data folder of a demo: which files it has, and what state they are in."""

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

SETTINGS = """\
# Written by the demo: a store that moves fast enough to watch.

[store]
name = "Demo store"

[guards]
min_margin_percent = 5

[tracking]
poll_seconds = 5
stock_seconds = 300

[jobs]
track_purchases = 5
measure_kpis = 60
raise_alerts = 60

[logging]
level = "ERROR"
"""


class NotADemo(Exception):
    """The folder holds a store of its own, which the demo must not touch."""


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder in use by a demo."""

    data: Path

    @property
    def trade(self) -> Path:
        """The made-up past, as files."""
        return self.data / "demo"

    @property
    def sandbox(self) -> Path:
        return self.data / "sandbox"

    @property
    def sign_in(self) -> Path:
        return self.data / "demo-sign-in.txt"

    @property
    def shop_token(self) -> Path:
        return self.trade / "shop.token"

    @property
    def is_ready(self) -> bool:
        """Whether the past has been lived through to its end."""
        return self._mark.exists() and (self.data / "erp.db").exists()

    def begin(self) -> None:
        """Make room for a new demo; one that was broken off is cleared away.

        Raises NotADemo if the folder holds a store the demo did not make.
        """
        if (self.data / "erp.db").exists() and not self._begun.exists():
            raise NotADemo(f"{self.data} holds a store of its own")
        if self._begun.exists():
            self._clear()
        self.trade.mkdir(parents=True, exist_ok=True)
        self._begun.touch()
        if not (self.data / "erp.toml").exists():
            (self.data / "erp.toml").write_text(SETTINGS, "utf-8")

    def finish(self) -> None:
        """From here on the past is kept."""
        self._mark.touch()

    def _clear(self) -> None:
        for name in ("erp.db", "erp.db-wal", "erp.db-shm"):
            (self.data / name).unlink(missing_ok=True)
        for folder in (self.sandbox, self.data / "outbox", self.trade):
            if folder.exists():
                shutil.rmtree(folder)

    @property
    def _mark(self) -> Path:
        return self.trade / "ready"

    @property
    def _begun(self) -> Path:
        return self.trade / "begun"


def write_private(path: Path, text: str) -> None:
    """A file that only this user may read, from its first moment on."""
    path.unlink(missing_ok=True)
    handle = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR
    )
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
