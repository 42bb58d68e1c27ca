#pragma once

namespace dockerext::packages {

/// Small packages with the names of the real ones, one of which holds this machine's dnf plugin.
inline constexpr const char* small_packages = R"spec(
Name: moby-engine
Version: %{offered}
Release: 1
Summary: The engine
License: none
BuildArch: noarch
AutoReqProv: no
%description
%package -n docker-ce
Summary: The engine
Epoch: 3
%description -n docker-ce
%package -n docker-ce-cli
Summary: The client
Epoch: 1
%description -n docker-ce-cli
%package -n containerd.io
Summary: What runs containers
%description -n containerd.io
%package -n python3-dnf-plugin-versionlock
Summary: The plugin
Provides: dnf-command(versionlock)
%description -n python3-dnf-plugin-versionlock
%install
install -D /dev/null %{buildroot}/usr/local/bin/dockerd
install -D /usr/lib/python3/dist-packages/dnf-plugins/versionlock.py %{buildroot}/usr/local/lib/dnf/versionlock.py
install -D -m 644 /dev/null %{buildroot}/etc/dnf/plugins/versionlock.list
printf '[main]\nenabled = 1\nlocklist = /etc/dnf/plugins/versionlock.list\n' >%{buildroot}/etc/dnf/plugins/versionlock.conf
%files
/usr/local/bin/dockerd
%files -n docker-ce
/usr/local/bin/dockerd
%files -n docker-ce-cli
%files -n containerd.io
%files -n python3-dnf-plugin-versionlock
/usr/local/lib/dnf/versionlock.py
/etc/dnf/plugins/versionlock.conf
/etc/dnf/plugins/versionlock.list
)spec";

/// Makes two repositories with the layout of Docker's: one signed, one unsigned.
inline constexpr const char* make_repositories = R"sh(set -e
cd "$1"
export HOME=$PWD/home GNUPGHOME=$PWD/home
mkdir -m 700 home
folder=linux/fedora/40/$(uname -m)/stable
for offered in 26.1.3 26.1.4 27.0.1; do
  rpmbuild -bb --quiet --define "offered $offered" --define "_topdir $PWD/build" --define "_rpmdir $PWD/unsigned/$folder" packages.spec
done
cp -r unsigned signed
trap 'gpgconf --kill all' EXIT
gpg --batch --passphrase '' --quick-gen-key tester rsa2048
gpg --export --armor tester >key.asc
rpmsign --define '__gpg /usr/bin/gpg' --define '_gpg_name tester' --addsign signed/$folder/*/*.rpm
for each in unsigned signed; do createrepo_c $each/$folder; done
)sh";

/// Runs the real program in a mount namespace of its own, in which `root`'s etc, var, usr/local and root
/// replace those of this machine. It gets only the arguments that the daemon passes.
inline constexpr const char* run_inside = R"sh(#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin ROOT="${0%/bin/*}/root" PROGRAM="${0##*/}"
exec unshare --mount --propagation private /bin/sh -c '
for folder in etc var usr/local root; do mount --bind "$ROOT/$folder" "/$folder" || exit; done
exec "$0" "$@"' "/usr/bin/$PROGRAM" "$@"
)sh";

/// Fedora's default dnf.conf.
inline constexpr const char* dnf_settings =
    "[main]\ngpgcheck=True\ninstallonly_limit=3\nclean_requirements_on_remove=True\nbest=False\n"
    "pluginpath=/usr/local/lib/dnf\n";

}  // namespace dockerext::packages
