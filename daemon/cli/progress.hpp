#pragma once

#include "cli/console.hpp"
#include "model/status.hpp"

#include <map>
#include <string>

namespace dockerext::cli {

/// Tells what has changed from one status to the next, a line each: "12:03:11  web  running 1/1".
class Progress {
public:
    explicit Progress(Console& console) : console_(console) {}

    /// What is well at the first look is no news.
    void show(const model::Status& status, model::WallTime now);
    /// Something else worth a line; said once until something different is.
    void say(const std::string& text, model::WallTime now);

private:
    void print(const std::string& text, model::WallTime now);

    Console& console_;
    std::map<std::string, std::string> shown_;
    std::map<std::string, std::string> failed_parts_;  ///< and why; "" for one that has not failed
    std::string said_;
};

}  // namespace dockerext::cli
