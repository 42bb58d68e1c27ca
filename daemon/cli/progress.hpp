#pragma once

#include "cli/console.hpp"
#include "model/status.hpp"

#include <map>
#include <string>

namespace dockerext::cli {

/// Prints what has changed from one status to the next, one line per change: "12:03:11  web  running 1/1".
class Progress {
public:
    explicit Progress(Console& console) : console_(console) {}

    /// The first call prints only what is not well.
    void show(const model::Status& status, model::WallTime now);
    /// Prints another text, unless it equals the text of the previous call.
    void print_once(const std::string& text, model::WallTime now);

private:
    void print(const std::string& text, model::WallTime now);

    Console& console_;
    std::map<std::string, std::string> shown_;
    std::map<std::string, std::string>
        open_parts_;  ///< part → what is done, or why it failed; "" if it is well
    std::string last_printed_;
};

}  // namespace dockerext::cli
