"""Set up, run and check this project with nothing but Python.

python3 dev.py run          start the demo; the first time it installs what it needs
python3 dev.py test [...]   run all tests (or those pytest is told)
python3 dev.py bench [...]  measure the figures
python3 dev.py check        lint, formatting and types
python3 dev.py lock [...]   resolve the dependencies again into config/locks;
                            --upgrade takes the newest ones
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCKS = "config/locks"
OLDEST, NEWEST = (3, 11), (3, 13)


class Refused(Exception):
    """What keeps the command from running, said in one sentence."""


class Venv:
    """The project's own environment, and what has been installed into it."""

    def __init__(self, home: Path, platform: str) -> None:
        windows = platform == "win32"
        self.home = home
        self.scripts = home / ("Scripts" if windows else "bin")
        self.suffix = ".exe" if windows else ""
        self.python = self.program("python")
        self.stamp = home / "installed.json"

    def program(self, name: str) -> Path:
        return self.scripts / (name + self.suffix)

    def installed(self) -> dict[str, str]:
        """Step -> digest of what it was done from; nothing if that cannot be read."""
        try:
            found = json.loads(self.stamp.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def remember(self, done: dict[str, str]) -> None:
        self.stamp.write_text(json.dumps(self.installed() | done), "utf-8")


def version_problem(version: tuple[int, ...]) -> str | None:
    """Why this Python will not do, or None if it will."""
    if OLDEST <= version[:2] <= NEWEST:
        return None
    found, oldest, newest = (
        ".".join(map(str, each)) for each in (version[:2], OLDEST, NEWEST)
    )
    return f"Python {oldest} to {newest} is needed and this is {found}."


def venv_problem(platform: str, *, complete: bool) -> str | None:
    """Why no environment can be made here, or None if it can."""
    if complete:
        return None
    debian = "on Debian and Ubuntu: sudo apt install python3-venv"
    how = debian if platform == "linux" else "reinstall it from its own installer"
    return f"This Python lacks the parts that make an environment; {how}."


def digest(files: list[Path], root: Path) -> str:
    """One value that changes when a file's name or content does."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.relative_to(root).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def wanted(root: Path, lock: str) -> dict[str, str]:
    """Step -> digest of everything its result depends on."""
    project = [root / "pyproject.toml", root / "config/build_translations.py"]
    project += (root / "erp/web/translations").rglob("*.po")
    return {
        lock: digest([root / LOCKS / f"{lock}.txt"], root),
        "project": f"{digest(project, root)} at {root}",
    }


def missing_steps(have: dict[str, str], want: dict[str, str]) -> list[str]:
    """The steps still to do; whatever `dev` holds, `runtime` needs not repeat."""
    return [step for step, value in want.items() if have.get(step) != value]


def prepared(lock: str) -> Venv:
    """The environment with that lock and the project in it, made where needed."""
    venv = Venv(ROOT / ".venv", sys.platform)
    want = wanted(ROOT, lock)
    have = venv.installed() if venv.python.exists() else {}
    steps = missing_steps(have, want)
    if steps and not have:
        make(venv)
    for step in steps:
        install(venv, step)
        venv.remember(also_installed(step, want[step]))
    return venv


def also_installed(step: str, value: str) -> dict[str, str]:
    """The development lock holds the runtime lock, so that it counts as both."""
    if step != "dev":
        return {step: value}
    return {step: value, "runtime": wanted(ROOT, "runtime")["runtime"]}


def make(venv: Venv) -> None:
    """One whose Python is gone is replaced; a sound one is kept."""
    complete = all(map(importlib.util.find_spec, ("venv", "ensurepip")))
    problem = venv_problem(sys.platform, complete=complete)
    if problem:
        raise Refused(problem)
    say(f"making {venv.home.name}")
    broken = [] if venv.python.exists() else ["--clear"]
    call([sys.executable, "-m", "venv", *broken, str(venv.home)])


def install(venv: Venv, step: str) -> None:
    if step == "project":
        say("installing the project itself")
        pip(venv, ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    else:
        say(f"installing {LOCKS}/{step}.txt (a few minutes the first time)")
        pip(venv, ["--require-hashes", "-r", str(ROOT / LOCKS / f"{step}.txt")])


def pip(venv: Venv, what: list[str]) -> None:
    quiet = ["--disable-pip-version-check", "--quiet"]
    call([str(venv.python), "-m", "pip", "install", *quiet, *what])


def run(arguments: list[str]) -> None:
    venv = prepared("runtime")
    os.environ.setdefault("ERP_DATA", str(ROOT / "var"))
    become([str(venv.program("erp")), "demo", *arguments])


def test(arguments: list[str]) -> None:
    """All tests, some files at a time; or as pytest is told.

    One more than there are cores: much of what they do is to wait for real processes.
    In their own order, so that the long ones do not come last.
    """
    at_once = f"--numprocesses={(os.cpu_count() or 1) + 1}"
    asked = arguments or [at_once, "--dist=loadfile", "--no-loadscope-reorder"]
    become([str(prepared("dev").python), "-m", "pytest", *asked])


def bench(arguments: list[str]) -> None:
    become([str(prepared("dev").python), "-m", "tests.bench", *arguments])


def check(arguments: list[str]) -> None:
    """All three are run even if the first finds something."""
    python = str(prepared("dev").python)
    tools = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"])
    failed = []
    for tool in tools:
        say(" ".join(tool))
        if subprocess.run([python, "-m", *tool], cwd=ROOT, check=False).returncode:
            failed.append(tool[0])
    if failed:
        raise Refused(f"Not clean: {', '.join(dict.fromkeys(failed))}.")


def lock(arguments: list[str]) -> None:
    """The development lock first; the runtime lock is a part of it."""
    os.chdir(ROOT)
    uv = shutil.which("uv") or uv_of(Venv(ROOT / ".venv", sys.platform))
    call(resolution(uv, "dev", ["--group", "dev", *arguments]))
    call(resolution(uv, "runtime", ["--constraints", f"{LOCKS}/dev.txt", *arguments]))
    say(f"resolved into {LOCKS}")


def uv_of(venv: Venv) -> str:
    """The resolver is no part of the locks it makes, so that it comes unlocked."""
    if not venv.python.exists():
        make(venv)
    if not venv.program("uv").exists():
        pip(venv, ["uv"])
    return str(venv.program("uv"))


def resolution(uv: str, name: str, options: list[str]) -> list[str]:
    """A lock for every system and Python, with hashes and without any host name."""
    python = ".".join(map(str, OLDEST))
    where = [f"--python-version={python}", f"--output-file={LOCKS}/{name}.txt"]
    plain = ["--no-header", "--no-annotate", "--no-emit-index-url", "--quiet"]
    always = ["--universal", "--generate-hashes", "--group", "build"]
    source = ["pip", "compile", "pyproject.toml"]
    return [uv, *source, *always, *options, *where, *plain]


def call(command: list[str]) -> None:
    if subprocess.run(command, check=False).returncode:
        raise Refused(f"This failed: {' '.join(command)}")


def become(command: list[str]) -> None:
    """Hand the terminal over; Windows has no exec, there we wait for it to end."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if sys.platform != "win32":
        os.execv(command[0], command)
    with subprocess.Popen(command) as child:
        while True:
            try:
                raise SystemExit(child.wait())
            except KeyboardInterrupt:  # the child got it too and is closing down
                continue


def say(text: str) -> None:
    sys.stderr.write(f"dev.py: {text}\n")


COMMANDS = {each.__name__: each for each in (run, test, bench, check, lock)}


def main(arguments: list[str]) -> int:
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        problem = version_problem(sys.version_info[:2])
        if problem:
            raise Refused(problem)
        command(arguments[1:])
    except Refused as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        return 130  # the shell's own code for Ctrl-C
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
