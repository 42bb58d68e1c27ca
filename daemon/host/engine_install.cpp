#include "host/engine_install.hpp"

#include "base/atomic_file.hpp"
#include "base/regular_file.hpp"
#include "host/openpgp_key.hpp"
#include "host/package_words.hpp"
#include "host/plain_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <system_error>

namespace dockerext::host {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::size_t largest_key = std::size_t{64} << 10;
constexpr mode_t for_all = 0644;

ErrorKind kind_of(PackageFault fault) {
    switch (fault) {
    case PackageFault::lock_held: return ErrorKind::conflict;
    case PackageFault::disk_full:
    case PackageFault::stale_lists:
    case PackageFault::no_network: return ErrorKind::unavailable;
    case PackageFault::not_found: return ErrorKind::not_found;
    case PackageFault::untrusted: return ErrorKind::invalid_input;
    case PackageFault::interrupted:
    case PackageFault::other: break;
    }
    return ErrorKind::internal;
}

/// How a command ended, and what there is to say of it.
struct Outcome {
    PackageFault fault = PackageFault::other;
    std::optional<Error> error;  ///< none: it succeeded
};

Outcome outcome_of(const ChildResult& ended) {
    if (ended.succeeded()) return {};
    const std::string said = plain_text(ended.out + "\n" + ended.err);
    const PackageFault fault = package_fault(said);
    std::string text(to_text(fault));
    if (const std::string holder = lock_holder(said); fault == PackageFault::lock_held && !holder.empty())
        text += " (" + holder + ")";
    const std::string last = last_lines(said, 5, 1024);
    return {fault, Error(kind_of(fault), text + (last.empty() ? "" : ": " + last))};
}

/// Runs one package manager, telling its progress.
class Runner {
public:
    Runner(PackageTools tools, std::vector<std::string> environment)
        : tools_(std::move(tools)),
          environment_(std::move(environment)),
          end_(steady_clock::now() + tools_.patience) {}

    /// Locks of others are waited for.
    Task<Outcome> run(Command command) {
        if (tools_.as_units) command = as_unit(command);
        for (;;) {
            auto ended = co_await run_child(command, options());
            if (!ended) co_return Outcome{PackageFault::other, ended.error()};
            Outcome outcome = outcome_of(*ended);
            const bool again =
                outcome.error && outcome.fault == PackageFault::lock_held && steady_clock::now() < end_;
            if (!again) co_return outcome;
            hear(ended->err);
            const bool slept = co_await sleep_for(tools_.pause);
            if (!slept) co_return Outcome{PackageFault::other, Error(ErrorKind::cancelled, command.at(0))};
        }
    }

    void tell(const std::string& doing) {
        if (tools_.progress && doing != told_) tools_.progress(doing);
        told_ = doing;
    }

    fs::path scratch() const { return rooted(tools_.scratch); }
    fs::path rooted(const fs::path& path) const { return tools_.root / path.relative_path(); }

private:
    Command as_unit(const Command& command) const {
        Command words{"systemd-run", "--quiet", "--wait", "--pipe", "--collect"};
        for (const std::string& variable : environment_) words.push_back("--setenv=" + variable);
        words.emplace_back("--");
        words.insert(words.end(), command.begin(), command.end());
        return words;
    }
    ChildOptions options() {
        return {.limit = tools_.limit,
                .grace = std::chrono::seconds(30),  // an interrupted installation is no fun
                .search_path = tools_.search_path,
                .environment = environment_,
                .on_line = [this](std::string_view line) { hear(line); }};
    }
    void hear(std::string_view said) {
        if (const auto doing = package_progress(plain_text(said))) tell(*doing);
    }

    PackageTools tools_;
    std::vector<std::string> environment_;
    steady_clock::time_point end_;  ///< of the patience
    std::string told_;
};

/// Readable for all, whatever our umask.
Result<> make_folder(const fs::path& folder) {
    std::error_code code;
    if (fs::is_directory(folder, code)) return {};
    fs::create_directories(folder, code);
    if (!code) fs::permissions(folder, fs::perms(0755), code);
    if (code) return Error::from_code(code, folder.string());
    return {};
}

Result<> write_file(const fs::path& path, const std::string& text) {
    if (const auto made = make_folder(path.parent_path()); !made) return made.error();
    return replace_file(path, text, for_all);
}

std::string text_of(const fs::path& path) {
    const auto file = open_regular(AT_FDCWD, path.string());
    if (!file) return {};
    const auto text = read_all(*file, largest_key);
    return text ? *text : "";
}

Result<> check_key(const std::string& text, const SigningKey& key) {
    const auto fingerprint = openpgp_fingerprint(text);
    if (!fingerprint) return fingerprint.error();
    if (*fingerprint == key.fingerprint) return {};
    return Error(ErrorKind::invalid_input,
                 "it has the fingerprint " + *fingerprint + ", not " + key.fingerprint);
}

/// A folder of its own, removed at the end.
class FetchFolder {
public:
    explicit FetchFolder(const fs::path& parent) {
        std::error_code ignored;
        fs::create_directories(parent, ignored);
        std::string name = (parent / "key.XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    FetchFolder(const FetchFolder&) = delete;
    FetchFolder& operator=(const FetchFolder&) = delete;
    ~FetchFolder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    const fs::path& path() const noexcept { return path_; }

private:
    fs::path path_;
};

/// The pinned key in its place: the one that is there, or a fetched one.
Task<Result<>> provide_key(Runner& runner, SigningKey key) {
    const fs::path place = runner.rooted(key.path);
    const auto there = check_key(text_of(place), key);
    if (there) co_return Result<>{};
    const FetchFolder folder(runner.scratch());
    if (folder.path().empty())
        co_return Error(ErrorKind::unavailable,
                        "no folder in " + runner.scratch().string() + " to fetch the key to");
    const fs::path fetched = folder.path() / "key.asc";
    Command fetch = key.fetch;
    fetch.push_back(fetched.string());
    const Outcome outcome = co_await runner.run(std::move(fetch));
    if (outcome.error) co_return outcome.error->within("fetch the packages' key");
    const std::string text = text_of(fetched);
    const auto checked = check_key(text, key);
    if (!checked)
        co_return checked.error().within(
            "the fetched key is not the one that the packages are to be signed with");
    co_return write_file(place, text);
}

Result<> write_files(const Runner& runner, const std::vector<HostFile>& files) {
    for (const HostFile& file : files) {
        const auto written = write_file(runner.rooted(file.path), file.text);
        if (!written) return written.error();
    }
    return {};
}

Task<Result<>> add_repository(Runner& runner, InstallRecipe recipe) {
    if (recipe.key) {
        const auto provided = co_await provide_key(runner, *recipe.key);
        if (!provided) co_return provided.error();
    }
    co_return write_files(runner, recipe.files);
}

/// The lists may lack what the server has; then they are read anew, once.
bool may_help_to_refresh(PackageFault fault) {
    return fault == PackageFault::not_found || fault == PackageFault::stale_lists;
}

Task<Outcome> refresh(Runner& runner, InstallRecipe recipe) {
    runner.tell("updating the package lists");
    co_return co_await runner.run(recipe.refresh);
}

/// `repair` first where an earlier run has left work half done.
Task<Outcome> run_repaired(Runner& runner, Command command, Command repair, std::string doing) {
    runner.tell(doing);
    Outcome outcome = co_await runner.run(command);
    const bool repairable = outcome.fault == PackageFault::interrupted && !repair.empty();
    if (!repairable) co_return outcome;
    runner.tell("completing an interrupted installation");
    const Outcome repaired = co_await runner.run(std::move(repair));
    if (repaired.error) co_return repaired;
    runner.tell(doing);
    co_return co_await runner.run(std::move(command));
}

Task<Result<>> install(Runner& runner, InstallRecipe recipe, std::string doing) {
    std::optional<Outcome> refreshed;
    if (!recipe.files.empty()) refreshed = co_await refresh(runner, recipe);
    Outcome outcome = co_await run_repaired(runner, recipe.install, recipe.repair, doing);
    if (!refreshed && may_help_to_refresh(outcome.fault)) {
        refreshed = co_await refresh(runner, recipe);
        outcome = co_await run_repaired(runner, recipe.install, recipe.repair, doing);
    }
    if (!outcome.error) co_return Result<>{};
    // Nothing is found in lists that could not be read.
    const bool unread = refreshed && refreshed->error && may_help_to_refresh(outcome.fault);
    co_return unread ? refreshed->error->within("update the package lists") : *outcome.error;
}

Task<Result<>> run_all(Runner& runner, std::vector<Command> commands) {
    for (const Command& command : commands) {
        const Outcome outcome = co_await runner.run(command);
        if (outcome.error) co_return outcome.error->within(to_text(command));
    }
    co_return Result<>{};
}

std::string names(const std::vector<std::string>& packages) {
    std::string text;
    for (const std::string& package : packages) text += (text.empty() ? "" : ", ") + package;
    return text;
}

struct ListedPackage {
    std::string name, version;
    bool complete = true;
};

/// "docker.io\t20.10.24+dfsg1-1\tinstalled", one a line; other lines are complaints about those that are
/// absent.
std::vector<ListedPackage> listed_packages(const std::string& listing) {
    std::vector<ListedPackage> listed;
    std::istringstream lines(listing);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string package, version, status;
        const bool complete = std::getline(fields, package, '\t') && std::getline(fields, version, '\t') &&
                              std::getline(fields, status);
        if (!complete || status == "not-installed" || status == "config-files") continue;
        listed.push_back({package, version, status == "installed" || status.starts_with("triggers-")});
    }
    return listed;
}

Command listing_command(PackageFamily family, std::vector<std::string> packages) {
    Command command = family == PackageFamily::apt
                          ? Command{"dpkg-query", "--show", "--showformat",
                                    "${Package}\\t${Version}\\t${db:Status-Status}\\n"}
                          : Command{"rpm", "--query", "--queryformat", "%{NAME}\\t%{EVR}\\tinstalled\\n"};
    for (std::string& package : packages) command.push_back(std::move(package));
    return command;
}

/// Those of the packages that are there.
Task<Result<std::vector<ListedPackage>>> list_packages(PackageFamily family,
                                                       std::vector<std::string> packages,
                                                       PackageTools tools) {
    Command listing = listing_command(family, std::move(packages));
    ChildOptions options;
    options.search_path = tools.search_path;
    const auto listed = co_await run_child(std::move(listing), std::move(options));
    const std::string doing = "look for the engine's package";
    if (!listed) co_return listed.error().within(doing);
    // 1 means that some are absent; rpm counts those.
    const bool broken = family == PackageFamily::apt && listed->code > 1;
    if (broken || listed->signal != 0)
        co_return Error(ErrorKind::internal, doing + ": " + last_lines(plain_text(listed->err), 5, 1024));
    co_return listed_packages(listed->out);
}

}  // namespace

fs::path dockerd_under(const fs::path& root) {
    for (const char* folder : {"usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "opt/bin",
                               "opt/docker/bin", "snap/docker/current/bin"}) {
        fs::path program = root / folder / "dockerd";
        std::error_code absent;
        if (fs::exists(program, absent)) return program;
    }
    return {};
}

Task<Result<>> install_engine(InstallRecipe recipe, PackageTools tools) {
    Runner runner(std::move(tools), recipe.environment);
    const std::string doing = "installing " + names(recipe.packages);
    const auto added = co_await add_repository(runner, recipe);
    if (!added) co_return added.error();
    if (!recipe.version.empty()) {  // before, or a power cut could leave it free to change
        const auto written = write_files(runner, recipe.keeping.files);
        if (!written) co_return written.error().within("keep the version");
    }
    const auto installed = co_await install(runner, recipe, doing);
    if (!installed) {
        const bool no_such_version =
            installed.error().kind() == ErrorKind::not_found && !recipe.version.empty();
        const Error error = installed.error().within("install " + names(recipe.packages));
        if (!no_such_version) co_return error;
        co_return Error(error.kind(), error.message() +
                                          "; choose a version that is offered, or none "
                                          "(docker.install.version)");
    }
    if (recipe.version.empty()) co_return Result<>{};
    const auto kept = co_await run_all(runner, recipe.keeping.keep);
    if (!kept) co_return kept.error().within("keep the version");
    co_return Result<>{};
}

Task<Result<>> release_version(InstallRecipe recipe, PackageTools tools) {
    Runner runner(std::move(tools), recipe.environment);
    for (const HostFile& file : recipe.keeping.files) {
        std::error_code code;
        fs::remove(runner.rooted(file.path), code);
        if (code) co_return Error::from_code(code, file.path.string());
    }
    co_return co_await run_all(runner, recipe.keeping.release);
}

Task<Result<std::vector<std::string>>> present_packages(PackageFamily family,
                                                        std::vector<std::string> packages,
                                                        PackageTools tools) {
    const auto listed = co_await list_packages(family, std::move(packages), std::move(tools));
    if (!listed) co_return listed.error();
    std::vector<std::string> present;
    for (const ListedPackage& package : *listed) present.push_back(package.name);
    co_return present;
}

Task<Result<>> remove_packages(RemovalRecipe recipe, PackageTools tools) {
    const auto present = co_await present_packages(recipe.family, recipe.packages, tools);
    if (!present) co_return present.error();
    if (present->empty()) co_return Result<>{};
    Command command = recipe.remove;
    command.insert(command.end(), present->begin(), present->end());
    Runner runner(std::move(tools), recipe.environment);
    const Outcome outcome = co_await run_repaired(runner, std::move(command), std::move(recipe.repair),
                                                  "removing " + names(*present));
    if (outcome.error) co_return outcome.error->within("remove " + names(*present));
    co_return Result<>{};
}

Task<Result<std::optional<InstalledEngine>>> installed_engine(PackageFamily family, PackageTools tools) {
    const fs::path program = dockerd_under(tools.root);
    const auto listed = co_await list_packages(family, known_engine_packages(family), tools);
    if (!listed) co_return listed.error();
    std::optional<InstalledEngine> engine;
    if (!listed->empty()) {
        const ListedPackage& first = listed->front();
        engine = InstalledEngine{"", first.name, first.version, first.complete};
    } else if (!program.empty()) {
        engine.emplace();
    }
    if (engine) engine->program = program;
    co_return engine;
}

}  // namespace dockerext::host
