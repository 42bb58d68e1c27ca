#include "compose/service_files.hpp"

#include "base/json_document.hpp"
#include "compose/env_file.hpp"
#include "compose/host_path.hpp"

#include <utility>

namespace dockerext::compose {
namespace {

const std::string* find(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : &found->second;
}

/// Removes the white space between tokens.
Result<std::string> compact_json(const std::string& text) {
    if (const auto json = JsonDocument::parse(text); !json) return json.error();
    std::string compact;
    bool quoted = false, escaped = false;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (quoted || !blank) compact += c;
        if (c == '"' && !escaped) quoted = !quoted;
        escaped = quoted && c == '\\' && !escaped;
    }
    return compact;
}

class Reader {
public:
    Reader(const Environment& environment, const std::string& directory, Sources& sources,
           Diagnostics& diagnostics)
        : environment_(environment), directory_(directory), sources_(sources), diagnostics_(diagnostics) {}

    /// Variables in the files refer to the project's, then to the service's own, then to those read before.
    void read_environment(Service& service) {
        const Lookup lookup = [&](const std::string& name) -> const std::string* {
            if (const std::string* value = find(environment_, name)) return value;
            const auto own = service.environment.find(name);
            return own != service.environment.end() && own->second ? &*own->second : nullptr;
        };
        Environment found;
        for (const auto& [name, value] : service.environment) {
            if (value) found[name] = *value;
        }
        for (EnvFileEntry& file : service.env_files) read(file, lookup, found);
        for (auto& [name, value] : found) service.environment.try_emplace(name, std::move(value));
    }

    /// Variables refer to labels in earlier files, or earlier in the same file.
    void read_labels(Service& service) {
        Environment found;
        for (EnvFileEntry& file : service.label_files) {
            Environment own;
            read(
                file, [&](const std::string& name) { return find(found, name); }, own);
            for (auto& [name, value] : own) found.insert_or_assign(name, std::move(value));
        }
        for (auto& [name, value] : found) service.labels.try_emplace(name, std::move(value));
    }

    void read_profiles(Service& service) {
        for (const std::string& option : service.security_opt) {
            const std::size_t separator = option.find_first_of("=:");
            if (option.substr(0, separator) != "seccomp" || separator == std::string::npos) continue;
            const std::string name = option.substr(separator + 1);
            if (name == "unconfined" || name == "builtin") continue;
            const std::string path = host_path(name, directory_);
            const auto text = sources_.text(path);
            const auto profile = text ? to_profile(*text) : Result<std::string>(text.error());
            if (profile) service.seccomp_profiles[option] = *profile;
            else
                diagnostics_.problems.add(service.pointer + "/security_opt",
                                          "'" + path + "': " + profile.error().message());
        }
    }

private:
    static constexpr std::size_t memory_per_byte = 8;  ///< least memory that a byte of a file's text takes

    static Error too_large() { return {ErrorKind::invalid_input, "the document grows too large"}; }

    Result<std::string> to_profile(std::string_view text) {
        if (!diagnostics_.spend(text.size())) return too_large();
        return compact_json(std::string(text));
    }

    void read(EnvFileEntry& file, const Lookup& lookup, Environment& into) {
        file.path = host_path(file.path, directory_);
        const auto text = sources_.text(file.path);
        if (!text) {
            const bool absent = text.error().kind() == ErrorKind::not_found;
            if (file.required || !absent) refuse(file, text.error());
            return;
        }
        if (!diagnostics_.spend(memory_per_byte * text->size())) return refuse(file, too_large());
        Node at;
        at.pointer = file.pointer;
        const auto parsed = file.raw ? parse_raw_env_file(*text, lookup, into)
                                     : parse_env_file(*text, lookup, into, at, diagnostics_);
        if (!parsed) refuse(file, parsed.error());
    }

    void refuse(const EnvFileEntry& file, const Error& error) {
        diagnostics_.problems.add(file.pointer, "'" + file.path + "': " + error.message());
    }

    const Environment& environment_;
    const std::string& directory_;
    Sources& sources_;
    Diagnostics& diagnostics_;
};

}  // namespace

void read_service_files(Project& project, const Environment& environment, const std::string& directory,
                        Sources& sources, Diagnostics& diagnostics) {
    Reader reader(environment, directory, sources, diagnostics);
    for (auto& [name, service] : project.services) {
        reader.read_environment(service);
        reader.read_labels(service);
        reader.read_profiles(service);
    }
}

}  // namespace dockerext::compose
