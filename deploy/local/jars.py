"""The jars of Apache Kafka 4.4.0, fetched from Maven Central by `jgo` and compared with the checked-in SHA-256 list.

The list of coordinates is Maven's own resolution: jgo's mediation picks versions that do not fit together. The cache is
`.wahana/cache/` of the clone, or `WAHANA_CACHE`; `make run`, the tests and the benchmark share it.
"""

import fcntl
import hashlib
import os
import shutil
import ssl
import tempfile
import warnings
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local import children

if TYPE_CHECKING:
    from jgo.maven import MavenContext

VERSION = "4.4.0"
REPOSITORY = "https://repo.maven.apache.org/maven2"
ROOT = Path(__file__).parents[2]
_COORDINATES = Path(__file__).with_name(f"kafka-{VERSION}-coordinates.txt")
_CHECKSUMS = Path(__file__).with_name(f"kafka-{VERSION}-sha256.txt")


class Unavailable(Exception):
    """A jar could not be fetched, or is not the one we know."""


def cache() -> Path:
    """Where downloads are kept between runs."""
    return Path(os.environ.get("WAHANA_CACHE") or ROOT / ".wahana" / "cache").resolve()


def folder(progress: Callable[[int, int], None] = lambda done, of: None) -> Path:
    """The folder that holds exactly the jars of the list; fetches what is missing or damaged.

    A marker is written when all were seen whole, so a warm call only looks at names and sizes.
    `progress(done, of)` is called for every jar fetched. **Raises** Unavailable.
    """
    place = cache() / f"kafka-{VERSION}"
    place.mkdir(parents=True, exist_ok=True)
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs may share the cache
        if not _is_complete(place):
            _fetch_missing(place, progress)
    return place


def _checksums() -> dict[str, str]:
    lines = map(str.split, _CHECKSUMS.read_text().splitlines())
    return {name: checksum for checksum, name in lines}


def _sizes(place: Path) -> str:
    return "\n".join(f"{jar.name} {jar.stat().st_size}" for jar in sorted(place.glob("*.jar")))


def _is_complete(place: Path) -> bool:
    marker = place / ".complete"
    return marker.exists() and marker.read_text() == _sizes(place)


def _fetch_missing(place: Path, progress: Callable[[int, int], None]) -> None:
    with warnings.catch_warnings():  # jgo imports half a command line, which complains about XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        from jgo.maven import MavenContext

    # This machine's certificates, if it has any, rather than certifi's: as pip does.
    if authorities := ssl.get_default_verify_paths().cafile:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", authorities)
    expected = _checksums()
    for jar in place.glob("*.jar"):
        if hashlib.sha256(jar.read_bytes()).hexdigest() != expected.get(jar.name):
            jar.unlink()
    for leftover in place.glob("fetch-*"):
        shutil.rmtree(leftover)
    missing = [c for c in _COORDINATES.read_text().split() if not (place / _file_name(c)).exists()]
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=place) as scratch:
        context = MavenContext(repo_cache=Path(scratch), remote_repos={"central": REPOSITORY}, timeout=60)
        threads = ThreadPoolExecutor(8)
        try:
            waiting = {threads.submit(_fetch, context, c, expected[_file_name(c)], place) for c in missing}
            while waiting:
                finished, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                for fetch in finished:
                    fetch.result()
                progress(len(missing) - len(waiting), len(missing))
                children.pause(0)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
    (place / ".complete").write_text(_sizes(place))


def _file_name(coordinate: str) -> str:
    _, artifact, version = coordinate.split(":")
    return f"{artifact}-{version}.jar"


def _fetch(context: "MavenContext", coordinate: str, checksum: str, place: Path) -> None:
    """The library writes under the final name and only warns about a wrong sum: hence scratch folder, sum and rename."""
    for attempts_left in (2, 1, 0):
        artifact = context.create_dependency(coordinate).artifact
        try:
            fetched = artifact.resolve()
        except Exception as error:  # jgo lets requests' and its own errors through
            problem = f"{type(error).__name__}: {error}"
        else:
            if hashlib.sha256(fetched.read_bytes()).hexdigest() == checksum:
                fetched.rename(place / _file_name(coordinate))
                return
            problem = "its SHA-256 is not the one in the list"
        if artifact.cached_path is not None:
            artifact.cached_path.unlink(missing_ok=True)
        if not attempts_left:
            raise Unavailable(f"{coordinate} from {REPOSITORY}: {problem}")
