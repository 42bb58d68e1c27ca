"""Stand-ins for Azure services: the instance metadata service, and a container registry that accepts the machine's identity
as login, backed by a real docker-registry."""

import base64
import contextlib
import http.client
import json
import signal
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from harness import IMAGE, demo, end, service, wait_for

REGISTRY = "stand-in.azurecr.io"
PRIVATE = f"{REGISTRY}/team/app:1"
SYSTEM = {"login": {"server": REGISTRY, "identity": "system"}}
BACKEND = ("127.0.0.1", 15001)
METADATA = ("169.254.169.254", 80)
USERNAME = "00000000-0000-0000-0000-000000000000"
CANARY = b"canary"  # part of every token


def private(**more):
    """A service whose image exists only in the registry."""
    return demo({"app": {**service(), "image": PRIVATE, **more}})


def in_base64(text):
    """The base64 digits that depend on `text` alone, at each of the three alignments."""
    return [base64.b64encode(bytes(before) + text)[(4 * before + 2) // 3:4 * (before + len(text)) // 3] for before in range(3)]


def contains_token(text):
    return any(form in text for form in [CANARY, *in_base64(CANARY)])


@contextlib.contextmanager
def registry_backend(engine, folder):
    """A real registry without authentication that holds PRIVATE, a copy of the engine's IMAGE."""
    address = "%s:%d" % BACKEND
    (folder / "config.yml").write_text(json.dumps(
        {"version": 0.1, "storage": {"filesystem": {"rootdirectory": f"{folder}/data"}}, "http": {"addr": address}}))
    with open(folder / "log", "ab") as log:
        process = subprocess.Popen(["docker-registry", "serve", folder / "config.yml"], stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL)
    local = f"{address}/team/app"
    engine.ok("POST", f"/images/{IMAGE}/tag?repo={local}&tag=1")

    def pushed():
        status, answer = engine.call("POST", f"/images/{local}/push?tag=1", headers={"X-Registry-Auth": "e30="})
        return status == 200 and "errorDetail" not in str(answer)
    try:
        wait_for(pushed, lambda: "the image is pushed: " + (folder / "log").read_text())
        engine.ok("DELETE", f"/images/{local}:1")
        yield
    finally:
        end(process, signal.SIGTERM)


def jwt(life, canary):
    def part(content):
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    now = int(time.time())
    return ".".join([part(b'{"alg":"none"}'), part(json.dumps({"iat": now, "exp": now + life}).encode()), canary])


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def relay(self, address, headers):
        """Forwards the request, with those `headers` of it, to the server at `address`."""
        backend = http.client.HTTPConnection(*address)
        forwarded = {name: ", ".join(self.headers.get_all(name)) for name in headers if name in self.headers}
        backend.request(self.command, self.path, headers=forwarded)
        response = backend.getresponse()
        kept = [(name, value) for name, value in response.getheaders() if name not in ("Transfer-Encoding", "Connection")]
        self.answer(response.status, response.read(), kept)
        backend.close()


class Server:
    """An HTTP server that can be started and stopped."""

    def __init__(self, address, handler, context=None):
        self.address, self.handler, self.context, self.server = address, handler, context, None

    def start(self):
        self.server = ThreadingHTTPServer(self.address, self.handler)
        self.server.daemon_threads = True
        if self.context:
            self.server.socket = self.context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class Metadata(Server):
    """`refusal`: the answer instead of a token. `requests`: each request as (time, query, headers)."""

    def __init__(self):
        self.refusal, self.requests, self.tokens = None, [], []
        outer = self

        class Handler(Quiet):
            def do_GET(self):
                outer.requests.append((time.monotonic(), parse_qs(urlsplit(self.path).query), dict(self.headers)))
                if outer.refusal:
                    return self.answer(*outer.refusal)
                outer.tokens.append(f"{'long' * 300}.access-canary-{len(outer.tokens)}.+/")  # as long as real ones
                return self.answer(200, {"access_token": outer.tokens[-1], "expires_in": "86399", "token_type": "Bearer"})

        super().__init__(METADATA, Handler)


class Registry(Server):
    """Exchanges tokens of the metadata service for its own, and serves images for its own tokens until they expire."""

    def __init__(self, metadata, certificate, address=("127.0.0.1", 443), life=10800):
        self.life, self.refusal, self.exchanges, self.tokens = life, None, [], {}
        outer = self

        class Handler(Quiet):
            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                outer.exchanges.append((time.monotonic(), self.path, form))
                if outer.refusal:
                    return self.answer(*outer.refusal)
                if form["access_token"][0] not in metadata.tokens:
                    return self.answer(401, {"errors": [{"code": "UNAUTHORIZED"}]})
                token = jwt(outer.life, f"refresh-canary-{len(outer.tokens)}")
                outer.tokens[token] = time.monotonic() + outer.life
                return self.answer(200, {"refresh_token": token})

            def do_GET(self):
                user, _, token = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode().partition(":")
                if user != USERNAME or outer.tokens.get(token, 0) < time.monotonic():
                    return self.answer(401, {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]},
                                       [("WWW-Authenticate", 'Basic realm="stand-in"')])
                return self.relay(BACKEND, ("Accept",))

            do_HEAD = do_GET

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate["cert"], certificate["key"])
        super().__init__(address, Handler, context)


def make_certificate(folder, names):
    """A CA, and a certificate for `names` signed by it."""
    folder.mkdir(exist_ok=True)
    files = {part: folder / f"{part}.pem" for part in ("ca", "ca-key", "cert", "key", "request")}

    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *new_key, "-subj", "/CN=tests", "-days", 2, "-keyout", files["ca-key"], "-out", files["ca"])
    openssl("req", *new_key, "-subj", f"/CN={names[0]}", "-keyout", files["key"], "-out", files["request"])
    (folder / "names").write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in names))
    openssl("x509", "-req", "-in", files["request"], "-CA", files["ca"], "-CAkey", files["ca-key"], "-CAcreateserial", "-days", 2,
            "-extfile", folder / "names", "-out", files["cert"])
    return files
