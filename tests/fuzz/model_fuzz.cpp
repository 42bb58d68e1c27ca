// Fuzzes the path that documents take in `dockerextd validate` and in the daemon, and checks the properties
// of every result. An input is a Compose file or settings, then the protected settings, then files that the
// model may name, each after a line with its name; record separators stand between them.
#include "base/json_document.hpp"
#include "base/json_merge.hpp"
#include "base/utf8.hpp"
#include "compose/import.hpp"
#include "intake/parse_envelope.hpp"
#include "planned_requests.hpp"
#include "planned_stack.hpp"
#include "promise.hpp"

#include <algorithm>
#include <map>

namespace dockerext {
namespace {

constexpr char separator = '\x1e';
constexpr std::string_view password = "correct-horse";  ///< a value in the protected settings of the seeds
constexpr std::string_view folder = "/project";

struct Case {
    std::string text;
    std::string secrets;
    std::map<std::string, std::string> files;  ///< by absolute path
};

std::string take_until(std::string_view& rest, char end) {
    const std::size_t size = std::min(rest.find(end), rest.size());
    std::string taken(rest.substr(0, size));
    rest.remove_prefix(std::min(size + 1, rest.size()));
    return taken;
}

Case case_of(std::string_view bytes) {
    Case made;
    made.text = take_until(bytes, separator);
    made.secrets = take_until(bytes, separator);
    while (!bytes.empty()) {
        const std::string named = take_until(bytes, separator);
        std::string_view rest = named;
        const std::string name = take_until(rest, '\n');
        made.files.emplace(std::string(folder) + "/" + name, rest);
    }
    return made;
}

intake::IntakeResult answer_to(const std::string& settings, const Case& with) {
    const compose::ReadFile read = [&](const std::string& path) -> Result<std::string> {
        const auto found = with.files.find(path);
        if (found == with.files.end()) return Error(ErrorKind::not_found, "no such file");
        return found->second;
    };
    return intake::parse_envelope({.public_settings = settings, .protected_settings = Secret(with.secrets)},
                                  folder, "/state/settings.json", settings::checks_of_new_settings({}), read);
}

void check_message(std::string_view text) {
    promise(!text.empty(), "a problem says what it is");
    promise(valid_utf8(text) == text, "what is told is UTF-8", text);
}

bool any_key_contains(const JsonCursor& value, std::string_view word) {
    const auto members = value.members();
    if (!members) return false;
    return std::any_of(members->begin(), members->end(), [&](const auto& member) {
        return member.first.find(word) != std::string::npos || any_key_contains(member.second, word);
    });
}

/// Whether the password occurs only as a value of the protected settings. Keys may be shown, and so may
/// everything public.
bool is_secret(const Case& given) {
    const auto holds = [](std::string_view text) { return text.find(password) != std::string_view::npos; };
    if (!holds(given.secrets) || holds(given.text)) return false;
    const auto holding = [&](const auto& file) { return holds(file.first) || holds(file.second); };
    if (std::any_of(given.files.begin(), given.files.end(), holding)) return false;
    const auto document = JsonDocument::parse(given.secrets, JsonDialect::commented);
    return document && !any_key_contains(document->root(), password);
}

void check_problems(const intake::IntakeResult& intake, const Case& given) {
    promise(intake.accepted.has_value() == intake.problems.empty(),
            "settings are accepted, or have problems");
    for (const Problem& problem : intake.problems) {
        check_message(problem.message);
        promise(valid_utf8(problem.path) == problem.path, "a path is UTF-8", problem.path);
    }
    std::string reported = to_text(intake.problems);
    if (intake.accepted) {
        for (const std::string& warning : intake.accepted->warnings) {
            check_message(warning);
            reported += warning;
        }
    }
    if (reported.find(password) != std::string::npos)
        promise(!is_secret(given), "no secret is told", reported);
}

void check_same(const intake::IntakeResult& first, const intake::IntakeResult& second) {
    promise(first.problems == second.problems, "the same documents have the same problems");
    if (!first.accepted) return;
    promise(first.accepted->desired.project == second.accepted->desired.project,
            "the same documents ask for the same");
    promise(first.accepted->fingerprint == second.accepted->fingerprint, "the fingerprint is the documents'");
}

/// The settings that `import` makes of a Compose file give the same project as the file.
void check_import(model::Project project, const Case& given) {
    constexpr std::size_t most = std::size_t{1} << 20;
    const auto imported = compose::import_settings(given.text);
    if (!imported) return check_message(imported.error().message());  // such as for !reset and !override
    if (imported->size() > most) return;
    intake::IntakeResult intake = answer_to(*imported, given);
    promise(intake.accepted.has_value(), "imported settings are accepted", to_text(intake.problems));
    project.warnings.clear();  // they contain line numbers of the YAML
    intake.accepted->desired.project.warnings.clear();
    promise(intake.accepted->desired.project == project, "imported settings ask for the same", *imported);
}

/// The same settings as a stack of a swarm.
void check_stack(const std::string& settings, const Case& given) {
    const auto document = JsonDocument::parse(settings, JsonDialect::commented);
    if (!document || !document->root().is(JsonType::object)) return;
    const auto patch = JsonDocument::parse(R"({"swarm": {"managers": ["10.0.0.4"]}, "stack": true})");
    const intake::IntakeResult intake = answer_to(merge_patch(document->root(), patch->root()), given);
    check_problems(intake, given);
    if (intake.accepted) check_planned_stack(stack_of(*intake.accepted), intake.accepted->desired.redact);
}

void try_case(const Case& given) {
    const bool is_compose = compose::is_compose_file(given.text);
    const auto settings =
        is_compose ? compose::wrap_compose_file(given.text) : Result<std::string>(given.text);
    if (!settings) return check_message(settings.error().message());
    const intake::IntakeResult intake = answer_to(*settings, given);
    check_problems(intake, given);
    check_same(intake, answer_to(*settings, given));
    if (intake.accepted) check_planned_requests(intake.accepted->desired);
    check_stack(*settings, given);
    if (is_compose && intake.accepted) check_import(intake.accepted->desired.project, given);
}

}  // namespace
}  // namespace dockerext

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    dockerext::try_case(dockerext::case_of({reinterpret_cast<const char*>(bytes), size}));
    return 0;
}
