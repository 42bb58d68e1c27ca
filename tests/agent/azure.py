"""A virtual machine in Azure: a machine with the real agent, in a network whose gateway is the fabric."""

import debian
import machine as machines
from fabric import ADDRESS, METADATA

NETWORK = "azure"

# The settings in which an image for Azure would differ; the agent itself is Debian's package.
AGENT_CONF = """Extensions.Enabled=y
Extensions.GoalStatePeriod=1
Provisioning.Agent=disabled
ResourceDisk.Format=n
Logs.Collect=n
Logs.Verbose=n
OS.EnableFirewall=n
AutoUpdate.Enabled=n
"""
AGENT = "walinuxagent"


def make_network(host):
    """The gateway has the fabric's address: the agent finds the fabric by its routes."""
    host.docker("network", "create", "--subnet", "168.63.129.0/24", "--gateway", ADDRESS, NETWORK)
    debian.run("ip", "address", "add", f"{METADATA}/32", "dev", "lo")


class AzureMachine(machines.Machine):
    def __init__(self, host, suite, name):
        super().__init__(host, suite, name, "agent", NETWORK)

    def start_agent(self):
        """Debian starts it only under Microsoft's hypervisor."""
        self.write("/etc/waagent.conf", AGENT_CONF)
        self.drop_in("anywhere", "[Unit]\nConditionVirtualization=\n", unit=AGENT)
        self.sh(f"systemctl start {AGENT}")

    def restart_agent(self):
        self.sh(f"systemctl restart {AGENT}")

    # What tests read.
    def started_all(self):
        """Name -> when it was last started, of all containers."""
        return {name: self.started(name) for name in self.names(project=None)}

    def programs(self):
        """PID -> hash of the program, of each running daemon of ours."""
        listed = self.sh("for pid in $(pidof dockerextd); do echo $pid $(sha256sum </proc/$pid/exe); done")
        found = [line.split() for line in listed.splitlines()]
        return {int(fields[0]): fields[1] for fields in found if len(fields) > 1}  # one that ends meanwhile has no hash

    def leftovers(self):
        """Our files that an uninstallation has left."""
        places = ("/usr/local/*bin/dockerextd* /etc/systemd/system/dockerextd* /var/lib/dockerextd /run/dockerextd "
                  "/etc/systemd/system/multi-user.target.wants/dockerextd.service")
        return self.sh(f"ls -d {places} 2>/dev/null || true").split()

    def wipe(self):
        """Removes every trace of an extension. The engine is restarted only if we have changed it."""
        self.sh("""systemctl stop dockerextd-enable-again 2>/dev/null || true
            systemctl disable -q --now dockerextd 2>/dev/null || true
            rm -rf /usr/local/*bin/dockerextd* /etc/systemd/system/dockerextd* /var/lib/dockerextd /run/dockerextd* /root/.docker
            if [ -e /etc/systemd/system/docker.service.d ] || [ -e /etc/docker/daemon.json ]; then
                rm -rf /etc/systemd/system/docker.service.d /etc/docker/*; systemctl daemon-reload; systemctl reset-failed
                systemctl restart docker.socket docker
            fi
            systemctl daemon-reload; systemctl reset-failed""")
        self.empty_engine()

    def report(self):
        return super().report() + self.sh("""tail -n 40 /var/log/waagent.log
            for log in /var/log/azure/*/*.log; do echo "== $log"; tail -n 30 "$log"; done
            for status in /var/lib/waagent/*/status/*; do echo "== $status"; cat "$status"; done""", check=None)
