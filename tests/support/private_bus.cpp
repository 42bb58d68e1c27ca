#include "support/private_bus.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace dockerext::test {

PrivateBus::PrivateBus() {
    write_file(folder_ / "bus.conf",
               "<busconfig><listen>unix:path=" + (folder_ / "bus").string() +
                   "</listen><auth>EXTERNAL</auth>"
                   "<policy context='default'><allow send_destination='*' eavesdrop='true'/>"
                   "<allow eavesdrop='true'/><allow own='*'/></policy></busconfig>");
    (void)::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + (folder_ / "bus").string()).c_str(), 1);
    start();
}

PrivateBus::~PrivateBus() {
    stop();
    (void)::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
}

void PrivateBus::start() {
    const std::string command =
        "dbus-daemon --fork --print-pid=1 --config-file=" + (folder_ / "bus.conf").string();
    std::FILE* pipe = ::popen(command.c_str(), "r");
    char line[64] = {};
    if (pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr) pid_ = std::atoi(line);
    if (pipe != nullptr) ::pclose(pipe);
    if (pid_ <= 0) throw std::runtime_error("dbus-daemon does not start");
}

void PrivateBus::stop() {
    if (pid_ > 0) (void)::kill(pid_, SIGKILL);
    pid_ = 0;
    std::filesystem::remove(folder_ / "bus");
}

SdBus PrivateBus::connect() const {
    sd_bus* bus = nullptr;
    if (sd_bus_open_system(&bus) < 0) throw std::runtime_error("no private bus");
    return SdBus(bus);
}

}  // namespace dockerext::test
