"""A head office and tills as processes on this machine: what the demo and the replay start, kill and start again."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from app.errors import ConfigError
from app.wiring.chaos import Chaos
from app.wiring.chaos_plan import Plan
from app.wiring.own_program import own_program
from app.wiring.relay import Relay

ENDS_WITHIN_S: Final = 60
LISTENING: Final = "Listening on "
Answer = Mapping[str, Any]


def program(*arguments: str | Path) -> list[str]:
    """The command line of this same program, in English."""
    return own_program("--lang", "en", *map(str, arguments))


def run(*arguments: str | Path, allowed: Sequence[int] = (0,)) -> str:
    """What a command of ours printed. ConfigError `chain_command` when it ended otherwise than `allowed`."""
    done = subprocess.run(
        program(*arguments), capture_output=True, text=True, encoding="utf-8", env=dict(os.environ), check=False
    )
    if done.returncode not in allowed:
        said = (done.stderr.strip().splitlines() or [""])[-1]
        raise ConfigError("chain_command", command=" ".join(map(str, arguments[:3])), said=said)
    return done.stdout


class HeadOfficeProcess:
    """`guitai hq serve` on a free port of this machine, behind a network that can be cut."""

    def __init__(self, folder: Path, relay_port: int = 0) -> None:
        self.folder = folder
        self._errors = folder.parent / f"{folder.name}.log"
        self._process: subprocess.Popen[str] | None = None
        self.relay = Relay(0, relay_port)
        self.chaos: Chaos | None = None
        self.start()

    def start(self) -> None:
        """Serve; returns when it listens. ConfigError `chain_command`."""
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                program("hq", "serve", "--data", self.folder, "--port", "0"),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        try:
            line = _pipe(self._process.stdout).readline().strip()
            if not line.startswith(LISTENING):
                raise ConfigError("chain_command", command="hq serve", said=line)
        except BaseException:
            self.stop()
            raise
        self.relay.target = int(line.rpartition(":")[2])

    def code(self, store_id: str) -> str:
        """A one-time enrolment code."""
        made: str = json.loads(run("hq", "till", "add", "--data", self.folder, "--store", store_id, "--json"))["code"]
        return made

    def misbehave(self, plan: Plan) -> Chaos:
        """From now on each new request meets what the plan says."""
        self.chaos = Chaos(self.relay.target, plan)
        self.relay.target = self.chaos.port
        return self.chaos

    def stop(self) -> None:
        """End it as an operator would, and wait."""
        process, self._process = self._process, None
        self.relay.cut()
        if self.chaos is not None:
            self.chaos.close()
        if process is not None:
            process.terminate()
            process.wait(ENDS_WITHIN_S)
            _pipe(process.stdout).close()


class TillProcess:
    """A till without a screen that is told each step and answers it. One thread at a time."""

    def __init__(self, command: Sequence[str], errors: Path) -> None:
        self._command = command
        self._errors = errors
        self._process: subprocess.Popen[str] | None = None

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it (again)."""
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                env={**os.environ, **(environment or {})},
            )

    def tell(self, step: Mapping[str, object]) -> None:
        """Write a step without waiting for its answer."""
        given = _pipe(self._running.stdin)
        given.write(json.dumps(step, ensure_ascii=False) + "\n")
        given.flush()

    def answer(self) -> Answer:
        """The next answer. ConfigError `chain_till_ended`."""
        line = _pipe(self._running.stdout).readline()
        if not line:
            raise ConfigError("chain_till_ended")
        found: Answer = json.loads(line)
        return found

    def ask(self, step: Mapping[str, object]) -> Answer:
        """A step and its answer. ConfigError `chain_till_ended`."""
        try:
            self.tell(step)
        except BrokenPipeError as error:
            raise ConfigError("chain_till_ended") from error
        return self.answer()

    def do(self, step: Mapping[str, object]) -> Answer:
        """A step that must go as expected. ConfigError `chain_step`."""
        found = self.ask(step)
        if not found["ok"]:
            raise ConfigError("chain_step", step=str(step["do"]), said=str(found.get("words", found.get("code", ""))))
        return found

    def kill(self) -> None:
        """kill -9."""
        self._running.kill()
        self._ended()

    def wait_killed(self) -> None:
        """Wait until it has ended by a kill that was armed when it was started. ConfigError `chain_step`."""
        if self._ended() >= 0:
            raise ConfigError("chain_step", step="kill", said="")

    def end(self) -> int:
        """End its script; the exit code."""
        _pipe(self._running.stdin).close()
        return self._ended()

    @property
    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise ConfigError("chain_till_ended")
        return self._process

    def _ended(self) -> int:
        process, self._process = self._running, None
        code = process.wait(ENDS_WITHIN_S)
        for one in (process.stdin, process.stdout):
            try:
                _pipe(one).close()
            except BrokenPipeError:
                continue  # what was still to be written is nobody's
        return code


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise ValueError("every stream was asked for")
    return stream
