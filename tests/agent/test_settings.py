"""Valid and invalid settings: what they change, and what Azure reports, with the reason."""

import json
import re

from fabric import ADDRESS
from harness import demo, service, wait_for
from slow_registry import SlowRegistry

WEB = service(restart="always")
SECRET = "sesame-of-the-agent-tests"


def secrets(value):
    return (demo({"web": WEB, "vault": service(restart="always", environment={"KEY": "${KEY}"})}), {"environment": {"KEY": value}})


def variable(machine, name):
    return dict(pair.split("=", 1) for pair in machine.inspect(name)["Config"]["Env"])["KEY"]


def texts(report):
    return [report.message, *(message for _, message in report.parts.values())]


def service_part(report, service):
    """State and message of a service's part of the status."""
    return report.parts[f"service.{service}"]


def test_changed_settings_affect_only_what_changed(portal, machine):
    portal.succeeds(demo({"web": WEB, "cache": WEB}))
    before = machine.started_all()
    portal.succeeds(demo({"web": {**WEB, "environment": {"KEY": "new"}}, "cache": WEB}))
    after = machine.started_all()
    assert variable(machine, "demo-web-1") == "new"
    assert after["demo-cache-1"] == before["demo-cache-1"] and after["demo-web-1"] != before["demo-web-1"]


def test_secrets_change_and_do_not_leak(portal, machine):
    portal.succeeds(*secrets(SECRET))
    assert variable(machine, "demo-vault-1") == SECRET
    before = machine.started_all()
    portal.succeeds(*secrets(SECRET + "-2"))
    assert variable(machine, "demo-vault-1") == SECRET + "-2"
    assert machine.started("demo-web-1") == before["demo-web-1"]
    assert SECRET not in json.dumps([aggregate for _, aggregate in portal.fabric.blobs])

    def searched():  # again if grep exits 2, because the agent has removed a file meanwhile
        done = machine.run("grep", "-rl", SECRET, "/var/log/azure", "/var/log/waagent.log", "/var/lib/waagent")
        return done if done.returncode < 2 else None
    found = wait_for(searched, "all files of the agent are searched")
    assert found.returncode == 1, found.stdout
    assert SECRET not in machine.sh("journalctl --no-pager -o cat")


def test_a_rolled_back_deployment_is_an_error_until_the_next_one(portal, machine):
    def version(n, command="sleep 1000"):
        return {**demo({"web": service(command, restart="no", environment={"KEY": str(n)})}), "reconcile": {"rollback": True, "monitor": "2s"}}
    portal.succeeds(version(1))
    portal.deploy(version(2, "sh -c 'exit 7'"))
    report = portal.wait_for(lambda report: "rolled back; running the settings of" in report.message, "rolled back")
    assert report.state == "error" and "exited with code 7" in report.message, report
    wait_for(lambda: machine.running("demo-web-1") and variable(machine, "demo-web-1") == "1", "the former version runs")
    portal.succeeds(version(3))
    assert variable(machine, "demo-web-1") == "3"


def test_a_rotated_certificate_is_no_change(portal, machine):
    settings, protected = secrets(SECRET)
    portal.succeeds(settings, protected)
    settings["compose"]["services"]["web"] = service("/no/such/program", restart="always")
    portal.deploy(settings, protected)
    wait_for(lambda: "was rolled back" in machine.service("web")["reason"], "the new container is given up", 60)
    portal.state("error")
    before, daemon = machine.started_all(), machine.programs()
    machine.sh("rm /var/lib/waagent/*.prv")  # so that only the new certificate works
    portal.fabric.rotate_certificate()
    portal.publish()
    portal.state("error")  # given up, not tried again
    assert machine.started_all() == before and machine.programs() == daemon
    assert "was rolled back" in machine.service("web")["reason"]


def test_a_missing_key_is_waited_for(portal, machine):
    portal.fabric.rotate_certificate()
    portal.deploy(*secrets(SECRET), certificates=False)
    report = portal.wait_for(lambda report: portal.fabric.tenant.thumbprint in report.message, "the missing key is named")
    assert report.state == "transitioning", report  # an error only when it lasts
    assert machine.started_all() == {}
    portal.publish()
    portal.state("success")
    assert variable(machine, "demo-vault-1") == SECRET


def test_a_lower_sequence_number_is_accepted(portal, machine):
    """As after a disk has been restored, or the extension has been deleted and created again."""
    for value in ("first", "second"):
        portal.succeeds(*secrets(value))
    settings, protected = secrets("third")
    portal.change(sequence=portal.extension.sequence - 1, settings=settings, protected=protected)
    portal.state("success")
    assert variable(machine, "demo-vault-1") == "third"


def test_invalid_settings_change_nothing_and_name_the_place(portal, machine):
    portal.succeeds(demo({"web": WEB}))
    before = machine.started_all()
    portal.deploy(demo({"web": {**WEB, "imagge": "typo"}}))
    report = portal.state("error")
    assert "/compose/services/web/imagge" in report.message, report
    assert report.handler == "Ready"
    assert machine.started_all() == before and machine.running("demo-web-1")
    portal.succeeds(demo({"web": WEB}))
    assert machine.started_all() == before


def test_a_service_that_does_not_stay_up_is_an_error_with_its_reason(portal, machine):
    portal.deploy(demo({"web": WEB, "broken": service("sh -c 'exit 3'", restart="no")}))
    report = portal.state("error")
    assert "broken" in report.message and "3" in report.message, report
    assert service_part(report, "broken")[0] == "error", report
    portal.wait_for(lambda report: report.state == "error" and service_part(report, "web")[0] == "success", "the other service runs", 60)
    portal.succeeds(demo({"web": WEB}))


def test_a_service_in_a_crash_loop_is_an_error_after_two_minutes(portal, machine):
    """It runs at times, which is no success."""
    portal.deploy(demo({"web": WEB, "crashing": service("sh -c 'sleep 3; exit 7'", restart="always")}))
    portal.wait_for(lambda report: report.state == "transitioning" and "crashing" in report.message, "the crashing service is named", 90)
    report = portal.state("error", 200)
    assert service_part(report, "crashing")[0] == "error" and "7" in service_part(report, "crashing")[1], report
    assert service_part(report, "web")[0] == "success", report
    portal.succeeds(demo({"web": WEB}))


def test_progress_is_reported_while_an_image_is_pulled(portal, machine):
    registry = SlowRegistry(ADDRESS)
    try:
        portal.deploy({"docker": {"config": {"insecure-registries": [registry.image.split("/")[0]]}},
                       **demo({"web": WEB, "slow": {**WEB, "image": registry.image}})})
        progress = re.compile(r"service\.slow: [^;]*pulling the image: \d+ of \d+ MB")
        portal.wait_for(lambda report: report.state == "transitioning" and progress.search(report.message), "the progress of the pull")
        registry.go.set()
        portal.state("success")
        assert machine.running("demo-slow-1")
    finally:
        registry.stop()


HOSTILE = 'bell \a, escape \x1b[31m, quotes "\\\', markup ]]></Data>&amp;, line\u2028separator, emoji \U0001f433, end'


def test_hostile_text_does_not_break_the_status(portal, machine):
    """The output of health checks and dockerd's messages about bad options are not trusted."""
    invalid_text = r"printf '\377\376\200 \001 \"\\ ]]>'; exit 1"
    portal.deploy({"docker": {"options": [f"--default-runtime={HOSTILE}"]}, **demo({
        "web": WEB,
        "sick": service(restart="always", healthcheck={"test": ["CMD-SHELL", invalid_text], "interval": "1s", "retries": 1}),
        "loud": service(["/bin/" + HOSTILE], restart="no")})})
    report = portal.wait_for(lambda report: any("bell" in text for text in texts(report)), "the error is reported")
    assert report.handler == "Ready" and report.code != 1012, report
    assert not [text for text in texts(report) if re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)], report
    wait_for(lambda: machine.running("demo-web-1"), "the healthy service runs, once the engine is back", 60)
    since = len(portal.fabric.blobs)
    portal.wait_for(lambda report: report.state in ("transitioning", "error") and report.code != 1012, "the agent keeps reporting", since=since)
    assert len(machine.read(f"{portal.folder()}/status/{portal.extension.sequence}.status")) < 64 << 10
    portal.deploy({HOSTILE: 1})  # the problem names the key
    report = portal.state("error")
    assert "bell" in report.message and not re.search(r"[\x00-\x1f\x7f]", report.message), report
