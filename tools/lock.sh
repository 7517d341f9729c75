#!/bin/sh
# Pin requirements/*.in to requirements/*.txt: one list for Linux and Windows, CPython 3.11 to 3.13, with hashes.
# The resolver itself is pinned in lock.txt and lives outside .venv, so that nobody who only runs or tests fetches it.
set -eu
cd "$(dirname "$0")/.."

[ -x build/lock/bin/python ] || .venv/bin/python -m venv build/lock
build/lock/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt

pin() {
    source=$1
    shift
    build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-config --upgrade "requirements/$source.in" --output-file "requirements/$source.txt" "$@"
}

pin runtime
pin dev --constraint requirements/runtime.txt
pin lock
echo "Pinned. Look at the differences, run make test, and commit them with the reason."
