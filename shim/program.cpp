#include "shim/program.hpp"

#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace dockerext::shim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t output_limit = 4096;

struct Child {
    pid_t pid = -1;
    UniqueFd text;
};

/// The output of the program that is read; the other one is discarded.
enum class Output { standard = STDOUT_FILENO, errors = STDERR_FILENO };

Result<Child> spawn(const std::filesystem::path& program, const std::vector<const char*>& words,
                    Output output) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error::from_errno(errno, "make a pipe");
    UniqueFd reading(ends[0]);
    const UniqueFd writing(ends[1]);

    const std::string name = program.filename().string();
    std::vector<char*> arguments{const_cast<char*>(name.c_str())};
    for (const char* word : words) arguments.push_back(const_cast<char*>(word));
    arguments.push_back(nullptr);
    std::array<const char*, 3> environment{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", nullptr};

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    for (const int discarded : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, discarded, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, writing.get(), static_cast<int>(output));
    Child child;
    const int failed = ::posix_spawn(&child.pid, program.c_str(), &actions, nullptr, arguments.data(),
                                     const_cast<char**>(environment.data()));
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return Error::from_errno(failed, "start '" + program.string() + "'");
    child.text = std::move(reading);
    return child;
}

int milliseconds_until(Clock::time_point end) {
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    return static_cast<int>(std::max<long long>(time, 0));
}

/// Reads until the child closes its end, or until `end`.
std::string read_all(const UniqueFd& from, Clock::time_point end) {
    std::string text;
    for (pollfd waiting{from.get(), POLLIN, 0}; ::poll(&waiting, 1, milliseconds_until(end)) > 0;) {
        std::array<char, 512> bytes{};
        const ssize_t size = ::read(from.get(), bytes.data(), bytes.size());
        if (size <= 0) break;
        if (text.size() < output_limit) text.append(bytes.data(), static_cast<std::size_t>(size));
    }
    return text;
}

/// The child's status from waitpid(2); nullopt if it had to be killed.
std::optional<int> wait_for(pid_t pid, Clock::time_point end) {
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        if (Clock::now() >= end) {
            (void)::kill(pid, SIGKILL);
            (void)::waitpid(pid, &status, 0);
            return std::nullopt;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return status;
}

std::string last_line(std::string text) {
    text.erase(text.find_last_not_of(" \n") + 1);
    return text.substr(text.rfind('\n') + 1);
}

/// Runs the program and returns the text of that output. A failure is an error with the last line of it.
Result<std::string> capture_output(const std::filesystem::path& program,
                                   const std::vector<const char*>& words, std::chrono::milliseconds deadline,
                                   Output output) {
    std::string doing = program.filename().string();
    for (const char* word : words) doing += std::string(" ") + word;
    const Clock::time_point end = Clock::now() + deadline;
    const auto child = spawn(program, words, output);
    if (!child) return child.error();
    std::string text = read_all(child->text, end);
    const auto status = wait_for(child->pid, end);
    if (!status) {
        return Error(ErrorKind::timeout,
                     doing + ": timed out after " +
                         std::to_string(std::chrono::duration_cast<std::chrono::seconds>(deadline).count()) +
                         " s");
    }
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return text;
    const std::string why = last_line(std::move(text));
    return Error(ErrorKind::internal, doing + ": " + (why.empty() ? "it failed without output" : why));
}

}  // namespace

Result<> run_program(const std::filesystem::path& program, const std::vector<const char*>& words,
                     std::chrono::milliseconds deadline) {
    const auto text = capture_output(program, words, deadline, Output::errors);
    return text ? Result<>{} : text.error();
}

Result<std::string> program_output(const std::filesystem::path& program,
                                   const std::vector<const char*>& words,
                                   std::chrono::milliseconds deadline) {
    return capture_output(program, words, deadline, Output::standard);
}

}  // namespace dockerext::shim
