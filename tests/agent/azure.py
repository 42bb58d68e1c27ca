"""A virtual machine in Azure: a machine with the real agent, in a network whose gateway is the fabric."""

import debian
import machine as machines
from fabric import ADDRESS, METADATA

NETWORK = "azure"

# What an image for Azure would say otherwise; the agent itself is Debian's, as packaged.
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
    """The gateway's address is the fabric's: so its routes tell the agent where the fabric is."""
    host.docker("network", "create", "--subnet", "168.63.129.0/24", "--gateway", ADDRESS, NETWORK)
    debian.run("ip", "address", "add", f"{METADATA}/32", "dev", "lo")


class AzureMachine(machines.Machine):
    def __init__(self, host, suite, name):
        super().__init__(host, suite, name, "agent", NETWORK)

    def start_agent(self):
        """Debian starts it only where the hypervisor is Microsoft's."""
        self.write("/etc/waagent.conf", AGENT_CONF)
        self.drop_in("anywhere", "[Unit]\nConditionVirtualization=\n", unit=AGENT)
        self.sh(f"systemctl start {AGENT}")

    def report(self):
        return super().report() + self.sh("""tail -n 60 /var/log/waagent.log; for log in /var/log/azure/*/*.log; do echo "== $log"; tail -n 30 "$log"; done
            for status in /var/lib/waagent/*/status/*; do echo "== $status"; cat "$status"; done""", check=None)
