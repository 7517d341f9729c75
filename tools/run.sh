#!/bin/sh
# Open a till with 100,000 generated members. Its files live in .run/demo; remove that folder for a new one.
# Without a screen it runs on a virtual one, and leaves a picture of it in .run/till.png.
set -eu
cd "$(dirname "$0")/.."
mkdir -p .run

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/guitai till --demo --data .run/demo "$@"
fi

echo "No screen here, so the till opens on a virtual one (Xvfb). Ctrl-C ends it."
echo "Once it is on screen, its picture is .run/till.png. The first start makes 100,000 members."
exec xvfb-run --auto-servernum --server-args "-screen 0 1366x768x24" \
    .venv/bin/python -m tools.run_with_picture .run/till.png .venv/bin/guitai till --demo --data .run/demo "$@"
