#!/usr/bin/env python3
"""Opens the page of `dockerextd report` in Chromium, without a network, and checks it as a person with any eyes, screen or keyboard
would: no error and no request; foreign texts are texts; contrast, labels, landmarks; nothing is wider than a phone. The daemon
is one that answers with prepared texts, many of them hostile.
Usage: report_page.py BINARY [FOLDER for pictures]"""

import base64
import http.server
import json
import os
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

HOSTILE = ["<script>document.title='owned'</script>", "\"><img src=\"http://evil.invalid/x.png\" onerror=\"document.title='owned'\">",
           "</style></title></svg></table></main><iframe src=http://evil.invalid></iframe>",
           "<link rel=stylesheet href=http://evil.invalid/x.css><base href=http://evil.invalid/>", "' onload='document.title=1",
           "<svg onload=alert(1)>", "\x1b[31m\u202eevil", "a" * 300, "&lt;b&gt;", "javascript:alert(1)"]
NOW = datetime.now(timezone.utc)


def iso(minutes):
    return (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def service(name, state="running", **more):
    image = more.pop("image", f"registry.example.com/demo/{name}:1.4")
    container = {"name": f"demo-{name}-1", "id": "a1" * 32, "state": "running", "health": "", "image": image, "digest": "sha256:" + "0a1b2c3d" * 8}
    return {"name": name, "state": state, "wanted": 1, "running": int(state == "running"), "containers": [container], "drift": [], "reason": "",
            "evidence": [], **more}


def step(minutes, service, verb, object, reason, changes=(), status="done", error="", took=850):
    return {"time": iso(minutes), "verb": verb, "object": object, "service": service, "reason": reason, "status": status, "error": error,
            "tookMs": took, "changes": [dict(zip(("field", "have", "want"), change)) for change in changes]}


def answers(hostile):
    services = [service("proxy"), service("web"), service("api"), service("worker", "restarting", reason="exited with code 1 (137: killed)",
                since=iso(95), attempts=41, nextAttempt=iso(-2),
                evidence=[{"what": "last output of demo-worker-1", "lines": ["connecting to queue:5672", "panic: no route to host"]}]),
                service("db"), service("queue"), service("cache", "unhealthy", reason="its check failed 3 times", since=iso(12)), service("migrate", "completed"),
                service("metrics", "drifted", reason="held by policy", drift=[{"field": "memory", "have": "64m", "want": "128m"}])]
    services += [service(name, reason=name, image=name, evidence=[{"what": name, "lines": [name]}]) for name in hostile]
    needs = {"proxy": ["web", "api"], "web": ["api", "cache"], "api": ["db", "queue", "migrate"], "worker": ["queue", "db"], "migrate": ["db"]}
    conditions = {"db": "service_healthy", "migrate": "service_completed_successfully"}
    outlines = [{"name": each["name"], "image": each["containers"][0]["image"], "memory": "256m" if each["name"] != "db" else "",
                 "cpus": "0.5", "pids": "", "ports": "0.0.0.0:8080->80/tcp" if each["name"] == "proxy" else "",
                 "dependsOn": [{"service": need, "condition": conditions.get(need, "service_started")} for need in needs.get(each["name"], [])]}
                for each in services]
    outlines[-1]["dependsOn"] += [{"service": text, "condition": "service_started"} for text in hostile[:1]]
    history = [step(1300, "web", "stop", "demo-web-1", "image changed", [("image", "demo/web:1.3", "demo/web:1.4")]),
               step(1300, "web", "create", "demo-web-1", "image changed"), step(1300, "web", "start", "demo-web-1", "image changed"),
               step(1299, "web", "remove", "demo-web-1_old", "the new container is up"),
               step(900, "", "create network", "demo_default", "not found"),
               step(640, "db", "start", "demo-db-1", "stopped manually", [("state", "exited", "running")]),
               step(420, "api", "update", "demo-api-1", "memory changed", [("memory", "128m", "256m"), ("cpus", "(unset)", "0.5")]),
               step(300, "cache", "create", "demo-cache-1", "not found"), step(300, "cache", "start", "demo-cache-1", "not found"),
               step(200, "old", "remove", "demo-old-1", "no longer in the settings")]
    history += [step(95 - 2 * i, "worker", "start", "demo-worker-1", "not running", [("state", "exited", "running")], "failed",
                     "exec: \"/srv/worker\": permission denied") for i in range(41)]
    history += [step(3, text, text, text, text, [(text, text, text)], "failed", text) for text in hostile]
    history += [step(1, "metrics", "pull image", "demo/metrics:2", "not present", status="under way")]
    plan = {"steps": [{"id": 0, "after": [], "verb": "start", "object": "demo-worker-1", "service": "worker", "reason": "not running",
                       "subject": "container worker-1", "changes": [{"field": "state", "have": "exited", "want": "running"}]}],
            "held": [{"subject": "container metrics-1", "service": "metrics", "why": "policy", "reason": "".join(hostile[:1]) or "repair is off"}]}
    status = {"version": 1, "state": "degraded", "services": services, "held": [], "change": 7,
              "settings": {"sequence": 1706702400000000, "source": "operator", "state": "accepted", "errors": []},
              "engine": {"state": "running", "version": "20.10.24", "api": "1.41", "since": iso(3000), "message": ""},
              "parts": [{"name": "engine.tls", "state": "ok", "message": ""}, {"name": "registry.example.com", "state": "failed", "message": "".join(hostile[1:2]) or "login refused: unauthorized"}]}
    return {"/v1/status": status, "/v1/project": {"services": outlines}, "/v1/plan": plan, "/v1/history": {"entries": sorted(history, key=lambda e: e["time"]), "more": False}}


class Daemon(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps(answers(self.server.hostile)[self.path.split("?")[0]]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

    def address_string(self):
        return "unix"


def make_page(binary, folder, hostile):
    socket = folder / "root/run/dockerextd/control.sock"
    socket.parent.mkdir(parents=True)
    with socketserver.ThreadingUnixStreamServer(str(socket), Daemon) as server:
        server.hostile = hostile
        threading.Thread(target=server.serve_forever, daemon=True).start()
        subprocess.run([binary, "--root", str(folder / "root"), "--docker-host", f"unix://{folder}/none.sock", "report", "-o", str(folder / "report.html")],
                       check=True, stdout=subprocess.DEVNULL)
        server.shutdown()
    return folder / "report.html"


class Browser:
    """Chromium, over a pipe of the DevTools protocol: https://chromedevtools.github.io/devtools-protocol/"""

    def __init__(self, folder):
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        # Chromium reads file descriptor 3 and writes to 4. As root it needs --no-sandbox.
        redirect = f"exec 3<&{to_browser} 4>&{from_browser}; exec chromium \"$@\""
        self.process = subprocess.Popen(
            ["bash", "-c", redirect, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={folder}/profile", "about:blank"],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser), os.close(from_browser)
        self.received, self.events, self.number, self.session = b"", [], 0, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def message(self):
        while b"\0" not in self.received:
            data = os.read(self.input, 1 << 20)
            if not data:
                raise RuntimeError("chromium ended")
            self.received += data
        text, self.received = self.received.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters, **({"sessionId": self.session} if self.session else {})}
        os.write(self.output, json.dumps(request).encode() + b"\0")
        while (answer := self.message()).get("id") != self.number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, url):
        self.events = []
        self.call("Page.navigate", url=url)
        while self.evaluate("location.href + ' ' + document.readyState") != url + " complete":
            time.sleep(0.05)  # the time limit of the test ends it

    def evaluate(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def show(self, width, scheme, media="screen"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
            self.process.wait(120)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def complaints(events):
    """Errors of the console, and requests other than that for the page itself."""
    for event in events:
        parameters = event.get("params", {})
        if event["method"] == "Log.entryAdded":
            yield "log: " + parameters["entry"]["text"]
        if event["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            yield "console: " + json.dumps(parameters)
        if event["method"] == "Network.requestWillBeSent" and not parameters["request"]["url"].startswith(("file:", "data:")):
            yield "request: " + parameters["request"]["url"]


# The contrast of each text with what is behind it (WCAG 2.2, 1.4.3), as [ratio, text], only what is less than 4.5.
CONTRAST = """(() => {
  const parse = colour => { const n = colour.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const light = colour => { const [r, g, b] = colour.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = element => { for (let e = element; e; e = e.parentElement) {
      const rect = e.tagName === "g" ? e.querySelector("rect") : null;
      const colour = parse(rect ? getComputedStyle(rect).fill : getComputedStyle(e).backgroundColor);
      if (colour[3] === 1) return colour; } return [255, 255, 255, 1]; };
  const weak = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, style = getComputedStyle(element);
    if (!walker.currentNode.textContent.trim() || element.tagName === "title") continue;
    const a = light(parse(element.closest("svg") ? style.fill : style.color).slice(0, 3)), b = light(behind(element).slice(0, 3));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    ++seen;
    if (ratio < 4.5) weak.push(ratio.toFixed(2) + " " + element.className + " " + element.textContent.slice(0, 40));
  }
  return seen < 200 ? ["only " + seen + " texts"] : [...new Set(weak)]; })()"""

# Elements without a name, ids that are there twice, and what else a screen reader stumbles over.
STRUCTURE = """(() => {
  const found = [], all = query => [...document.querySelectorAll(query)];
  const named = e => e.getAttribute("aria-label") || document.getElementById(e.getAttribute("aria-labelledby"))?.textContent;
  for (const e of all("svg")) if (e.getAttribute("aria-hidden") !== "true" && !(e.getAttribute("role") === "img" && named(e))) found.push("svg without a label");
  for (const e of all("section, nav, [role=region], [tabindex]")) if (!named(e)) found.push(e.tagName + " without a label");
  for (const e of all("table")) if (!e.caption || !e.querySelector("th[scope=col]")) found.push("table without caption or headings");
  for (const e of all("a")) if (!e.textContent || !document.querySelector(e.getAttribute("href"))) found.push("link to nowhere: " + e.outerHTML);
  const ids = all("[id]").map(e => e.id);
  if (new Set(ids).size !== ids.length) found.push("an id is there twice");
  for (const landmark of ["header", "nav", "main", "footer"]) if (all("body " + landmark).length !== 1) found.push("not one " + landmark);
  if (all("h1").length !== 1 || document.documentElement.lang !== "en" || !document.title) found.push("no title, language or h1");
  let level = 1;
  for (const e of all("h1, h2, h3")) { const own = Number(e.tagName[1]); if (own > level + 1) found.push("a heading skips a level"); level = own; }
  const tags = new Set(all("*").map(e => e.tagName.toLowerCase()));
  for (const tag of ["script", "img", "iframe", "base", "object", "embed", "form", "input"]) if (tags.has(tag)) found.push("an element " + tag);
  for (const e of all("*")) for (const a of e.attributes) if (a.name.startsWith("on")) found.push("an attribute " + a.name);
  return found; })()"""


VIEWS = ((1200, "light", "screen"), (1200, "dark", "screen"), (390, "light", "screen"), (390, "dark", "screen"), (800, "dark", "print"))


def check_page(browser, page, folder):
    """What is wrong with it."""
    found = []
    # That a request and an error would be noticed.
    (folder / "bad.html").write_text('<meta charset=utf-8><script>throw 1</script><img src="http://127.0.0.1:9/x.png">')
    browser.open((folder / "bad.html").as_uri())
    if len(list(complaints(browser.events))) < 2:
        found.append("an error or a request went unnoticed")

    browser.open(page.as_uri())
    found += complaints(browser.events)
    found += browser.evaluate(STRUCTURE)
    text = browser.evaluate("document.body.textContent")
    found += [f"not there as text: {each!r}" for each in HOSTILE if each.replace("\x1b", "\ufffd").replace("\u202e", "\ufffd") not in text]
    if "owned" in browser.evaluate("document.title"):
        found.append("a script has run")
    for width, scheme, media in VIEWS:
        browser.show(width, scheme, media)
        found += [f"{scheme} {media} {width}: contrast {each}" for each in browser.evaluate(CONTRAST)]
        if (real := browser.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{scheme} {media}: {real} px wide at {width} px")
    browser.show(1200, "light")
    for key in (1, 2):
        for kind in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        wanted = ["Skip to the contents", "State now"][key - 1]
        if (got := browser.evaluate("document.activeElement.textContent")) != wanted:
            found.append(f"key {key}: {got!r} has the focus instead of {wanted!r}")
    found += complaints(browser.events)
    return found


def main():
    binary, pictures = os.path.abspath(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(prefix="report_page.", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page = make_page(binary, folder / "page", HOSTILE)
        browser = Browser(folder)
        try:
            found = check_page(browser, page, folder)
            if pictures:
                take_pictures(browser, make_page(binary, folder / "friendly", []), pictures)
        finally:
            browser.close()
    print("\n".join(dict.fromkeys(found)))
    sys.exit(bool(found))


def take_pictures(browser, page, pictures):
    """Of a page without hostile texts, for people."""
    browser.open(page.as_uri())
    for width, scheme, media in VIEWS:
        browser.show(width, scheme, media)
        picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True)
        (pictures / f"report-{width}-{scheme}-{media}.png").write_bytes(base64.b64decode(picture["data"]))
    (pictures / "report.pdf").write_bytes(base64.b64decode(browser.call("Page.printToPDF")["data"]))
    (pictures / "report.html").write_bytes(page.read_bytes())


if __name__ == "__main__":
    if os.geteuid() == 0 and "REPORT_PAGE_ALONE" not in os.environ:  # without a network
        os.execvpe("unshare", ["unshare", "--net", sys.executable, *sys.argv], {**os.environ, "REPORT_PAGE_ALONE": "1"})
    main()
