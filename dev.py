#!/usr/bin/env python3
"""Set up the project and run it: standard library only, so that a bare machine can start here (Python 3.8 or newer).

  python3 dev.py demo     the environment, an invented world, and a server on this machine
  python3 dev.py test     the environment, a browser, and all tests but the drills
  python3 dev.py lint     style, types, import direction and templates
  python3 dev.py drills   the tests that break things: power cuts, kills, races, and all of what the tests sample
  python3 dev.py bench    what the vault costs beside a plaintext twin, as ratios of one run
  python3 dev.py translations  bring the catalogue of English texts up to date; says what is left to translate

What follows the word is passed on, to pytest for instance: python3 dev.py test tests/vault -x
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Sequence, Union

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
PYTHON = ENVIRONMENT / SCRIPTS / "python"
STAMP = ENVIRONMENT / "built-from.json"
APPLICATION_LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"
BROWSER_NOTE = TOOLS / "browser.json"

LAUNCHER = """#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python" -P -c \\
    'from portal.commands import main; main(prog_name="datakluis")' "$@"
"""

STARTED = time.monotonic()
Argument = Union[str, Path]


def say(message: str) -> None:
    """Print `message` with the seconds since the start."""
    print("[{:5.1f}s] {}".format(time.monotonic() - STARTED, message), flush=True)


def stop(message: str) -> NoReturn:
    """End with `message`, which says what to do, on standard error."""
    sys.exit("dev.py: " + message)


def run(*command: Argument, **options: Any) -> None:
    """Run `command`; stop with its name and exit code when it fails."""
    words = [str(word) for word in command]
    code = subprocess.run(words, check=False, **options).returncode
    if code:
        stop("this command ended with code {}: {}".format(code, " ".join(words[:6])))


def quietly(*command: Argument, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run `command` with its output kept; the caller looks at the return code."""
    words = [str(word) for word in command]
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(
        words, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, **options
    )


def is_root() -> bool:
    """Return whether this process may install software for the whole machine."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


# The environment


def find_uv() -> str:
    """Return a uv: the one on PATH, or the pinned one, fetched with pip into .tools."""
    on_path = shutil.which("uv")
    if on_path:
        return on_path
    own = TOOLS / "uv" / SCRIPTS / ("uv.exe" if os.name == "nt" else "uv")
    if not own.exists():
        say("fetching uv")
        made = quietly(sys.executable, "-m", "venv", "--clear", TOOLS / "uv")
        if made.returncode:
            stop("python3 cannot make an environment. On Debian or Ubuntu: sudo apt install python3-venv")
        pip: List[Argument] = [own.parent / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run(*pip, "--require-hashes", "-r", ROOT / "requirements-uv.lock")
    return str(own)


def fingerprint(lock: str) -> Dict[str, str]:
    """Return what the environment is built from; its programs contain the path, so a moved checkout is rebuilt."""
    digest = hashlib.sha256((ROOT / lock).read_bytes() + LAUNCHER.encode()).hexdigest()
    return {"lock": lock, "sha256": digest, "root": str(ROOT)}


def built_from() -> Dict[str, str]:
    """Return the fingerprint of the environment that is there, empty when there is none that was finished."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if PYTHON.exists() else {}


def build_environment(lock: str) -> None:
    """Make .venv hold exactly what `lock` names, each file checked against its hash; quick when it does already."""
    wanted, found = fingerprint(lock), built_from()
    if found == wanted:
        return
    uv = find_uv()
    say("building the environment from " + lock)
    if found.get("root") != wanted["root"]:
        run(uv, "venv", "-q", "--clear", "--python", ">=3.11", ENVIRONMENT)
    STAMP.write_text("{}", encoding="utf-8")
    run(uv, "pip", "sync", "-q", "--require-hashes", "--compile-bytecode", "--python", PYTHON, ROOT / lock)
    install_project()
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")


def install_project() -> None:
    """Put the project's packages on the environment's path and the command `datakluis` among its programs."""
    asked = quietly(PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    Path(asked.stdout.strip(), "datakluis.pth").write_text(str(ROOT) + "\n", encoding="utf-8")
    launcher = ENVIRONMENT / SCRIPTS / "datakluis"
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)


# The words


def demo(arguments: Sequence[str]) -> int:
    """Start the demo; an environment that also has the test tools is kept as it is."""
    has_test_tools = built_from().get("lock") == DEVELOPMENT_LOCK
    build_environment(DEVELOPMENT_LOCK if has_test_tools else APPLICATION_LOCK)
    say("starting")
    command = [str(PYTHON), "-m", "portal", "demo", *arguments]
    os.chdir(str(ROOT))
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode
    os.execv(command[0], command)


def run_with_browser(arguments: Sequence[str]) -> int:
    """Run a module of the project, or a tool of its environment, with a browser; return its exit code."""
    build_environment(DEVELOPMENT_LOCK)
    run(PYTHON, ROOT / "find_browser.py")
    found = json.loads(BROWSER_NOTE.read_text(encoding="utf-8"))
    variables = {"DATAKLUIS_BROWSER": json.dumps(found["browser"]), "PLAYWRIGHT_NODEJS_PATH": found["node"]}
    command = [str(PYTHON), "-m", *arguments]
    return subprocess.run(command, check=False, cwd=str(ROOT), env={**os.environ, **variables}).returncode


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest with a browser and, where they can be had, the judges of signed documents; return its exit code."""
    build_environment(DEVELOPMENT_LOCK)
    run(PYTHON, ROOT / "find_judges.py")
    code = run_with_browser(["pytest", "-q", *arguments])
    say("tests passed" if code == 0 else "tests failed")
    return code


def test(arguments: Sequence[str]) -> int:
    """Run the everyday tests, a file at a time on each core, in the order of tests/conftest.py: the longest first."""
    spread = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder"]
    return run_pytest([*spread, "--ignore", "tests/drills", *arguments])


def drills(arguments: Sequence[str]) -> int:
    """Run the tests that break things, one after the other."""
    return run_pytest(arguments or ["tests/drills"])


def bench(arguments: Sequence[str]) -> int:
    """Measure what the vault costs beside a plaintext twin; the exit code is 1 when an aim was missed."""
    return run_with_browser(["bench", *arguments])


def translations(_arguments: Sequence[str]) -> int:
    """Bring the catalogue up to date with the sources; the exit code is 1 when something is left to translate."""
    build_environment(DEVELOPMENT_LOCK)
    return subprocess.run([str(PYTHON), "-m", "tools.translations"], check=False, cwd=str(ROOT)).returncode


def lint(_arguments: Sequence[str]) -> int:
    """Run every check, also after one that fails, so that one run shows all there is to mend."""
    build_environment(DEVELOPMENT_LOCK)
    programs = ENVIRONMENT / SCRIPTS
    checks: List[List[Argument]] = [
        [programs / "ruff", "check", "."],
        [programs / "ruff", "format", "--check", "."],
        [programs / "mypy"],
        [programs / "lint-imports"],
        [programs / "djlint", "--lint", "--quiet", "templates"],
    ]
    failed = []
    for check in checks:
        name = " ".join([Path(check[0]).name, *map(str, check[1:])])
        say(name)
        if subprocess.run([str(word) for word in check], check=False, cwd=str(ROOT)).returncode:
            failed.append(name)
    say("failed: " + "; ".join(failed) if failed else "nothing to mend")
    return 1 if failed else 0


def main() -> int:
    """Do what the first word says; without one, print the help."""
    words = {"demo": demo, "test": test, "lint": lint, "drills": drills, "bench": bench, "translations": translations}
    word = sys.argv[1] if len(sys.argv) > 1 else "help"
    if word not in words:
        print(__doc__)
        return 0 if word in ("help", "-h", "--help") else 2
    # Networks that inspect TLS have their own authority in the system's store, which uv and Node ignore by default.
    os.environ.setdefault("UV_SYSTEM_CERTS", "1")
    os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")
    return words[word](sys.argv[2:])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        stop("interrupted")
