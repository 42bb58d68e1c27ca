# The packages for building, testing and the demo on Debian 12 and its derivatives; sourced by check and try.
build_packages=(g++ meson ninja-build pkg-config ccache libboost1.81-dev rapidjson-dev libsystemd-dev libssl-dev
  libspdlog-dev libgtest-dev libgmock-dev libcli11-dev libyaml-dev libzstd-dev systemd)
test_packages=(docker.io docker-registry apache2-utils busybox-static dbus iptables iproute2 openssl python3 python3-pytest zsh fish
  python3-jsonschema python3-yaml mmdebstrap debian-archive-keyring dpkg-dev gnupg debhelper lintian zstd
  dnf dnf-plugins-core createrepo-c rpm prometheus chromium)
fuzz_packages=(clang libclang-rt-14-dev)
tidy_packages=(clang clang-tidy-14)
try_packages=(docker.io busybox-static iptables curl)
programs_only=(prometheus)  # their services must not start

install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  echo "== install: ${missing[*]}"
  for package in "${programs_only[@]}"; do
    [[ " ${missing[*]} " != *" $package "* ]] || systemctl mask --quiet "$package.service" || true
  done
  local log
  log=$(mktemp)
  apt-get update -qq >"$log" 2>&1 || { cat "$log"; return 1; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
    { cat "$log"; return 1; }
  rm -f "$log"
}
