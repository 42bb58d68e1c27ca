"""A client that requests all the time through a proxy container, for rollouts without a gap."""

import http.client
import threading
from pathlib import Path

from harness import demo, service, wait_for

PORT = 18087
PROXY = Path(__file__).with_name("retrying_proxy.py")
HOST_FOLDERS = [f"{folder}:{folder}:ro" for folder in ("/usr", "/lib", "/lib64")]  # for its Python, in an image without one


def settings(version):
    """A site that is replaced start-first, and the proxy in front of it."""
    site = ["sh", "-c", f"echo {version} > /www/version; exec httpd -f -p 8080 -h /www"]
    check = {"test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/version"], "interval": "1s", "retries": 3}
    return demo({"web": service(site, healthcheck=check, stop_grace_period="2s", deploy={"update_config": {"order": "start-first", "monitor": "2s"}}),
                 "proxy": service(["/usr/bin/python3", "/proxy.py", "8080", "web", "8080"], ports=[f"127.0.0.1:{PORT}:8080"],
                                  volumes=[*HOST_FOLDERS, f"{PROXY}:/proxy.py:ro"])})


def request():
    """The status and the body of one answer; 0 and the error if there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    try:
        connection.request("GET", "/version")
        response = connection.getresponse()
        return response.status, response.read().decode().strip()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


class RequestLoop:
    """`with RequestLoop() as loop:` begins when the first request is answered; then `loop.answers` has all answers."""

    def __init__(self):
        self.answers, self.done = [], threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        wait_for(lambda: request()[0] == 200, "the proxy answers")
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def run(self):
        while not self.done.is_set():
            self.answers.append(request())
