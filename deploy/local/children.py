"""Processes we start: each in a session of its own with a log file, stopped by its own pid, and dead when we die."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")

# Linux sends the death signal when the *thread* that forked ends. So every child is forked by one thread that lives as
# long as this process; a caller in a short-lived thread (`asyncio.to_thread`) would otherwise take its server with it.
_forker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="forker")

interrupted = threading.Event()
"""Set by the supervisor's signal handler; every wait in this package then ends with `Interrupted`."""


class Interrupted(Exception):
    """Someone asked us to stop while we were waiting for something."""


class Died(Exception):
    """A process ended that should not have; the message carries the last lines of its log."""


def pause(seconds: float = 0.02) -> None:
    """Sleep a little. **Raises** Interrupted as soon as `interrupted` is set."""
    if interrupted.wait(seconds):
        raise Interrupted


@dataclass
class Child:
    """A running process and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The process id, also the group's."""
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Signal the whole group, or nobody if it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def stop(self, number: signal.Signals = signal.SIGTERM, within: float = 10.0) -> None:
        """Ask, wait, then kill what is left of the group. Repeating is harmless; a process held by SIGSTOP is woken."""
        if self.is_alive:
            self.send(number)
            self.send(signal.SIGCONT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(within)
        self.send(signal.SIGKILL)
        self.process.wait()

    def kill(self) -> None:
        """SIGKILL to the whole group; returns when it is gone."""
        self.stop(signal.SIGKILL)

    def last_lines(self, count: int = 20) -> str:
        """The end of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-count:])

    def died(self) -> Died:
        """The exception that tells its end."""
        code = self.process.poll() or 0
        end = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return Died(f"{self.name} {end}; end of {self.log}:\n{self.last_lines()}")


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user: int | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start `command` (its output is appended to `log`), as numeric `user` if given.

    `death_signal` reaches it when this process ends, in whatever way.
    """
    program = shutil.which(str(command[0])) or str(command[0])
    leashed = [
        *(sys.executable, "-I", "-S", str(LEASH)),
        *(str(os.getpid()), str(int(death_signal)), "-" if user is None else str(user)),
        *(program, *(str(word) for word in command[1:])),
    ]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = _forker.submit(
            subprocess.Popen,
            leashed,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,
        ).result()
    return Child(name, process, log)


def wait_until(ready: Callable[[], bool], child: Child, within: float) -> None:
    """Wait for a child to serve. **Raises** Died when it ends first, TimeoutError after `within` seconds."""
    deadline = time.monotonic() + within
    while not ready():
        if not child.is_alive:
            raise child.died()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{child.name} was not ready after {within:.0f} s:\n{child.last_lines()}")
        pause()


def run(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user: int | None = None,
) -> None:
    """Run `command` to its end. **Raises** Died when it fails; an interrupt stops it."""
    child = spawn(name, command, log=log, environment=environment, folder=folder, user=user)
    try:
        while child.is_alive:
            pause()
    finally:
        child.stop()
    if child.process.returncode != 0:
        raise child.died()


def command_of(pid: int) -> str | None:
    """The command line of a running process; None if there is none, or only its zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return arguments.replace(b"\0", b" ").decode(errors="replace").strip() or None
    ps = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    result = subprocess.run(ps, capture_output=True, text=True, check=False)
    return result.stdout.strip() or None


def stop_leftover(pid: int, mark: str, number: signal.Signals = signal.SIGTERM, within: float = 15.0) -> bool:
    """Stop a process of an earlier run, if `pid` still is one (its command line holds `mark`, normally its folder)."""
    deadline = time.monotonic() + within
    signalled = False
    while (command := command_of(pid)) and mark in command:
        signalled = True
        try:
            os.kill(pid, signal.SIGKILL if time.monotonic() > deadline else number)
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            break
        pause(0.1)
    return signalled
