"""An API as its own document describes it, sent whatever that allows and forbids."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = 12  # of each operation in each phase; the same ones in every run


def fuzz(
    document: str, token: str, folder: Path, config: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run schemathesis over a document; what it says goes to standard output."""
    path = folder / "schemathesis.toml"
    path.write_text(config, "utf-8")
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(path)),
            *("run", document, "--no-color"),
            *("--header", f"Authorization: Bearer {token}"),
            *("--generation-deterministic", "--max-examples", str(EXAMPLES)),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
    )
