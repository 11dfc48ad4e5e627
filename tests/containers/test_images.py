"""What an image holds, and what it does not."""

import json

import pytest

from deploy.containers import images
from deploy.containers.engine import ROOT, Engine, Failed

SERVICES = images.SERVICES


HELD = """
import importlib.util, json, os
found = [name for name in ("registry", "activities", "reporting") if importlib.util.find_spec(f"services.{name}")]
print(json.dumps([sorted(os.listdir("/app")), sorted(os.listdir("/app/services")), found]))
"""


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_its_own_service_and_nothing_of_the_others(built: Engine, service: str) -> None:
    tag = f"wahana-{service}:{images.version()}"
    held = json.loads(built.docker("run", "--rm", "--network=none", tag, "python", "-c", HELD))
    own = sorted(["__pycache__", service, *(file.name for file in (ROOT / "services").glob("*.py"))])
    assert held == [["services", "shared"], own, [service]]


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_says_what_it_is_and_runs_as_nobody_it_knows(built: Engine, service: str) -> None:
    (image,) = json.loads(built.docker("image", "inspect", f"wahana-{service}:{images.version()}"))
    assert image["Config"]["User"] == "10001:10001"
    labels = {name.removeprefix("org.opencontainers.image."): text for name, text in image["Config"]["Labels"].items()}
    assert labels["title"] == f"wahana-{service}"
    assert labels["version"] == images.version()
    assert labels["licenses"] == "Apache-2.0"
    assert not {"PIP_INDEX_URL", "UV_DEFAULT_INDEX"} & {word.partition("=")[0] for word in image["Config"]["Env"]}


def test_the_images_share_what_they_have_in_common(built: Engine) -> None:
    layers = [
        json.loads(built.docker("image", "inspect", f"wahana-{service}:{images.version()}"))[0]["RootFS"]["Layers"]
        for service in SERVICES
    ]
    shared = [layer for layer in layers[0] if all(layer in others for others in layers)]
    assert [len(own) - len(shared) for own in layers] == [2, 2, 2]  # its code, and that compiled


def test_a_service_that_is_none_is_refused_when_it_is_built(built: Engine) -> None:
    with pytest.raises(Failed, match="SERVICE is 'reports'"):
        images.build(built, "wahana-none:none", ".", "--file", "deploy/Dockerfile", "--build-arg", "SERVICE=reports")
