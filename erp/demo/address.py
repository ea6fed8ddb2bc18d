"""Where the demo listens: on this machine only, at a port that is free."""

import socket
import sys
from contextlib import suppress
from dataclasses import replace

from config.options import Settings

LOOPBACK = "127.0.0.1"


def at_port(settings: Settings, port: int) -> Settings:
    """The same settings, for a store that listens there and links to itself there."""
    return replace(
        settings,
        server=replace(settings.server, host=LOOPBACK, port=port),
        store=replace(settings.store, base_url=f"http://{LOOPBACK}:{port}"),
    )


def free_port(wanted: int) -> int:
    """This port if nobody listens there, else another that is free."""
    with socket.socket() as probe:
        if sys.platform != "win32":  # there it would share a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((LOOPBACK, wanted))
            return int(probe.getsockname()[1])
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
