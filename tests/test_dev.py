"""What dev.py decides before it installs or starts anything."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).parents[1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files a fresh clone decides from, in a folder of their own."""
    for name in ("pyproject.toml", "config/build_translations.py"):
        copy(name, tmp_path)
    for lock in ("runtime", "dev"):
        copy(f"{dev.LOCKS}/{lock}.txt", tmp_path)
    catalogue = tmp_path / "erp/web/translations/he/LC_MESSAGES/messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Orders"\nmsgstr ""\n')
    return tmp_path


def copy(name: str, target: Path) -> None:
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / name, target / name)


@pytest.mark.parametrize("version", [(3, 11), (3, 12, 4), (3, 13, 0, "final", 0)])
def test_a_supported_python_is_no_problem(version):
    assert dev.version_problem(version) is None


@pytest.mark.parametrize("version", [(2, 7), (3, 10, 13), (3, 14), (4, 0)])
def test_an_unsupported_python_is_named_in_one_sentence(version):
    problem = dev.version_problem(version)
    assert problem is not None
    assert problem.startswith("Python 3.11 to 3.13 is needed")
    assert f"this is {version[0]}.{version[1]}." in problem


def test_a_python_without_venv_is_told_the_debian_package():
    problem = dev.venv_problem("linux", complete=False)
    assert problem is not None
    assert "sudo apt install python3-venv" in problem
    assert dev.venv_problem("linux", complete=True) is None


@pytest.mark.parametrize(
    ("platform", "program"),
    [
        ("linux", "bin/erp"),
        ("darwin", "bin/erp"),
        ("win32", "Scripts/erp.exe"),
    ],
)
def test_programs_are_found_where_the_system_puts_them(tmp_path, platform, program):
    assert dev.Venv(tmp_path, platform).program("erp") == tmp_path / program


def test_the_environment_made_here_is_where_it_is_looked_for(tmp_path):
    made = dev.Venv(tmp_path / "made", sys.platform)
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", made.home], check=True
    )
    assert made.python.exists()


def test_what_was_installed_is_not_installed_again(clone):
    want = dev.wanted(clone, "runtime")
    assert dev.missing_steps({}, want) == ["runtime", "project"]
    venv = dev.Venv(clone, sys.platform)
    venv.remember({"runtime": want["runtime"]})
    assert dev.missing_steps(venv.installed(), want) == ["project"]
    venv.remember({"project": want["project"]})
    assert dev.missing_steps(venv.installed(), want) == []


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ("config/locks/runtime.txt", ["runtime"]),
        ("config/locks/dev.txt", []),
        ("pyproject.toml", ["project"]),
        ("config/build_translations.py", ["project"]),
        ("erp/web/translations/he/LC_MESSAGES/messages.po", ["project"]),
    ],
)
def test_only_what_a_change_touches_is_installed_again(clone, changed, steps):
    before = dev.wanted(clone, "runtime")
    with (clone / changed).open("a") as file:
        file.write("\n# changed\n")
    assert dev.missing_steps(before, dev.wanted(clone, "runtime")) == steps


def test_a_new_catalogue_installs_the_project_again(clone):
    before = dev.wanted(clone, "runtime")
    catalogue = clone / "erp/web/translations/ar/LC_MESSAGES/messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text("")
    assert dev.missing_steps(before, dev.wanted(clone, "runtime")) == ["project"]


def test_a_project_that_was_moved_is_installed_again(clone, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("moved") / "clone"
    before = dev.wanted(clone, "runtime")
    shutil.copytree(clone, elsewhere)
    assert dev.missing_steps(before, dev.wanted(elsewhere, "runtime")) == ["project"]


def test_the_development_lock_counts_as_the_runtime_lock_too():
    done = dev.also_installed("dev", "abc")
    assert done == {"dev": "abc", "runtime": dev.wanted(ROOT, "runtime")["runtime"]}


def test_the_development_lock_holds_every_line_of_the_runtime_lock():
    runtime, development = (
        set((ROOT / dev.LOCKS / f"{name}.txt").read_text().splitlines())
        for name in ("runtime", "dev")
    )
    assert not {each for each in runtime if "==" in each} - development


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_a_lock_names_no_host_and_no_folder(lock):
    lines = (ROOT / dev.LOCKS / f"{lock}.txt").read_text().splitlines()
    assert all(
        each.startswith("    --hash=sha256:") or "==" in each.split(" ")[0]
        for each in lines
    )


@pytest.mark.parametrize("content", ["", "[]", "{broken", "\x00"])
def test_an_unreadable_stamp_means_nothing_is_installed(tmp_path, content):
    venv = dev.Venv(tmp_path, sys.platform)
    venv.stamp.write_text(content)
    assert venv.installed() == {}
    venv.remember({"runtime": "abc"})
    assert json.loads(venv.stamp.read_text()) == {"runtime": "abc"}


@pytest.mark.parametrize("arguments", [[], ["fly"]])
def test_an_unknown_command_lists_the_known_ones(arguments):
    shown = subprocess.run(
        [sys.executable, ROOT / "dev.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 2
    assert all(f"dev.py {name}" in shown.stderr for name in dev.COMMANDS)
