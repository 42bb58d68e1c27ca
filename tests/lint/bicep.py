#!/usr/bin/env python3
"""Checks the members of the README's Bicep resource against Azure's published template reference for that API version. There is no
Bicep here to check them. Usage: bicep.py ROOT"""

import re
import sys
from pathlib import Path

VERSION = "2023-03-01"
RESOURCE = {"parent", "name", "location", "tags", "properties"}
PROPERTIES = {"autoUpgradeMinorVersion", "enableAutomaticUpgrade", "forceUpdateTag", "instanceView", "protectedSettings",
              "protectedSettingsFromKeyVault", "provisionAfterExtensions", "publisher", "settings", "suppressFailures", "type",
              "typeHandlerVersion"}
FROM_KEY_VAULT = {"secretUrl", "sourceVault"}

readme = (Path(sys.argv[1]) / "README.md").read_text()
resource = re.search(r"^    resource docker '(.*?)@(.*?)' = \{\n(.*?)^    \}$", readme, re.M | re.S)
assert resource and resource.groups()[:2] == ("Microsoft.Compute/virtualMachines/extensions", VERSION), resource and resource.groups()[:2]


def members(depth):
    return re.findall(rf"^ {{{4 + 2 * depth}}}(\w+):", resource[3], re.M)


unknown = (set(members(1)) - RESOURCE) | (set(members(2)) - PROPERTIES)
assert members(1) and members(2) and not unknown, unknown
vault = re.search(r"^ +protectedSettingsFromKeyVault: \{(.*)\}$", readme, re.M)
assert vault and set(re.findall(r"(\w+):", re.sub(r"\{.*?\}", "", vault[1]))) == FROM_KEY_VAULT, vault
