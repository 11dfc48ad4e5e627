"""Variables that are not ours but matter to our processes, and those that only `make run` and `make test` read."""

from dataclasses import dataclass

from deploy.local.settings import PORTS


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's name, who reads it, and what it does."""

    name: str
    read_by: str
    meaning: str


OF_LIBRARIES = (
    Variable(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "all",
        "Where traces are sent (OTLP over HTTP, as `http://collector:4318`). Unset: nothing is sent; trace ids still stand"
        " in logs and events.",
    ),
    Variable("OTEL_EXPORTER_OTLP_HEADERS", "all", "Headers of what is sent, such as `authorization=Bearer …`. Secret."),
    Variable("OTEL_EXPORTER_OTLP_CERTIFICATE", "all", "File of the authorities that the collector's certificate is of."),
    Variable("OTEL_TRACES_SAMPLER", "all", "Which traces are kept, such as `parentbased_traceidratio`."),
    Variable("OTEL_TRACES_SAMPLER_ARG", "all", "… and how many of them, such as `0.1`."),
    Variable("OTEL_TRACES_EXPORTER", "all", "`none` switches sending off although an endpoint is set."),
    Variable("OTEL_SERVICE_NAME", "all", "Name in the traces; unset: `wahana-<service>-<api or worker>`."),
    Variable("OTEL_RESOURCE_ATTRIBUTES", "all", "More about the process, such as `deployment.environment=production`."),
    Variable(
        "FORWARDED_ALLOW_IPS", "API",
        "Addresses of the reverse proxies whose `X-Forwarded-For` uvicorn believes; limits per address need it to be right."
        " Default `127.0.0.1`. `*` believes everybody: only where nobody but the proxy reaches the port.",
    ),
    Variable(
        "UVICORN_HOST, UVICORN_PORT, UVICORN_ROOT_PATH, …", "API",
        "Every option of uvicorn's command line, as `--root-path` is `UVICORN_ROOT_PATH`; the command line wins.",
    ),
    Variable(
        "WEB_CONCURRENCY", "API",
        "Leave it unset: one process a container, more containers for more load. Limits, pools and metrics are a process's.",
    ),
    Variable(
        "SSL_CERT_FILE, SSL_CERT_DIR", "all",
        "Authorities that the issuer's certificate may be of, if they are not those the system trusts.",
    ),
)  # fmt: skip

_LISTENS = {
    "PORT": "The one address: landing page, tokens, and the three services below it.",
    **{f"{s}_PORT": f"API of {s.lower()}." for s in ("REGISTRY", "ACTIVITIES", "REPORTING")},
    **{
        f"{s}_WORKER_PORT": f"/livez and /metrics of the worker of {s.lower()}."
        for s in ("REGISTRY", "ACTIVITIES", "REPORTING")
    },
    "POSTGRES_PORT": "PostgreSQL.",
    "KAFKA_PORT": "Kafka.",
    "KAFKA_CONTROLLER_PORT": "Kafka's controller.",
}
OF_MAKE_RUN = (
    *(
        Variable(
            f"{service}_WORKER_DATABASE_URL", "make run",
            f"Database of {service.lower()}, by the role of its worker, where it exists already.",
        )
        for service in ("REGISTRY", "ACTIVITIES", "REPORTING")
    ),
    *(
        Variable(name, "make run", f"{_LISTENS[name]} Port of 127.0.0.1; default `{port}`.")
        for name, port in PORTS.items()
    ),
    Variable("WAHANA_CACHE", "make run, make test", "Folder of Kafka's jars; several clones may share one."),
)  # fmt: skip
