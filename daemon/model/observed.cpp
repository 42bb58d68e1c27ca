#include "model/observed.hpp"

#include <algorithm>
#include <string_view>

namespace dockerext::model {

namespace {

/// Of a shell, and of the engine if it cannot start the command itself (docker-run(1), "Exit status"); from
/// 128 on, the number of a signal.
std::string_view meaning_of(int code) {
    switch (code) {
    case 126: return "its command cannot be executed";
    case 127: return "its command was not found";
    case 129: return "ended by SIGHUP";
    case 130: return "ended by SIGINT";
    case 131: return "ended by SIGQUIT";
    case 132: return "crashed with SIGILL: an instruction that this processor does not have";
    case 134: return "it aborted itself (SIGABRT)";
    case 135: return "crashed with SIGBUS";
    case 136: return "crashed with SIGFPE";
    case 137: return "killed by SIGKILL; the engine does not say by whom";
    case 139: return "crashed with SIGSEGV";
    case 141: return "ended by SIGPIPE";
    case 143: return "ended by SIGTERM";
    default: return "";
    }
}

}  // namespace

std::string exit_code_text(int code) {
    const std::string_view meaning = meaning_of(code);
    return std::to_string(code) + (meaning.empty() ? "" : ": " + std::string(meaning));
}

std::string exit_code_text(const ObservedContainer& container) {
    if (!container.out_of_memory || container.exit_code == 0) return exit_code_text(container.exit_code);
    const std::string_view who = container.exit_code == 137 ? "killed" : "a process of it was killed";
    return std::to_string(container.exit_code) + ": " + std::string(who) + ", because its memory ran out";
}

const Unknown* unknown_of(const Observed& observed, const Subject& subject) {
    if (observed.unknown.empty()) return nullptr;
    for (const Subject& each : {subject, every(subject.kind), engine_facts()}) {
        if (each == engine_facts() && subject.kind != Subject::Kind::container) continue;
        const auto found = observed.unknown.find(each);
        if (found != observed.unknown.end()) return &found->second;
    }
    return nullptr;
}

const ObservedContainer* find_container(const Observed& observed, const std::string& prefix) {
    const auto found = observed.containers.lower_bound({prefix});
    const bool is_there = found != observed.containers.end() && found->first.value.starts_with(prefix);
    return is_there ? &found->second : nullptr;
}

bool all_known(Subject::Kind kind, const Observed& observed) {
    return std::none_of(observed.unknown.begin(), observed.unknown.end(),
                        [&](const auto& entry) { return entry.first.kind == kind; });
}

}  // namespace dockerext::model
