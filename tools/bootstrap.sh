#!/bin/sh
# Prepare this checkout: a Python, system libraries, .venv with hashed packages, the program itself, compiled words.
# As root on Debian or Ubuntu it installs what is missing; otherwise it prints the one command that does.
set -eu
cd "$(dirname "$0")/.."

pick_python() {
    for name in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python3.14; do
        [ -n "$name" ] || continue
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "Guitai needs Python 3.11, 3.12 or 3.13 and found none. Install one, or name it: make setup PYTHON=/path/to/python3" >&2
    exit 1
}

python=$(pick_python)
packages=$("$python" tools/missing_packages.py)
if [ -n "$packages" ]; then
    command="apt-get install -y --no-install-recommends $packages"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing system packages: $packages"
        export DEBIAN_FRONTEND=noninteractive
        $command >/dev/null 2>&1 || { apt-get update -qq && $command -qq >/dev/null; }
    else
        echo "Guitai needs a few system packages. Install them with this one command, then repeat yours:" >&2
        echo "    sudo $command" >&2
        exit 1
    fi
fi

unset PYTHONDONTWRITEBYTECODE
[ -x .venv/bin/python ] || { echo "setup: making .venv with $("$python" --version)"; "$python" -m venv .venv; }
# A venv made by something else may be older than its Python or lack pip: say so instead of failing in the middle.
.venv/bin/python -m pip --version >/dev/null 2>&1 || { echo "The folder .venv is damaged. Remove it: rm -r .venv" >&2; exit 1; }
mkdir -p .run
install() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@" >.run/setup.log 2>&1 || {
        cat .run/setup.log >&2
        echo "setup: a package could not be installed; the lines above say which. Nothing else was changed." >&2
        exit 1
    }
}
echo "setup: installing the pinned packages (hashes checked)"
install --require-hashes -r requirements/dev.txt
install --no-deps --no-build-isolation -e .
.venv/bin/python -c "import app, devices, sync, ui" || { echo "setup: the program cannot be imported; see the line above" >&2; exit 1; }
.venv/bin/python tools/compile_messages.py
