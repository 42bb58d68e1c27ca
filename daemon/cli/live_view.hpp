#pragma once

#include "cli/console.hpp"
#include "model/status.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dockerext::cli {

/// Shows the status on a terminal, in the same place again and again: a line for what is not well and for
/// each service, with a bar for its pull. What has changed is bold for a moment.
class LiveView {
public:
    explicit LiveView(Console& console) : console_(console) {}

    void show(const model::Status& status, model::WallTime now);
    /// Instead of a status.
    void show(const std::string& text);

private:
    struct Shown {
        std::string text;
        model::WallTime changed_at;
    };
    struct Pull {
        std::uint64_t first_bytes = 0;
        model::WallTime first_seen;
    };
    std::string line_of(const model::ServiceStatus& service, std::size_t name_columns, model::WallTime now);
    std::string pull_text(const model::ServiceStatus& service, model::WallTime now);
    bool has_just_changed(const std::string& name, std::string text, model::WallTime now);
    void draw(std::vector<std::string> lines);

    Console& console_;
    std::size_t drawn_ = 0;  ///< lines
    unsigned frame_ = 0;     ///< of the spinner
    std::map<std::string, Shown> shown_;
    std::map<std::string, Pull> pulls_;
};

}  // namespace dockerext::cli
