"""A registry with one image whose layer it sends in two halves, the second one when the test says so."""

import gzip
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import harness

LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class SlowRegistry:
    """`image` is the image's name; setting `go` releases the second half."""

    def __init__(self, address, port=5000):
        self.image = f"{address}:{port}/slow:1"
        self.go = threading.Event()
        layer = harness.busybox_layer()
        packed = gzip.compress(layer, 1)
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                             "rootfs": {"type": "layers", "diff_ids": [digest(layer)]}}).encode()
        manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config), "digest": digest(config)},
            "layers": [{"mediaType": LAYER, "size": len(packed), "digest": digest(packed)}]}).encode()
        self.content = {"/v2/": b"{}", "/v2/slow/manifests/1": manifest, f"/v2/slow/manifests/{digest(manifest)}": manifest,
                        f"/v2/slow/blobs/{digest(config)}": config, f"/v2/slow/blobs/{digest(packed)}": packed}
        self.slow = f"/v2/slow/blobs/{digest(packed)}"
        self.server = ThreadingHTTPServer((address, port), type("Bound", (Requests,), {"registry": self}))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.go.set()
        self.server.shutdown()
        self.server.server_close()


class Requests(BaseHTTPRequestHandler):
    registry = None

    def do_HEAD(self):
        self.head(self.registry.content.get(self.path))

    def do_GET(self):
        content = self.registry.content.get(self.path)
        self.head(content)
        if content is None:
            return
        half = len(content) // 2 if self.path == self.registry.slow else len(content)
        try:
            self.wfile.write(content[:half])
            if half < len(content):
                self.wfile.flush()
                self.registry.go.wait(120)
                self.wfile.write(content[half:])
        except OSError:
            pass  # the engine has disconnected

    def head(self, content):
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.send_header("Content-Type", MANIFEST if "/manifests/" in self.path else "application/octet-stream")
        if content is not None and "/manifests/" in self.path:
            self.send_header("Docker-Content-Digest", digest(content))
        self.end_headers()

    def log_message(self, *_):
        pass
