import base64
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from exporter.config import Config, load
from tests.chart.helm import CHART, NAME, NAMESPACE, Helm, Manifest, container, one
from tests.processes import ROOT

pytestmark = pytest.mark.process

CI = CHART / "ci"
TOKENS = "/run/secrets/northflank"


def pod(manifests: list[Manifest]) -> dict[str, Any]:
    """The spec of the Deployment's pod."""
    found: dict[str, Any] = one(manifests, "Deployment")["spec"]["template"]["spec"]
    return found


def checksum(manifests: list[Manifest]) -> str:
    """The annotation by which a changed configuration restarts the pod."""
    return str(one(manifests, "Deployment")["spec"]["template"]["metadata"]["annotations"]["checksum/config"])


def volume(manifests: list[Manifest], name: str) -> dict[str, Any]:
    """What stands behind a volume of the pod."""
    (found,) = (each for each in pod(manifests)["volumes"] if each["name"] == name)
    return {key: value for key, value in found.items() if key != "name"}


def configured(text: str, directory: Path) -> Config:
    """What the exporter makes of a configuration file of the chart, its token files being in this directory.

    Without tokens from the environment, of which no two are equal.
    """
    path = directory / "config.yaml"
    path.write_text(text.replace(TOKENS, str(directory)))
    for name in ("token", "acme", "labs"):
        (directory / name).write_text("not-a-token")
    config = load(path, {"NORTHFLANK_API_TOKEN": "not-a-token"})
    return replace(config, accounts=tuple(replace(account, token=None) for account in config.accounts))


def test_the_exporter_reads_what_the_values_say(helm: Helm, values: Path, tmp_path: Path) -> None:
    """The exporter accepts the rendered configuration, and finds in it what stands in the values, figure by figure."""
    rendered = one(
        [each for each in helm.render("--values", values) if "config.yaml" in each.get("data", {})], "ConfigMap"
    )
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())["config"]
    said = (yaml.safe_load(values.read_text()) or {}).get("config", {})
    expected = defaults | said | {"state": defaults["state"] | said.get("state", {})}
    assert configured(yaml.safe_dump(expected), tmp_path) == configured(rendered["data"]["config.yaml"], tmp_path)


def test_figures_keep_every_digit(helm: Helm, tmp_path: Path) -> None:
    """Helm writes large figures in a form that the exporter reads exactly."""
    manifests = helm.render("--values", CI / "config-values.yaml")
    config = configured(one(manifests, "ConfigMap")["data"]["config.yaml"], tmp_path)
    (account,) = config.accounts
    assert Decimal("12345678.91") == account.declared.billing_threshold
    assert [Decimal(20_000_000)] == [budget.amount for budget in account.declared.budgets]
    assert 10_000_000 == config.limits.series


def test_default_state_path_is_the_volume(defaults: list[Manifest]) -> None:
    """Without further values the figures are kept on a volume that may be written to, as the root may not."""
    config = yaml.safe_load(one(defaults, "ConfigMap")["data"]["config.yaml"])
    mounts = {mount["name"]: mount["mountPath"] for mount in container(defaults)["volumeMounts"]}
    assert config["state"]["path"] == mounts["state"]
    assert {"emptyDir": {}} == volume(defaults, "state")
    assert [f"{mounts['tokens']}/token"] == [account["token_file"] for account in config["accounts"]]


@pytest.mark.parametrize(
    ("args", "changes"),
    [
        pytest.param(("--set", "config.detail=team"), True, id="configuration"),
        pytest.param(("--set", "serviceMonitor.enabled=true"), False, id="something else"),
        pytest.param(("--set", "tokens.token=t"), False, id="token"),
    ],
)
def test_only_a_changed_configuration_restarts(
    helm: Helm,
    defaults: list[Manifest],
    args: tuple[str, ...],
    changes: bool,  # noqa: FBT001 - what is expected
) -> None:
    """The pod is replaced where its configuration changes, not where an object beside it or a token does."""
    template = one(helm.render(*args), "Deployment")["spec"]["template"]
    assert changes == (template != one(defaults, "Deployment")["spec"]["template"])
    assert changes == (checksum(helm.render(*args)) != checksum(defaults))


def test_one_at_a_time(defaults: list[Manifest]) -> None:
    """Two exporters never run at once, as they would share a volume and the allowance of requests."""
    spec = one(defaults, "Deployment")["spec"]
    assert (1, {"type": "Recreate"}) == (spec["replicas"], spec["strategy"])


def test_nothing_of_kubernetes_is_mounted(defaults: list[Manifest]) -> None:
    """Neither the account nor the pod mounts a token for the API of Kubernetes."""
    assert one(defaults, "ServiceAccount")["automountServiceAccountToken"] is False
    assert pod(defaults)["automountServiceAccountToken"] is False


def test_tokens_become_a_secret_that_is_mounted(helm: Helm) -> None:
    """Tokens given as values stand in a Secret alone, which is mounted where the accounts look for them."""
    manifests = helm.render("--values", CI / "tokens-values.yaml")
    secret = one(manifests, "Secret")
    assert {"acme": "not-a-token", "labs": "not-a-token-either"} == {
        name: base64.b64decode(value).decode() for name, value in secret["data"].items()
    }
    assert {"secret": {"secretName": secret["metadata"]["name"]}} == volume(manifests, "tokens")
    assert not [each["kind"] for each in manifests if each["kind"] != "Secret" and "not-a-token" in str(each)]


@pytest.mark.parametrize(
    ("args", "name"),
    [
        pytest.param((), NAME, id="default"),
        pytest.param(("--set", "existingSecret=mine"), "mine", id="existing"),
    ],
)
def test_a_secret_of_the_users_own_is_mounted(helm: Helm, args: tuple[str, ...], name: str) -> None:
    """Without tokens the chart makes no Secret and mounts one that somebody else makes; as a folder, to see changes."""
    manifests = helm.render(*args)
    assert not [each for each in manifests if each["kind"] == "Secret"]
    assert {"secret": {"secretName": name}} == volume(manifests, "tokens")
    assert not any("subPath" in mount for mount in container(manifests)["volumeMounts"])


def test_no_secret_where_no_account_reads_one(helm: Helm) -> None:
    """A token from the environment needs no Secret with token files."""
    manifests = helm.render("--values", CI / "environment-values.yaml")
    assert "tokens" not in {each["name"] for each in pod(manifests)["volumes"]}
    assert {"NORTHFLANK_API_TOKEN", "HTTPS_PROXY"} == {each["name"] for each in container(manifests)["env"]}


@pytest.mark.parametrize(
    ("args", "claim"),
    [
        pytest.param(("persistence.enabled=true",), NAME, id="made"),
        pytest.param(("persistence.enabled=true", "persistence.existingClaim=mine"), "mine", id="existing"),
    ],
)
def test_state_is_kept_on_a_claim(helm: Helm, args: tuple[str, ...], claim: str) -> None:
    """With persistence the state lies on a claim: one that the chart makes, or the user's."""
    manifests = helm.render("--set", ",".join(args))
    assert {"persistentVolumeClaim": {"claimName": claim}} == volume(manifests, "state")
    made = [each["metadata"]["name"] for each in manifests if each["kind"] == "PersistentVolumeClaim"]
    assert made == [NAME] * (claim == NAME)


@pytest.mark.parametrize(
    ("args", "image"),
    [
        pytest.param("image.tag=v2", "ghcr.io/a/b:v2", id="tag"),
        pytest.param("image.registry=", "a/b:0.1.0", id="no registry"),
        pytest.param("global.imageRegistry=r", "r/a/b:0.1.0", id="global registry"),
        pytest.param(f"image.tag=v2,image.digest=sha256:{'0' * 64}", f"ghcr.io/a/b@sha256:{'0' * 64}", id="digest"),
    ],
)
def test_image(helm: Helm, args: str, image: str) -> None:
    """The image is put together of registry, repository and tag, or digest."""
    assert image == container(helm.render("--set", f"image.repository=a/b,{args}"))["image"]


def test_monitors_scrape_as_the_documentation_says(helm: Helm) -> None:
    """Both monitors find the pod by its labels, on the port and path that it serves, and keep the label `account`."""
    changed = "telemetryPath=/spend,containerPort=9000,service.port=80"
    for name, kind, endpoints in (
        ("serviceMonitor", "ServiceMonitor", "endpoints"),
        ("podMonitor", "PodMonitor", "podMetricsEndpoints"),
    ):
        manifests = helm.render("--set", f"{changed},{name}.enabled=true")
        monitor = one(manifests, kind)["spec"]
        (endpoint,) = monitor[endpoints]
        assert ("http", "/spend", True) == (endpoint["port"], endpoint["path"], endpoint["honorLabels"])
        template = one(manifests, "Deployment")["spec"]["template"]
        assert monitor["selector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
        assert [NAMESPACE] == monitor["namespaceSelector"]["matchNames"]
        assert [("http", 9000)] == [(port["name"], port["containerPort"]) for port in container(manifests)["ports"]]


def test_network_policy_lets_in_scrapes_and_lets_out_dns_and_https(helm: Helm) -> None:
    """With the policy only named peers and `helm test` reach the exporter, and the exporter DNS and HTTPS alone."""
    manifests = helm.render("--values", CI / "policies-values.yaml", "--set", "containerPort=9000")
    policy = one(manifests, "NetworkPolicy")["spec"]
    assert ["Ingress", "Egress"] == policy["policyTypes"]
    (scrapes,) = policy["ingress"]
    assert [{"port": 9000, "protocol": "TCP"}] == scrapes["ports"]
    monitoring, testing = scrapes["from"]
    assert {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}} == monitoring
    assert testing["podSelector"]["matchLabels"].items() <= one(manifests, "Pod")["metadata"]["labels"].items()
    ports = [(port["port"], port["protocol"]) for rule in policy["egress"] for port in rule["ports"]]
    assert [(53, "UDP"), (53, "TCP"), (443, "TCP")] == ports
    assert policy["podSelector"]["matchLabels"] == one(manifests, "Deployment")["spec"]["selector"]["matchLabels"]


def test_network_policy_may_leave_egress_alone(helm: Helm) -> None:
    """Without `egress` everything may be reached, and without `from` everybody may scrape."""
    policy = one(helm.render("--set", "networkPolicy.enabled=true,networkPolicy.egress.enabled=false"), "NetworkPolicy")
    assert ["Ingress"] == policy["spec"]["policyTypes"]
    assert [{"ports"}] == [rule.keys() for rule in policy["spec"]["ingress"]]
    assert "egress" not in policy["spec"]


@pytest.mark.parametrize("document", [CHART / "README.md", ROOT / "docs" / "kubernetes.md"], ids=lambda path: path.name)
def test_values_in_the_documents_render(helm: Helm, document: Path, tmp_path: Path) -> None:
    """Each block of values that a document shows is accepted, and changes what is rendered."""
    blocks = re.findall(r"```yaml\n(.*?)```", document.read_text(), re.DOTALL)
    assert blocks
    for block in blocks:
        assert helm.render() != helm.render_values(tmp_path, yaml.safe_load(block))


def test_helm_test_runs_where_the_exporter_may(helm: Helm) -> None:
    """The pod of `helm test`, of the same image, is scheduled on the nodes that the exporter is for."""
    manifests = helm.render("--values", CI / "overrides-values.yaml")
    spec = one(manifests, "Pod")["spec"]
    for where in ("nodeSelector", "tolerations", "affinity"):
        assert pod(manifests)[where] == spec[where]
