"""Where the servers of the tests keep their data: in memory where there is enough of it, else below `.wahana/`.

A test makes and drops hundreds of files with its databases and topics. File systems of disks are slow at that (ext4 looks for
an inode that was not freed lately, for longer than PostgreSQL copies the database), and what no test needs is that the data
outlive the machine. The benchmark stays on the disk.
"""

import hashlib
import os
import shutil
from pathlib import Path

import psutil

from deploy.local import jars
from deploy.local.servers import TEST_FOLDER

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own in it, with the rights of ours
ENOUGH = 6 << 30
"""Bytes that must be free: some hundred megabytes are used by each process of the tests, and more when a test is killed."""

QUICK_LOGIN = {"scram_iterations": "1"}
"""Settings of PostgreSQL: a test opens dozens of connections, and a password of 24 random bytes needs no slow digest."""


def folder() -> Path:
    """The folder of this process; `deploy.local.servers` sweeps those of processes that are gone."""
    clone = hashlib.sha256(str(jars.ROOT).encode()).hexdigest()[:10]
    return (SHARED_MEMORY / f"wahana-{clone}" if _is_enough() else TEST_FOLDER) / str(os.getpid())


def _is_enough() -> bool:
    if not os.access(SHARED_MEMORY, os.W_OK):
        return False
    return min(shutil.disk_usage(SHARED_MEMORY).free, psutil.virtual_memory().available) > ENOUGH
