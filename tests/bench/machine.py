"""What the figures were measured on."""

import os
import platform
import sqlite3
from pathlib import Path

from config.database import Sessions

SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")


def machine() -> str:
    """Cores, processor, Python and SQLite, and what else was running."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}{load}"
    )


def commit_mode(sessions: Sessions) -> str:
    """How a commit reaches the disk, as the connection itself tells it."""
    with sessions.reading() as session:
        ask = session.connection().exec_driver_sql
        journal = ask("PRAGMA journal_mode").scalar()
        synchronous = SYNCHRONOUS[int(ask("PRAGMA synchronous").scalar() or 0)]
    fsync = "one fsync a commit" if synchronous == "FULL" else "no fsync a commit"
    return f"journal {journal}, synchronous {synchronous} ({fsync})"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()
