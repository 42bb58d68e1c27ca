#pragma once

#include "compose/field.hpp"
#include "compose/service.hpp"

namespace dockerext::compose {

/// Reads a list of words, or a string that is split into words as a shell does, without expansions.
void read_command(const Node& node, Command& into, Diagnostics& diagnostics);

void write_command_words(const Command& command, std::string_view name, CanonicalJson& json);

/// Writes the member always: null means "not given".
template <auto member>
void write_command(const OwnerOf<member>& from, std::string_view name, CanonicalJson& json) {
    write_command_words(from.*member, name, json);
}

}  // namespace dockerext::compose
