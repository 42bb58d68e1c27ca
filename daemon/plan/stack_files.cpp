#include "plan/stack_files.hpp"

#include "base/sha256.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

using Labels = std::map<std::string, std::string>;

const std::string content_label(labels::content);

/// Differs if anything differs that the engine cannot change in place.
std::string digest_of(const StackFile& file) {
    std::string all = sha256_hex(file.content.reveal()) + "\n" + file.template_driver + "\n";
    for (const auto& [key, value] : file.labels) all += key + "=" + value + "\n";
    return sha256_hex(all).substr(0, 32);
}

const ObservedStackFile* find(const std::vector<ObservedStackFile>& observed, StackFileKind kind,
                              const std::string& name) {
    const auto found = std::find_if(observed.begin(), observed.end(),
                                    [&](const auto& each) { return each.kind == kind && each.name == name; });
    return found == observed.end() ? nullptr : &*found;
}

/// Also a config that docker's own command has made.
bool has_content(const ObservedStackFile& observed, const StackFile& file, const std::string& digest) {
    const auto label = observed.labels.find(content_label);
    if (label != observed.labels.end()) return label->second == digest;
    return observed.data && *observed.data == file.content.reveal() && observed.labels == file.labels &&
           file.template_driver.empty();
}

/// The longest name that the engine takes is of 64 characters.
std::string name_with_digest(const std::string& name, const std::string& digest) {
    constexpr std::size_t longest = 64;
    constexpr std::size_t digits = 10;
    return name.substr(0, longest - digits - 1) + "_" + digest.substr(0, digits);
}

}  // namespace

bool is_of_stack(const Labels& labels, const ProjectName& stack) {
    const auto label = labels.find(std::string(labels::stack));
    return label != labels.end() && label->second == stack.value;
}

ResolvedFile resolve_file(const StackFile& file, const ProjectName& stack,
                          const std::vector<ObservedStackFile>& observed) {
    ResolvedFile resolved{file, ""};
    const ObservedStackFile* const plain = find(observed, file.kind, file.name);
    if (file.external) {
        if (plain != nullptr) resolved.id = plain->id;
        return resolved;
    }
    const std::string digest = digest_of(file);
    resolved.wanted.labels[content_label] = digest;
    const bool is_plain =
        plain != nullptr && is_of_stack(plain->labels, stack) && has_content(*plain, file, digest);
    const std::string other_name = name_with_digest(file.name, digest);
    const ObservedStackFile* const other = find(observed, file.kind, other_name);
    if (is_plain) resolved.id = plain->id;
    else if (other != nullptr && is_of_stack(other->labels, stack)) resolved.id = other->id;
    if (!is_plain && (plain != nullptr || other != nullptr)) resolved.wanted.name = other_name;
    return resolved;
}

}  // namespace dockerext::plan
