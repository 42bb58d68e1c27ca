"""Stand-ins for what Azure has around a machine: the instance metadata service, and a container registry that takes the
machine's identity for a login, with a real docker-registry behind it."""

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
BEHIND = ("127.0.0.1", 15001)
METADATA = ("169.254.169.254", 80)
USERNAME = "00000000-0000-0000-0000-000000000000"
CANARY = b"canary"  # is in every token


def private(**more):
    """A service whose image only the registry has."""
    return demo({"app": {**service(), "image": PRIVATE, **more}})


def in_base64(text):
    """What shows of it there, by where it begins."""
    return [base64.b64encode(bytes(before) + text)[(4 * before + 2) // 3:4 * (before + len(text)) // 3] for before in range(3)]


def tells_a_token(text):
    return any(form in text for form in [CANARY, *in_base64(CANARY)])


@contextlib.contextmanager
def registry_behind(engine, folder):
    """A real registry that holds PRIVATE, of IMAGE of that engine, and asks nobody."""
    address = "%s:%d" % BEHIND
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
    def part(what):
        return base64.urlsafe_b64encode(what).rstrip(b"=").decode()
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
        """What a server behind says to the same question, with those `headers` of it."""
        behind = http.client.HTTPConnection(*address)
        asked = {name: ", ".join(self.headers.get_all(name)) for name in headers if name in self.headers}
        behind.request(self.command, self.path, headers=asked)
        response = behind.getresponse()
        kept = [(name, value) for name, value in response.getheaders() if name not in ("Transfer-Encoding", "Connection")]
        self.answer(response.status, response.read(), kept)
        behind.close()


class Server:
    """Answers on an address while started."""

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
    """`refusal`: what it answers instead of a token. `asked`: each question as (time, query, headers)."""

    def __init__(self):
        self.refusal, self.asked, self.tokens = None, [], []
        outer = self

        class Handler(Quiet):
            def do_GET(self):
                outer.asked.append((time.monotonic(), parse_qs(urlsplit(self.path).query), dict(self.headers)))
                if outer.refusal:
                    return self.answer(*outer.refusal)
                outer.tokens.append(f"{'long' * 300}.access-canary-{len(outer.tokens)}.+/")  # as real ones are
                return self.answer(200, {"access_token": outer.tokens[-1], "expires_in": "86399", "token_type": "Bearer"})

        super().__init__(METADATA, Handler)


class Registry(Server):
    """Gives tokens for the metadata service's, and images for its own tokens as long as they live."""

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
                return self.relay(BEHIND, ("Accept",))

            do_HEAD = do_GET

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate["cert"], certificate["key"])
        super().__init__(address, Handler, context)


def make_certificate(folder, names):
    """An authority, and a certificate of it for `names`."""
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
