"""What is deployed is what validators accept, and what the settings know."""

from pathlib import Path
from typing import Any

import compose_spec
import kubernetes_validate
import pytest
import yaml

from jobs.__main__ import _JOBS
from settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
_COMPOSE = DEPLOY / "compose.yaml"
_KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
_VERSIONS = ("1.29.0", "1.37.0")
_SETTINGS = {(field.alias or name).upper() for name, field in Settings.model_fields.items()}


def _documents() -> list[dict[str, Any]]:
    return [each for path in _KUBERNETES for each in yaml.safe_load_all(path.read_text())]


def _named() -> list[Any]:
    return [pytest.param(each, id=f"{each['kind']} {each['metadata']['name']}") for each in _documents()]


def _pods() -> list[tuple[str, dict[str, Any]]]:
    found = [each for each in _documents() if each["kind"] in ("Deployment", "StatefulSet")]
    return [(each["metadata"]["name"], each["spec"]["template"]["spec"]) for each in found]


@pytest.mark.parametrize("version", _VERSIONS)
@pytest.mark.parametrize("document", _named())
def test_kubernetes_takes_every_manifest(document: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(document, version, strict=True)


def test_a_slip_in_a_manifest_would_be_seen() -> None:
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"port": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, _VERSIONS[0], strict=True)


def test_the_compose_file_is_one() -> None:
    found = compose_spec.PyCompose.from_yaml(_merged(_COMPOSE.read_text()))
    found.validate()
    assert {"web-one", "web-two", "worker", "follower", "postgres", "redis"} <= set(found.service_names())


def test_a_slip_in_the_compose_file_would_be_seen() -> None:
    with pytest.raises(ValueError, match="comand"):
        compose_spec.PyCompose.from_yaml(_merged(_COMPOSE.read_text()).replace("command:", "comand:"))


def _merged(text: str) -> str:
    # the validator knows no `<<`: what it sees is what an engine makes of it
    return str(yaml.safe_dump(yaml.safe_load(text)))


def test_every_pod_runs_as_nobody_asks_for_its_room_and_cannot_rise() -> None:
    for name, pod in _pods():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["automountServiceAccountToken"] is False, name
        for container in pod["containers"]:
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}, name
            assert "memory" in container["resources"]["limits"], name
            assert container["securityContext"]["allowPrivilegeEscalation"] is False, name


def test_what_is_set_is_a_setting() -> None:
    (words,) = (each["data"] for each in _documents() if each["kind"] == "ConfigMap")
    lines = (DEPLOY / "settings.env.example").read_text().splitlines()
    example = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    own = {
        e["name"]
        for _, pod in _pods()
        for c in pod["containers"]
        for e in c.get("env", ())
        if "HOST" in e["name"]
    }
    assert not (words.keys() | example | own) - _SETTINGS


def test_secrets_are_named_and_never_written_down() -> None:
    assert not [each for each in _documents() if each["kind"] == "Secret"]
    (words,) = (each["data"] for each in _documents() if each["kind"] == "ConfigMap")
    secret = {name for name in _SETTINGS if name.endswith(("_SECRET", "_KEY", "_PASSWORD"))} | {"REDIS_URL"}
    assert not words.keys() & (secret | {"DATABASE_URL"})


def test_every_job_has_its_place_and_each_command_is_one() -> None:
    commands = [c["command"] for _, pod in _pods() for c in pod["containers"] if "command" in c]
    jobs = [words[3] for words in commands if words[:3] == ["python", "-m", "jobs"]]
    assert sorted(jobs) == sorted(_JOBS)
    services = yaml.safe_load(_COMPOSE.read_text())["services"]
    told = " ".join(" ".join(each["command"]) for each in services.values() if "command" in each)
    assert not [job for job in _JOBS if f"jobs {job}" not in told]


def test_every_web_host_is_spared_while_another_is_away() -> None:
    budgets = {
        e["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"]
        for e in _documents()
        if e["kind"] == "PodDisruptionBudget"
    }
    assert {"run-registry-web", "run-registry-worker"} <= budgets
    probed = {c["name"] for _, pod in _pods() for c in pod["containers"] if "readinessProbe" in c}
    assert {"server", "postgres", "redis"} <= probed


def test_the_image_runs_as_nobody_and_copies_no_secret() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]
    left_out = (ROOT / ".containerignore").read_text().split()
    assert {".git", "data", ".venv"} <= set(left_out)
