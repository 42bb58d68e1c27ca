#pragma once

#include "compose/field.hpp"
#include "compose/service.hpp"

namespace dockerext::compose {

/// A list of words, or a line that is split into words as a shell would, and no more.
void read_command(const Node& node, Command& into, Diagnostics& diagnostics);

void write_command_words(const Command& command, std::string_view name, CanonicalJson& json);

/// Always written: null is "not given".
template <auto member>
void write_command(const OwnerOf<member>& from, std::string_view name, CanonicalJson& json) {
    write_command_words(from.*member, name, json);
}

}  // namespace dockerext::compose
