"""The page of `report`; tests/lint/report_page.py looks at it in a browser."""

import json
import re

from harness import demo, service, wait_for


def test_report_shows_services_limits_and_what_was_done(engine, daemon, tmp_path):
    settings = demo({"db": service(mem_limit="64m", cpus=0.5),
                     "web": service(depends_on={"db": {"condition": "service_started"}}, environment={"TOKEN": "${TOKEN}"},
                                    labels={"note": "canary-7731"})})
    daemon.apply(settings, {"environment": {"TOKEN": "canary-7731"}})
    engine.ok("POST", "/containers/demo-db-1/stop?t=0")
    started = lambda: [e for e in daemon.history() if (e["verb"], e["object"], e["status"]) == ("start", "demo-db-1", "done")]  # noqa: E731
    wait_for(lambda: len(started()) == 2, daemon.history)
    daemon.converged()
    daemon.run("report", "--since", "1h", "-o", str(tmp_path / "report.html"), check=0)
    page = (tmp_path / "report.html").read_text()
    cells = {label: re.findall(f'<td data-label="{label}">([^<]*)</td>', page) for label in ("Memory", "CPUs", "Waits for", "Action")}
    assert cells["Memory"] == ["64m", "no limit"]
    assert cells["CPUs"] == ["0.5", "no limit"]
    assert cells["Waits for"] == ["nothing", "db to be started"]
    assert "create demo-web-1" in cells["Action"] and cells["Action"].count("start demo-db-1") == 2
    assert "web waits for db to be started" in page and 'aria-label="db: ' in page
    assert "canary-7731" not in page
    assert json.loads(daemon.run("report", "-o", str(tmp_path / "second.html"), "--json", check=0).stdout)["missing"] == []
