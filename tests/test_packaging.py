"""What stands around the code: our package names are ours, and the launcher works on bare and on odd machines."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "adapters", "rules", "scheduler", "storage")
TOOLS = ("cat", "cksum", "find", "mkdir", "mv", "readlink", "rm", "rmdir", "sh", "sleep", "uname")

# A Python of 3.11 that can make environments; what it is asked to install goes to a log beside the project.
FINE_PYTHON = """#!/bin/sh
case "$*" in
    *import\\ sys*) echo fine 3.11 ;;
    '-I -m venv'*) mkdir -p .venv/bin .venv/lib && cat "$0" >.venv/bin/python && chmod +x .venv/bin/python ;;
    *-m\\ pip\\ install*) [ ! -e offline ] && for last; do :; done && echo "$last" >>installed ;;
    '-P -m bot'*) shift 3 && echo "$PWD:$*" ;;
esac
"""

# A uv that makes the same environment.
FAKE_UV = f"""#!/bin/sh
case "$*" in
    venv*) mkdir -p .venv/bin .venv/lib && cat >.venv/bin/python <<'END' && chmod +x .venv/bin/python ;;
{FINE_PYTHON}END
    'pip install'*) for last; do :; done && echo "uv $last" >>installed ;;
esac
"""


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_owns_our_package_names(package: str) -> None:
    assert set(packages_distributions().get(package, ())) <= {"homeroom-course"}
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    assert list(spec.submodule_search_locations) == [str(ROOT / package)]


class Machine:
    """A checkout on a machine that has these Pythons and no others, no uv and no network."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.checkout = folder / "班主任 checkout"
        self.elsewhere = folder / "elsewhere"
        for path in (self.bin, self.checkout, self.elsewhere):
            path.mkdir()
        for name in ("homeroom", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.checkout)
        for name in (*TOOLS, "chmod", "ln"):
            tool = shutil.which(name)
            assert tool, f"{name} is needed by the launcher"
            (self.bin / name).symlink_to(tool)
        self.has("apt-get")

    def has(self, name: str, script: str = "#!/bin/sh\n") -> None:
        path = self.bin / name
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)

    def runs(
        self, *arguments: str, launcher: Path | None = None, lang: str = "en_US.UTF-8", **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [launcher or self.checkout / "homeroom", *arguments],
            cwd=self.elsewhere,
            env=self._environment(lang, more),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def starts(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.checkout / "homeroom", *arguments],
            cwd=self.elsewhere,
            env=self._environment("en_US.UTF-8", {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    @property
    def installed(self) -> list[str]:
        log = self.checkout / "installed"
        return log.read_text(encoding="utf-8").split() if log.exists() else []

    def _environment(self, lang: str, more: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": str(self.bin), "HOME": str(self.elsewhere), "LANG": lang, **more}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def says(what: str) -> str:
    """A Python that describes itself so."""
    return f"#!/bin/sh\necho {what}\n"


def test_the_launcher_is_plain_posix_shell() -> None:
    shell = shutil.which("dash") or "sh"
    subprocess.run([shell, "-n", ROOT / "homeroom"], check=True)
    assert os.access(ROOT / "homeroom", os.X_OK)


REFUSALS = {
    "too old": (
        {"python3": says("old 3.9")},
        ("需要 Python 3.11", "现有 3.9"),
        ("needs Python 3.11 or newer", "this is 3.9"),
    ),
    "no venv": (
        {"python3.11": says("bare 3.11"), "python3": says("bare 3.11")},
        ("sudo apt install python3-venv",),
        ("sudo apt install python3-venv",),
    ),
    "no venv, not the default": (
        {"python3.13": says("bare 3.13"), "python3": says("old 3.10")},
        ("sudo apt install python3.13-venv",),
        ("sudo apt install python3.13-venv",),
    ),
    "a shim that does not run": (
        {"python3.12": "#!/bin/sh\necho not here >&2\nexit 127\n"},
        ("没有找到可用的 Python",),
        ("found no Python that runs",),
    ),
    "none": ({}, ("sudo apt install python3",), ("sudo apt install python3",)),
}


@pytest.mark.parametrize(("pythons", "zh", "en"), REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("lang", ["zh_CN.UTF-8", "en_US.UTF-8"])
def test_where_it_cannot_install_it_says_in_one_line_what_to_do(
    machine: Machine, pythons: dict[str, str], zh: tuple[str, ...], en: tuple[str, ...], lang: str
) -> None:
    for name, script in pythons.items():
        machine.has(name, script)
    done = machine.runs("demo", lang=lang)
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert all(words in line for words in (zh if lang.startswith("zh") else en))
    assert ("班主任" in line) == lang.startswith("zh")


def test_the_first_python_that_works_is_used_whatever_stands_before_it(machine: Machine) -> None:
    machine.has("python3.13", "#!/bin/sh\nexit 127\n")
    machine.has("python3.12", says("bare 3.12"))
    machine.has("python3.11", FINE_PYTHON)
    machine.has("python3", says("old 3.9"))
    assert machine.runs("demo").returncode == 0
    assert machine.installed == ["."]


def test_the_python_that_is_asked_for_is_the_only_one_tried(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    machine.has("mine", says("old 3.8"))
    done = machine.runs("demo", HOMEROOM_PYTHON="mine")
    assert done.returncode == 1
    assert "this is 3.8" in done.stderr


def test_arguments_and_the_working_directory_arrive_as_they_were_given(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    link = machine.elsewhere / "course"
    link.symlink_to("../班主任 checkout/homeroom")
    done = machine.runs("check", "my rules/", launcher=link)
    assert done.stdout == f"{machine.elsewhere}:check my rules/\n"
    assert "this happens once" in done.stderr


def test_it_installs_once_and_again_only_when_more_or_something_else_is_needed(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    for arguments in ("demo", "demo", "test", "demo", "test -x", "test --all", "test", "--version"):
        machine.runs(*arguments.split())
    assert machine.installed == [".", ".[test]", ".[dev]"]
    with (machine.checkout / "constraints.txt").open("a", encoding="utf-8") as constraints:
        constraints.write("more==1\n")
    machine.runs("demo")
    assert machine.installed[3:] == [".[dev]"]
    assert machine.runs("demo").stderr == ""


def test_uv_comes_before_python_where_it_works(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    machine.has("uv", "#!/bin/sh\nexit 127\n")
    machine.runs("demo")
    assert machine.installed == ["."]
    machine.has("uv", FAKE_UV)
    machine.runs("test")
    assert machine.installed == [".", "uv", ".[test]"]


def test_uv_needs_no_python(machine: Machine) -> None:
    machine.has("uv", FAKE_UV)
    assert machine.runs("demo").stdout == f"{machine.elsewhere}:demo\n"
    assert machine.installed == ["uv", "."]


def test_developers_get_everything(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    machine.runs("--version", HOMEROOM_DEV="1")
    assert machine.installed == [".[dev]"]


def test_an_installation_that_failed_is_made_again(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    (machine.checkout / "offline").touch()
    done = machine.runs("demo")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "check the network" in done.stderr.splitlines()[-1]
    (machine.checkout / "offline").unlink()
    assert machine.runs("demo").returncode == 0


def test_a_checkout_that_was_moved_is_installed_again(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    machine.runs("demo")
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))
    assert machine.runs("demo").returncode == 0
    assert machine.installed == [".", "."]


def test_several_at_once_install_once(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    running = [machine.starts("demo") for _ in range(4)]
    said = [process.communicate()[0] for process in running]
    assert said == [f"{machine.elsewhere}:demo\n"] * 4
    assert machine.installed == ["."]


def test_the_lock_of_one_that_was_killed_is_broken(machine: Machine) -> None:
    machine.has("python3", FINE_PYTHON)
    gone = subprocess.Popen(["true"])
    gone.wait()
    (machine.checkout / ".venv.lock").symlink_to(f"pid-{gone.pid}")
    assert machine.runs("demo").returncode == 0
    assert [path.name for path in machine.checkout.glob(".venv*")] == [".venv"]
