"""Defects for check_test.py: what is planted into rendered manifests or a page, and what is reported."""
import page


def server(m):
    return m.find("Deployment", "agreements-server")["spec"]


def pod(m):
    return server(m)["template"]["spec"]


def container(m):
    return pod(m)["containers"][0]


def job(m, name="agreements-billing"):
    return m.find("CronJob", name)["spec"]


def job_pod(m, name="agreements-billing"):
    return job(m, name)["jobTemplate"]["spec"]["template"]["spec"]


def spec(kind, name):
    return lambda m: m.find(kind, name)["spec"]


def policy(name):
    return spec("NetworkPolicy", name)


def data(m, key):
    """Of the ConfigMap that has this key."""
    return next(d["data"] for d in m.of("ConfigMap") if key in d["data"])


def certificate(m, name="agreements-billing"):
    return m.find("Certificate", name)["spec"]


def put(where, **values):
    """A defect: sets fields of what `where` finds; None removes one."""
    def plant(m):
        for key, value in values.items():
            if value is None:
                del where(m)[key]
            else:
                where(m)[key] = value
    return plant


def setting(key, **values):
    """A defect in the ConfigMap that has this key."""
    return lambda m: data(m, key).update(values)


def replace(kind, old, new):
    """A defect in every text of the objects of a kind."""
    def replaced(value):
        if isinstance(value, dict):
            return {replaced(k): replaced(v) for k, v in value.items()}
        if isinstance(value, list):
            return [replaced(v) for v in value]
        return value.replace(old, new) if isinstance(value, str) else value

    def plant(m):
        m.documents[:] = [replaced(d) if d["kind"] == kind else d for d in m.documents]
    return plant


def remove(kind, name):
    return lambda m: m.documents.remove(m.find(kind, name))


def policy_text(old, new):
    def plant(m):
        texts = data(m, "policy.json")
        assert old in texts["policy.json"]
        texts["policy.json"] = new.join(texts["policy.json"].rsplit(old, 1))
    return plant


LABELS = {"matchLabels": {"no": "pod"}}
PORTAL = '["spiffe://cluster.local/ns/example-portal/sa/portal"'
BILLING_RULE = '["/agreements.v1.AgreementService/RunBilling"]'
DEFECTS = [
    # the check, the defect, what is reported
    ("selectors", put(server, selector=LABELS), "Deployment/agreements-server: its selector does not match its own"),
    ("selectors", put(spec("Service", "agreements"), selector={"no": "pod"}),
     "Service/agreements: selects the pods of []"),
    ("selectors", put(spec("Service", "agreements"), selector={"app.kubernetes.io/name": "agreements"}), "not of one"),
    ("selectors", put(spec("PodDisruptionBudget", "agreements-server"), selector=LABELS), "selects no pod"),
    ("selectors", lambda m: pod(m)["topologySpreadConstraints"][1].update(labelSelector=LABELS), "its own pods"),
    ("selectors", lambda m: spec("HorizontalPodAutoscaler", "agreements-server")(m)["scaleTargetRef"].update(name="x"),
     "scales Deployment/x, which is not there"),
    ("selectors", put(server, replicas=3), "has replicas"),
    ("selectors", put(spec("ServiceMonitor", "agreements"), selector=LABELS), "selects []"),
    ("selectors", put(spec("ServiceMonitor", "agreements"),
                      selector={"matchLabels": {"app.kubernetes.io/name": "agreements"}}), "is to be read once"),
    ("selectors", put(spec("ServiceMonitor", "agreements"), jobLabel="app.kubernetes.io/component"),
     "called agreements"),
    ("network", put(policy("agreements-server"), podSelector=LABELS), "agreements-server: selects no pod"),
    ("network", put(policy("agreements-billing"), policyTypes=["Ingress"]), "not among its policyTypes"),
    ("network", replace("NetworkPolicy", "monitoring", "monitorin"), "there is a namespace monitorin"),
    ("network", replace("NetworkPolicy", "agreements-caller", "agreement-caller"), "is no pod"),
    ("network", lambda m: policy("agreements-server")(m)["ingress"][0]["ports"][0].update(port="grcp"),
     "Deployment/agreements-server does not listen on grcp"),
    ("network", lambda m: policy("agreements-billing")(m)["egress"][0]["ports"][0].update(port=50052),
     "listen on 50052"),
    ("network", remove("NetworkPolicy", "default-deny"), "no policy restricts its Ingress"),
    ("reach", put(policy("agreements-database"), podSelector=LABELS),
     "no policy lets it out to db-1.example.internal:3306"),
    ("reach", lambda m: policy("agreements-database")(m)["egress"][0]["ports"][0].update(port=3307),
     "lets it out to db-2"),
    ("reach", remove("NetworkPolicy", "agreements-billing"), "no policy lets it out to agreements-headless:50051"),
    ("reach", lambda m: job(m)["jobTemplate"]["spec"]["template"]["metadata"]["labels"].pop("agreements-caller"),
     "Deployment/agreements-server: no policy lets CronJob/agreements-billing in"),
    ("generated", lambda m: container(m)["envFrom"][0]["configMapRef"].update(name="agreements-server"),
     "a change of agreements-server would not replace it"),
    ("generated", lambda m: pod(m)["volumes"][1]["configMap"].update(name="agreements-policy-0123456789"),
     "a change of the policy would replace it"),
    ("ports", lambda m: spec("Service", "agreements")(m)["ports"][0].update(targetPort="http"),
     "does not listen on http"),
    ("ports", lambda m: spec("Service", "agreements")(m)["ports"][0].pop("appProtocol"), "has no appProtocol"),
    ("ports", lambda m: container(m)["livenessProbe"]["httpGet"].update(port=9465), "its livenessProbe asks port 9465"),
    ("ports", lambda m: spec("ServiceMonitor", "agreements")(m)["endpoints"][0].update(port="metrics"),
     "no port metrics"),
    ("ports", replace("GRPCRoute", "agreements", "agreement"), "there is no Service agreement with port 50051"),
    ("ports", replace("BackendTLSPolicy", "grpc", "https"), "there is no Service agreements, port https"),
    ("references", put(pod, serviceAccountName="server"), "there is no ServiceAccount server"),
    ("references", lambda m: pod(m)["volumes"][0]["secret"].update(secretName="agreements-tls"),
     "no Secret agreements-tls"),
    ("references", lambda m: pod(m)["volumes"][0]["secret"].update(items=[{"key": "crt", "path": "tls.crt"}]),
     "no key crt"),
    ("references", lambda m: container(m)["envFrom"][0]["configMapRef"].update(name="server"),
     "there is no ConfigMap server"),
    ("references", lambda m: container(m)["volumeMounts"].pop(), "are mounted"),
    ("references", lambda m: container(m)["volumeMounts"][1].update(subPath="policy.json"), "is a subPath"),
    ("references", lambda m: spec("BackendTLSPolicy", "agreements")(m)["validation"]["caCertificateRefs"][0].update(
        name="ca"), "there is no ConfigMap ca with ca.crt"),
    ("references", lambda m: m.documents.append(
        {"kind": "ConfigMap", "metadata": {"name": "left"}, "data": {}}), "ConfigMap/left: nobody uses it"),
    ("references", lambda m: m.documents.append({"kind": "ServiceAccount", "metadata": {"name": "left"}}),
     "ServiceAccount/left: nobody uses it"),
    ("paths", setting("AGREEMENTS_WORKERS", AGREEMENTS_TLS_CERT_FILE="/etc/agreements/tls/server.crt"),
     "AGREEMENTS_TLS_CERT_FILE names /etc/agreements/tls/server.crt, which is not mounted"),
    ("paths", lambda m: job_pod(m)["containers"][0]["args"].append("--json=/etc/agreements/x"), "args names"),
    ("restricted", lambda m: m.find("Namespace", "agreements")["metadata"]["labels"].clear(), "does not enforce"),
    ("restricted", lambda m: pod(m)["securityContext"].pop("seccompProfile"), "seccompProfile is None"),
    ("restricted", lambda m: container(m)["securityContext"].update(readOnlyRootFilesystem=False),
     "readOnlyRootFilesystem"),
    ("restricted", lambda m: container(m)["securityContext"].update(allowPrivilegeEscalation=True),
     "PrivilegeEscalation"),
    ("restricted", lambda m: container(m)["securityContext"].pop("capabilities"), "capabilities is None"),
    ("restricted", lambda m: pod(m)["securityContext"].pop("runAsNonRoot"), "runAsNonRoot is None"),
    ("restricted", lambda m: pod(m)["securityContext"].update(runAsUser=0), "runAsUser is root's"),
    ("restricted", lambda m: job_pod(m)["securityContext"].pop("fsGroup"), "secrets cannot be read"),
    ("restricted", put(pod, hostNetwork=True), "hostNetwork"),
    ("restricted", put(pod, automountServiceAccountToken=None), "a token of its ServiceAccount"),
    ("restricted", lambda m: job_pod(m).pop("enableServiceLinks"), "enableServiceLinks would set AGREEMENTS_PORT"),
    ("restricted", lambda m: container(m)["resources"].pop("limits"), "requests and a limit"),
    ("restricted", lambda m: container(m)["resources"]["limits"].update(cpu="1"), "a limit of CPU"),
    ("restricted", lambda m: pod(m)["volumes"][0]["secret"].pop("defaultMode"), "is not 0440"),
    ("images", put(container, image="registry.example:5000/agreements"), "has no tag that stays"),
    ("images", put(container, image="agreements:latest"), "has no tag that stays"),
    ("images", put(container, image="registry.example.internal/agreements:1.0.1"), "come from several images"),
    ("namespaces", lambda m: m.find("Service", "agreements")["metadata"].pop("namespace"), "is in the namespace None"),
    ("custom_resources", put(certificate, rotationPolicy="Always"), "'rotationPolicy' was unexpected"),
    ("custom_resources", lambda m: m.documents.append({"apiVersion": "x.io/v1", "kind": "X",
     "metadata": {"name": "x"}}),
     "X/x: nobody has said"),
    ("shutdown", put(pod, terminationGracePeriodSeconds=30), "less than the 47.5 s"),
    ("shutdown", setting("AGREEMENTS_WORKERS", AGREEMENTS_DRAIN_DELAY="1m"), "less than the 102.5 s"),
    ("shutdown", put(container, lifecycle=None), "without preStop.sleep"),
    ("rollout", lambda m: server(m)["strategy"]["rollingUpdate"].update(maxUnavailable=1), "takes servers away"),
    ("rollout", put(server, minReadySeconds=0), "minReadySeconds"),
    ("rollout", lambda m: pod(m)["topologySpreadConstraints"][0].pop("matchLabelKeys"), "counts the servers that go"),
    ("rollout", remove("PodDisruptionBudget", "agreements-server"), "has no PodDisruptionBudget"),
    ("rollout", lambda m: container(m)["livenessProbe"]["httpGet"].update(path="/readyz"), "does not ask /healthz"),
    ("rollout", put(spec("PodDisruptionBudget", "agreements-server"), maxUnavailable=0), "nodes cannot be emptied"),
    ("rollout", put(spec("PodDisruptionBudget", "agreements-server"), unhealthyPodEvictionPolicy="IfHealthyBudget"),
     "hold up its node"),
    ("resources", lambda m: container(m)["resources"]["limits"].update(memory="768Mi"), "limit of memory is less than"),
    ("resources", put(spec("HorizontalPodAutoscaler", "agreements-server"), maxReplicas=8), "than 151 connections"),
    ("resources", setting("AGREEMENTS_WORKERS", AGREEMENTS_WORKERS="64"), "prepared statements"),
    ("jobs", put(job, timeZone="UTC"), "its timeZone is UTC"),
    ("jobs", put(job, schedule="30 2 1 * *"), "between 2 and 3"),
    ("jobs", put(job, concurrencyPolicy="Allow"), "twice at once"),
    ("jobs", put(job, startingDeadlineSeconds=None), "startingDeadlineSeconds is not set"),
    ("jobs", put(job, schedule="0 4 * * *"), "on the first of each month"),
    ("jobs", put(job_pod, restartPolicy="OnFailure"), "needs the restartPolicy Never"),
    ("jobs", lambda m: job_pod(m)["containers"][0].update(name="run"), "names a container billing"),
    ("jobs", lambda m: job(m)["jobTemplate"]["spec"]["podFailurePolicy"]["rules"][0]["onExitCodes"].update(
        values=[10, 2]), "must ascend"),
    ("jobs", lambda m: spec("Job", "agreements-migrate")(m).pop("backoffLimit"), "backoffLimit is not set"),
    ("certificates", lambda m: certificate(m)["issuerRef"].update(name="authority"), "there is no Issuer authority"),
    ("certificates", lambda m: certificate(m, "agreements-authority")["privateKey"].update(rotationPolicy="Always"),
     "would not stand behind"),
    ("certificates", put(lambda m: certificate(m, "agreements-authority"), renewBefore="720h"), "would end before"),
    ("certificates", lambda m: certificate(m)["privateKey"].update(rotationPolicy="Never"), "keeps its key"),
    ("certificates", put(certificate, renewBefore="336h"), "fires each time"),
    ("certificates", put(certificate, uris=["spiffe://a/b", "spiffe://a/c"]), "by its only spiffe:// URI"),
    ("certificates", put(certificate, usages=["server auth"]), "usages lack client auth"),
    ("certificates", lambda m: spec("Issuer", "agreements")(m)["ca"].update(secretName="x"), "there is no Secret x"),
    ("certificates", lambda m: job_pod(m)["containers"][0]["env"][0].update(value="agreements-headless:443"),
     "there is no Service agreements-headless:443"),
    ("certificates", lambda m: certificate(m, "agreements-server")["dnsNames"].remove("agreements-headless"),
     "lacks the name agreements-headless"),
    ("alerts", replace("PrometheusRule", "README.md#agreementsjobfailed", "README.md"), "runbook_url is another's"),
    ("alerts", replace("PrometheusRule", "AgreementsJobFailed", "AgreementsJobFails"), "has no paragraph"),
    ("alerts", replace("PrometheusRule", 'cronjob="agreements-verify"', 'cronjob="verify"'),
     "there is no CronJob verify"),
    ("settings", setting("AGREEMENTS_WORKERS", AGREEMENTS_WORKER="16"), "unknown setting AGREEMENTS_WORKER"),
    ("settings", setting("AGREEMENTS_WORKERS", AGREEMENTS_WORKERS="many"), "AGREEMENTS_WORKERS: Illegal value"),
    ("settings", setting("AGREEMENTS_DB_HOST", DB_HOST="x"), "DB_HOST is no setting of agreements-admin"),
    ("settings", lambda m: job_pod(m)["containers"][0]["env"][0].update(name="AGREEMENTSCTL_ENDPOINTS"),
     "is no setting"),
    ("commands", put(container, args=["--workers=16"]), "belong into the ConfigMap"),
    ("commands", lambda m: job_pod(m)["containers"][0]["args"].append("--unti=2026-11-01"), "exit status 2"),
    ("commands", lambda m: data(m, "accounts").update(accounts="# nobody\n"), "has no account"),
    ("commands", lambda m: job_pod(m, "agreements-verify")["containers"][0].update(args=["verify", "--out=json"]),
     "agreements-admin verify --out=json: exit status 1"),
    ("commands", lambda m: job_pod(m, "agreements-verify")["containers"][0].update(args=["verifi"]), "exit status 2"),
    ("probes", lambda m: container(m)["startupProbe"]["httpGet"].update(path="/health"),
     "asks /health, which no server"),
    ("probes", lambda m: spec("ServiceMonitor", "agreements")(m)["endpoints"][0].update(path="/"), "reads /, which no"),
    ("policies", policy_text('"allow_rules"', '"alow_rules"'), "policy.json: "),
    ("policies", policy_text(BILLING_RULE, '["/agreements.v1.AgreementService/RunBillin"]'), "no method has the path"),
    ("policies", policy_text(BILLING_RULE, '["/agreements.v1.CompanyService/MoveCompany"]'),
     "the billing run may call /agreements.v1.CompanyService/MoveCompany"),
    ("policies", policy_text(BILLING_RULE, '["/agreements.v1.CompanyService/MoveCompany"]'),
     "the billing run may not call /agreements.v1.AgreementService/RunBilling"),
    ("policies", policy_text(PORTAL, f'{PORTAL}, "spiffe://cluster.local/ns/agreements/sa/agreements-billing"'),
     "may act for persons"),
    ("policies", policy_text("agreements/operator", "agreements/operators"),
     "nobody has a certificate of spiffe://cluster.local/ns/agreements/operators"),
]

# What is wrong with a page, and what is reported.
PAGES = [
    (lambda text, _: page.paths(text), "see deploy/kubernetes/bases", "deploy/kubernetes/bases is not there"),
    (lambda text, _: page.paths(text), "| `bases/` | the server |", "deploy/kubernetes/bases is not there"),
    (page.objects, "    kubectl -n a get secret agreements-tls -o yaml",
     "no Secret agreements-tls"),
    (page.objects, "    kubectl logs job/agreements-migration",
     "no Job agreements-migration"),
    (page.settings, "| `AGREEMENTS_WORKERS` | calls |",
     "lacks the setting AGREEMENTS_LISTEN"),
    (page.settings, "| `AGREEMENTS_WORKER` | calls |",
     "AGREEMENTS_WORKER, which no manifest"),
    (lambda text, _: page.outputs(text), "    $ echo one \\\n      two\n    one\n", "prints\none two\nand not"),
]
