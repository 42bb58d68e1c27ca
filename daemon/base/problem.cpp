#include "base/problem.hpp"

#include "base/json_writer.hpp"

namespace dockerext {
namespace {

constexpr std::size_t max_problems = 1000;  // nobody reads more, and each is looked up, sorted and copied
constexpr std::size_t max_problem_bytes = std::size_t{4} << 20;

}  // namespace

void Problems::add(std::string path, std::string message) {
    ++count_;
    if (full_) return;
    bytes_ += path.size() + message.size();
    full_ = all_.size() == max_problems || bytes_ > max_problem_bytes;
    if (full_) all_.push_back({"", "more problems were found than can be listed; fix these first"});
    else all_.push_back({std::move(path), std::move(message)});
}

Problem::operator Error() const { return {ErrorKind::invalid_input, to_text(*this)}; }

void throw_exception_from_error(const Problem& problem, const boost::source_location& where) {
    throw_exception_from_error(Error(problem), where);
}

std::string to_text(const Problem& problem) {
    return (problem.path.empty() ? "/" : problem.path) + ": " + problem.message;
}

std::string message_of(const Problem& problem) {
    return problem.path.empty() ? problem.message : to_text(problem);
}

std::string to_text(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems) text += to_text(problem) + "\n";
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
