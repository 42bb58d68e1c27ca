"""A stand-in for Azure's fabric, as far as the Linux agent uses it: the goal state and what it refers to on port 80 of
168.63.129.16, the host's plugin on 32526, the metadata service. Its protocol follows the agent (handler-contract §13)."""

import base64
import json
import re
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from envelope import Tenant
from harness import TIMEOUT_FACTOR

ADDRESS = "168.63.129.16"
METADATA = "169.254.169.254"
WIRE, PLUGIN = 80, 32526
NAME = "Dockerext.Test.DockerExtension"


@dataclass(frozen=True)
class Extension:
    """An extension as it is deployed. Settings are JSON values, or text that is passed on unchanged; None: no settings."""
    version: str
    sequence: int = 0
    settings: object = None
    protected: object = None
    cipher: str = "aes256"
    state: str = "enabled"


def text_of(settings):
    return settings if isinstance(settings, str) else json.dumps(settings)


def runtime_settings(extension, tenant):
    """The document that the agent stores as SEQ.settings."""
    handler = {"publicSettings": json.loads(text_of(extension.settings)) if extension.settings is not None else None}
    if extension.protected is not None:
        handler["protectedSettings"] = tenant.encrypt(text_of(extension.protected), extension.cipher)
        handler["protectedSettingsCertThumbprint"] = tenant.thumbprint
    return json.dumps({"runtimeSettings": [{"handlerSettings": handler}]})


class Report:
    """One extension's part of a status blob."""

    def __init__(self, entry):
        self.entry = entry
        self.version = entry["handlerVersion"]
        self.handler = entry["status"]  # the agent's view: Ready, NotReady, ...
        self.handler_message = entry.get("formattedMessage", {}).get("message", "")
        settings = entry.get("runtimeSettingsStatus") or {}
        status = (settings.get("settingsStatus") or {}).get("status") or {}
        self.sequence = settings.get("sequenceNumber")
        self.state = status.get("status")
        self.code = status.get("code")
        self.message = (status.get("formattedMessage") or {}).get("message", "")
        self.parts = {part["name"]: (part["status"], part["formattedMessage"]["message"]) for part in status.get("substatus", [])}

    def __str__(self):
        return json.dumps(self.entry, indent=1)


class Fabric:
    """Publishes goal states, and stores what the agent uploads."""

    def __init__(self):
        self.changed = threading.Condition()
        self.incarnation = 0
        self.documents = {}  # path -> text, of the current incarnation
        self.packages = {}  # NAME__VER.zip -> bytes
        self.tenant = Tenant()
        self.has_certificates = True
        self.blobs = []  # (incarnation that the agent had processed, aggregate status), oldest first
        self.unknown = []  # requests without an answer
        self.servers = []
        self.publish()

    # Goal states.
    def offer(self, version, package):
        """Offers a version of the extension; `package`: the zip's bytes."""
        self.packages[f"{NAME}__{version}.zip"] = package

    def publish(self, *extensions, certificates=True):
        """Publishes a new goal state. `certificates`: whether it includes the tenant's certificates."""
        with self.changed:
            self.incarnation += 1
            self.has_certificates = certificates
            self.documents = {"goalstate": self.goal_state(), "extensions": self.extensions_config(extensions),
                              "hosting": HOSTING.format(self.incarnation), "shared": SHARED}

    def rotate_certificate(self):
        """As after a deallocation or a new deployment; takes effect with the next goal state."""
        self.tenant = Tenant()

    def goal_state(self):
        base = f"http://{ADDRESS}/machine/?comp=fabric&amp;incarnation={self.incarnation}&amp;type="
        certificates = f"<Certificates>{base}certificates</Certificates>" if self.has_certificates else ""
        return GOAL_STATE.format(incarnation=self.incarnation, base=base, certificates=certificates)

    def extensions_config(self, extensions):
        plugins = "".join(
            f'<Plugin name="{NAME}" version="{one.version}" location="http://{ADDRESS}/manifest/{NAME}" '
            f'state="{one.state}" autoUpgrade="false" runAsStartupTask="false" isJson="true" useExactVersion="true"/>'
            for one in extensions)
        settings = "".join(
            f'<Plugin name="{NAME}" version="{one.version}"><RuntimeSettings seqNo="{one.sequence}">'
            f"{escape(runtime_settings(one, self.tenant))}</RuntimeSettings></Plugin>"
            for one in extensions if (one.settings, one.protected) != (None, None))
        return EXTENSIONS.format(plugins=plugins, settings=settings)

    def manifest(self):
        versions = [file.removeprefix(f"{NAME}__").removesuffix(".zip") for file in self.packages]
        return MANIFEST.format("".join(
            f"<Plugin><Version>{version}</Version><Uris><Uri>http://{ADDRESS}/package/{NAME}__{version}.zip</Uri></Uris></Plugin>"
            for version in versions))

    # The agent's reports.
    def receive(self, blob):
        """A status upload."""
        aggregate = blob["aggregateStatus"]
        processed = aggregate.get("vmArtifactsAggregateStatus", {}).get("goalStateAggregateStatus", {}).get("inSvdSeqNo", "0")
        with self.changed:
            self.blobs.append((int(processed), aggregate))
            self.changed.notify_all()

    def reports(self, since=0):
        """Those of the current goal state, oldest first; None for uploads without the extension."""
        found = []
        for processed, aggregate in self.blobs[since:]:
            if processed == self.incarnation:
                entries = [entry for entry in aggregate["handlerAggregateStatus"] if entry["handlerName"] == NAME]
                found.append(Report(entries[0]) if entries else None)
        return found

    def wait_for_status(self, predicate, what, seconds=60, since=0):
        """Waits for a report of the current goal state for which predicate(report) is true, and returns it. `since`: an
        earlier len(blobs), to ignore the uploads before it."""
        seconds *= TIMEOUT_FACTOR
        end = time.monotonic() + seconds
        seen = 0
        with self.changed:
            while True:
                reports = self.reports(since)
                for report in reports[seen:]:
                    if predicate(report):
                        return report
                seen = len(reports)
                if not self.changed.wait(max(0, end - time.monotonic())):
                    last = reports[-1] if reports else "nothing"
                    raise AssertionError(f"no report within {seconds} s of: {what}; the last report: {last}")

    # HTTP.
    def start(self):
        for place in ((ADDRESS, WIRE), (ADDRESS, PLUGIN), (METADATA, WIRE)):
            server = ThreadingHTTPServer(place, type("Bound", (Requests,), {"fabric": self}))
            server.daemon_threads = True
            self.servers.append(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()


class Requests(BaseHTTPRequestHandler):
    """One request of the agent; `fabric` is bound by Fabric.start."""
    fabric = None

    def do_GET(self):
        with self.fabric.changed:
            answer = self.document()
        if answer is None:
            self.fabric.unknown.append(self.path)
        self.answer(200 if answer is not None else 404, answer or b"")

    def document(self):
        fabric, path = self.fabric, self.path
        if kind := re.search(r"[?&]comp=(versions|goalstate)\b", path, re.I):
            return VERSIONS if kind[1].lower() == "versions" else fabric.documents["goalstate"]
        if kind := re.search(r"[?&]type=(\w+)", path):
            return self.certificates() if kind[1] == "certificates" else fabric.documents.get(kind[1])
        if path.startswith("/metadata/instance/compute"):
            return COMPUTE
        if path == f"/manifest/{NAME}":
            return fabric.manifest()
        if name := re.fullmatch(r"/package/([\w.]+)", path):
            return fabric.packages.get(name[1])
        return '["2015-09-01"]' if path == "/versions" else None

    def certificates(self):
        transport = self.headers["x-ms-guest-agent-public-x509-cert"]
        return CERTIFICATES.format(self.fabric.tenant.certificates_for(transport))

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.path == "/status":
            self.fabric.receive(json.loads(base64.b64decode(json.loads(body)["content"])))
        self.answer(201)

    def do_POST(self):
        """Health reports, role properties, telemetry: ignored."""
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.answer(202 if "roleProperties" in self.path else 200)

    def answer(self, status, body=b""):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


VERSIONS = """<?xml version="1.0" encoding="utf-8"?>
<Versions><Preferred><Version>2012-11-30</Version></Preferred><Supported><Version>2012-11-30</Version></Supported></Versions>"""

GOAL_STATE = """<?xml version="1.0" encoding="utf-8"?>
<GoalState><Version>2012-11-30</Version><Incarnation>{incarnation}</Incarnation>
<Machine><ExpectedState>Started</ExpectedState><StopRolesDeadlineHint>300000</StopRolesDeadlineHint></Machine>
<Container><ContainerId>c6d5526c-5ac2-4200-b6e2-56f2b70c5ab2</ContainerId><RoleInstanceList><RoleInstance>
<InstanceId>machine_IN_0</InstanceId><State>Started</State><Configuration>
<HostingEnvironmentConfig>{base}hosting</HostingEnvironmentConfig><SharedConfig>{base}shared</SharedConfig>
<ExtensionsConfig>{base}extensions</ExtensionsConfig>{certificates}
<ConfigName>b61f93d0-e1ed-40b2-b067-22c243233448.1.machine.1.xml</ConfigName>
</Configuration></RoleInstance></RoleInstanceList></Container></GoalState>"""

HOSTING = """<?xml version="1.0" encoding="utf-8"?>
<HostingEnvironmentConfig version="1.0.0.0"><Incarnation number="{0}" instance="machine"/>
<Deployment name="b61f93d0-e1ed-40b2-b067-22c243233448" incarnation="{0}"/><Role guid="r" name="machine"/>
</HostingEnvironmentConfig>"""

SHARED = """<?xml version="1.0" encoding="utf-8"?>
<SharedConfig version="1.0.0.0"><Deployment name="b61f93d0-e1ed-40b2-b067-22c243233448"/></SharedConfig>"""

CERTIFICATES = """<?xml version="1.0" encoding="utf-8"?>
<CertificateFile><Version>2012-11-30</Version><Incarnation>1</Incarnation><Format>Pkcs7BlobWithPfxContents</Format>
<Data>{}</Data></CertificateFile>"""

EXTENSIONS = """<?xml version="1.0" encoding="utf-8"?>
<Extensions version="1.0.0.0" goalStateIncarnation="1"><GuestAgentExtension><GAFamilies/></GuestAgentExtension>
<Plugins>{plugins}</Plugins><PluginSettings>{settings}</PluginSettings>
<StatusUploadBlob statusBlobType="BlockBlob">http://168.63.129.16/status-blob</StatusUploadBlob></Extensions>"""

COMPUTE = json.dumps({"location": "here", "name": "machine", "osType": "Linux", "vmId": "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
                      "resourceGroupName": "tests", "subscriptionId": "00000000-0000-0000-0000-000000000000"})

MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<PluginVersionManifest><Plugins>{}</Plugins></PluginVersionManifest>"""
