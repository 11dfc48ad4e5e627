"""`make run`: listens to Ctrl-C before anything else, then starts the platform."""

import os
import signal
import sys
from types import FrameType

from deploy.local import children


def listen_to_signals() -> None:
    """A signal only sets a flag that every wait looks at: nothing is left half-noted, a second one changes nothing."""

    def note(_: int, __: FrameType | None) -> None:
        children.interrupted.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants us to go on
        signal.signal(signal.SIGHUP, note)


if __name__ == "__main__":
    listen_to_signals()
    from deploy.local import order  # takes half a second, in which someone may press Ctrl-C

    code = order.main()
    sys.stdout.flush()
    # Not sys.exit: a download that was interrupted may still wait for the network in its thread.
    os._exit(code)
