#pragma once

#include <string>
#include <string_view>

/// One normal form for each type of text that has several spellings for one value. The engine gets a model's
/// text as written, and reports some of it in another spelling, which depends on the engine's version. So
/// both are compared in normal form. A text that is not a valid value of its type stays unchanged.
namespace dockerext::model::normal {

using Form = std::string (*)(std::string_view);

/// A path, cleaned: no empty parts, no ".", no "..", no slash at its end. "" stays "".
std::string path(std::string_view text);
/// "02:42:ac:11:00:02" for "02-42-AC-11-00-02" and "0242.ac11.0002".
std::string mac_address(std::string_view text);
/// An IPv4 or IPv6 address: "fd00::10" for "FD00:0:0::0010".
std::string ip_address(std::string_view text);
/// An address range, without bits beyond its length: "fd00:212::/64", "10.0.0.0/8" for "10.1.2.3/8".
std::string ip_prefix(std::string_view text);
/// "linux/amd64" for "amd64", "linux/x86_64", "LINUX/amd64/v1"; "linux" alone stays "linux".
std::string platform(std::string_view text);
/// The number of a Linux signal, as text: "15" for "SIGTERM", "term" and "15".
std::string signal(std::string_view text);
/// Upper case with CAP_, except for ALL.
std::string capability(std::string_view text);
/// A container's port or range of ports with its protocol: "80/tcp" for "80", "080/TCP".
std::string port(std::string_view text);
/// A port of the host or a range of them, without leading zeros.
std::string host_port(std::string_view text);
/// A mount option list with its members in order: "mode=1777,size=64m".
std::string options(std::string_view text);
/// "host:address", also for "host=address" and for an address in brackets or in another spelling.
std::string extra_host(std::string_view text);
/// "label=disable" for "label:disable"; "no-new-privileges=true" for "no-new-privileges", a switch.
std::string security_option(std::string_view text);
/// Rights to a device: any of "r", "w" and "m", in this order.
std::string device_permissions(std::string_view text);
/// Lower case, for words that the engine takes in any case.
std::string word(std::string_view text);

}  // namespace dockerext::model::normal
