#include "base/child_process.hpp"

#include "base/plain_text.hpp"
#include "base/task_group.hpp"
#include "base/timeout.hpp"
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

namespace dockerext {
namespace {

using Descriptor = asio::posix::stream_descriptor;

/// Our end of one output: keeps its last bytes and reports its lines.
class Reader {
public:
    Reader(const asio::any_io_executor& executor, UniqueFd fd, const ChildOptions& options)
        : descriptor_(executor, fd.release()), options_(options) {
        boost::system::error_code code;
        descriptor_.non_blocking(true, code);
    }

    /// Reads until the output ends or until cancelled.
    Task<void> read() {
        std::array<char, 4096> buffer{};
        for (bool more = true; more;) {
            const auto [error, size] = co_await descriptor_.async_read_some(
                asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
            append({buffer.data(), size});
            const bool cancelled = co_await is_cancelled();
            more = !error && !cancelled;
        }
    }

    /// Reads what is left, and returns all that was kept.
    std::string finish() {
        std::array<char, 4096> buffer{};
        boost::system::error_code code;
        while (!code) {
            const std::size_t size = descriptor_.read_some(asio::buffer(buffer), code);
            append({buffer.data(), size});
        }
        report_line();
        drop_oldest();
        return std::move(text_);
    }

private:
    void append(std::string_view bytes) {
        text_ += bytes;
        if (text_.size() > 2 * options_.keep) drop_oldest();
        if (!options_.on_line) return;
        for (const char c : bytes) {
            if (c == '\n' || c == '\r') report_line();
            else if (line_.size() < options_.keep) line_ += c;
        }
    }
    void report_line() {
        if (options_.on_line && !line_.empty()) options_.on_line(line_);
        line_.clear();
    }
    void drop_oldest() {
        if (text_.size() > options_.keep) text_.erase(0, text_.size() - options_.keep);
    }

    Descriptor descriptor_;
    const ChildOptions& options_;
    std::string text_;
    std::string line_;  ///< the line that has not ended yet
};

/// A process and its group. The destructor ends both.
class Child {
public:
    Child(const asio::any_io_executor& executor, pid_t pid, UniqueFd handle)
        : pid_(pid), handle_(executor, handle.release()) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (wait_status_) return;
        signal_group(SIGKILL);
        (void)::waitpid(pid_, nullptr, WNOHANG);  // if it is not reaped here, init does it when we end
    }

    /// Waits until the process has ended and is reaped, or until cancelled. Checks at each wake-up, because
    /// Asio may report an event of a closed descriptor on its successor.
    Task<void> wait() {
        for (bool cancelled = false; !cancelled && !wait_status_;) {
            const auto [error] =
                co_await handle_.async_wait(Descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
            int status = 0;
            if (::waitpid(pid_, &status, WNOHANG) == pid_) wait_status_ = status;
            const bool was_cancelled = co_await is_cancelled();
            cancelled = was_cancelled || error;
        }
    }

    void signal_group(int number) const { (void)::kill(-pid_, number); }

    const std::optional<int>& wait_status() const noexcept { return wait_status_; }

private:
    pid_t pid_;
    Descriptor handle_;
    std::optional<int> wait_status_;  ///< the status from waitpid(2)
};

struct Pipe {
    UniqueFd own, child_end;
};

Result<Pipe> make_pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return Error::from_errno(errno, "pipe");
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// A descriptor to read `input` from.
Result<UniqueFd> input_of(const std::string& input) {
    UniqueFd fd(input.empty() ? ::open("/dev/null", O_RDONLY | O_CLOEXEC)
                              : ::memfd_create("input", MFD_CLOEXEC));
    if (!fd) return Error::from_errno(errno, "input");
    if (input.empty()) return fd;
    const ssize_t written = ::write(fd.get(), input.data(), input.size());
    if (written != static_cast<ssize_t>(input.size())) return Error::from_errno(errno, "input");
    if (::lseek(fd.get(), 0, SEEK_SET) != 0) return Error::from_errno(errno, "input");
    return fd;
}

Result<std::string> find_program(const std::string& name, std::string_view search_path) {
    if (name.find('/') != std::string::npos) return name;
    while (!search_path.empty()) {
        const std::size_t end = std::min(search_path.find(':'), search_path.size());
        std::string path = std::string(search_path.substr(0, end)) + "/" + name;
        if (::access(path.c_str(), X_OK) == 0) return path;
        search_path.remove_prefix(std::min(end + 1, search_path.size()));
    }
    return Error(ErrorKind::not_found, "no such program");
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> all;
    all.reserve(words.size() + 1);
    for (std::string& word : words) all.push_back(word.data());
    all.push_back(nullptr);
    return all;
}

/// posix_spawn(3)'s two helpers, which must be destroyed.
struct SpawnPlan {
    SpawnPlan(int in, int out, int err) {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in, 0);
        posix_spawn_file_actions_adddup2(&actions, out, 1);
        posix_spawn_file_actions_adddup2(&actions, err, 2);
        posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        posix_spawn_file_actions_addchdir_np(&actions, "/");
        posix_spawnattr_init(&attributes);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        // A session of its own: a process group to kill, and no terminal to ask questions on.
        posix_spawnattr_setflags(&attributes,
                                 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

struct Started {
    pid_t pid;
    UniqueFd handle, out, err;
};

Result<pid_t> spawn(Command& command, const ChildOptions& options, const SpawnPlan& plan) {
    auto program = find_program(command.at(0), options.search_path);
    if (!program) return program.error();
    std::vector<std::string> environment{"PATH=" + options.search_path, "LC_ALL=C", "LANG=C", "HOME=/root"};
    environment.insert(environment.end(), options.environment.begin(), options.environment.end());
    pid_t pid = 0;
    const mode_t own = ::umask(022);  // maintainer scripts rely on it; the child inherits it
    const int number = ::posix_spawn(&pid, program->c_str(), &plan.actions, &plan.attributes,
                                     pointers(command).data(), pointers(environment).data());
    (void)::umask(own);
    if (number != 0) return Error::from_errno(number, "start");
    return pid;
}

Result<Started> start(Command& command, const ChildOptions& options) {
    auto in = input_of(options.input);
    if (!in) return in.error();
    auto out = make_pipe();
    if (!out) return out.error();
    auto err = make_pipe();
    if (!err) return err.error();
    const SpawnPlan plan(in->get(), out->child_end.get(), err->child_end.get());
    const auto pid = spawn(command, options, plan);
    if (!pid) return pid.error();
    UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
    if (!handle) {
        const int number = errno;
        (void)::kill(-*pid, SIGKILL);
        (void)::waitpid(*pid, nullptr, 0);
        return Error::from_errno(number, "pidfd_open");
    }
    return Started{*pid, std::move(handle), std::move(out->own), std::move(err->own)};
}

/// Ends a child whose time is over: asks it to end, then kills it. A child that cannot even be killed (it
/// waits for a dead disk) is abandoned.
Task<void> end(Child& child, Duration grace) {
    child.signal_group(SIGTERM);
    co_await race(child.wait(), grace);
    child.signal_group(SIGKILL);  // also what the child has left behind
    if (!child.wait_status()) {
        co_await race(child.wait(), std::chrono::seconds(5));
    }
}

Error early_end_error(Finish finish, const ChildOptions& options, const std::string& output) {
    if (finish == Finish::cancelled) return {ErrorKind::cancelled, "cancelled before it finished"};
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.limit).count();
    const std::string last = last_lines(options.redact(plain_text(output)), 3, 512);
    return {ErrorKind::timeout,
            "timed out after " + std::to_string(seconds) + " s" + (last.empty() ? "" : ": " + last)};
}

ChildResult result_of(int status, std::string out, std::string err) {
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 0, signal, std::move(out), std::move(err)};
}

}  // namespace

std::string command_text(const Command& command) {
    std::string text;
    for (const std::string& word : command) text += (text.empty() ? "" : " ") + word;
    return text;
}

Task<Result<ChildResult>> run_child(Command command, ChildOptions options) {
    const auto executor = co_await asio::this_coro::executor;
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return Error(ErrorKind::cancelled, command.at(0));
    auto started = start(command, options);
    if (!started) co_return started.error().within(command.at(0));
    Child child(executor, started->pid, std::move(started->handle));
    Reader out(executor, std::move(started->out), options);
    Reader err(executor, std::move(started->err), options);

    TaskGroup readers(executor);
    readers.spawn(out.read());
    readers.spawn(err.read());
    const Finish finish = co_await race(child.wait(), options.limit);
    const bool has_exited = child.wait_status().has_value();
    if (!has_exited) {
        co_await end(child, options.grace);
    }
    readers.cancel();
    co_await readers.join();
    std::string output = out.finish();
    std::string error_output = err.finish();
    if (!has_exited) co_return early_end_error(finish, options, output + error_output).within(command.at(0));
    co_return result_of(*child.wait_status(), std::move(output), std::move(error_output));
}

}  // namespace dockerext
