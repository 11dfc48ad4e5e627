"""Becomes the program it is asked to start, tied to its parent: dies with it, under another user if one is named.

Run as a script (`python -I -S leash.py PARENT SIGNAL USER PROGRAM …`), so that nothing runs between fork and exec in
the supervisor itself, which has threads. `USER` is a numeric id or `-`. Only the standard library is imported.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, death_signal: int, user: str, program: list[str]) -> None:
    """Never returns: the process is `program` afterwards, with the same process id."""
    if user != "-":
        account = pwd.getpwuid(int(user))
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform == "linux":
        # After setuid, which would clear it; exec keeps it.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # the parent died before the leash was on
            sys.exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.execv(program[0], program)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
