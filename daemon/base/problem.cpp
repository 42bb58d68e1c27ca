#include "base/problem.hpp"

#include "base/json_writer.hpp"

namespace dockerext {
namespace {

constexpr std::size_t most = 1000;  // nobody reads more, and each is looked up, sorted and passed on
constexpr std::size_t most_bytes = std::size_t{4} << 20;

}  // namespace

void Problems::add(std::string path, std::string message) {
    ++count_;
    if (full_) return;
    bytes_ += path.size() + message.size();
    full_ = all_.size() == most || bytes_ > most_bytes;
    if (full_) all_.push_back({"", "more problems were found than can be listed; fix these first"});
    else all_.push_back({std::move(path), std::move(message)});
}

void Problems::add(const Error& error) {
    const std::string& text = error.message();
    const std::size_t colon = text.starts_with('/') ? text.find(": ") : std::string::npos;
    if (colon == std::string::npos) add("", text);
    else add(colon == 1 ? "" : text.substr(0, colon), text.substr(colon + 2));
}

std::string to_text(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems) {
        text += (problem.path.empty() ? "/" : problem.path) + ": " + problem.message + "\n";
    }
    return text;
}

void write_problems(JsonWriter& json, std::string_view key, const std::vector<Problem>& problems) {
    json.begin_array(key);
    for (const Problem& problem : problems) {
        json.begin_object();
        json.text("path", problem.path);
        json.text("message", problem.message);
        json.end_object();
    }
    json.end_array();
}

}  // namespace dockerext
