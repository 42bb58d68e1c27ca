#include "packages/openpgp_armour.hpp"

#include "base/base64.hpp"
#include "packages/openpgp_packet.hpp"

#include <algorithm>
#include <vector>

namespace dockerext::packages {
namespace {

constexpr std::string_view begin_line = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
constexpr std::string_view end_line = "-----END PGP PUBLIC KEY BLOCK-----";
constexpr std::size_t full_line_width = 64;

/// RFC 4880 §6.1
std::size_t crc24(std::string_view bytes) {
    std::size_t crc = 0xB704CE;
    for (const char byte : bytes) {
        crc ^= std::size_t{static_cast<unsigned char>(byte)} << 16;
        for (int bit = 0; bit < 8; ++bit) {
            crc <<= 1;
            if ((crc & 0x1000000) != 0) crc ^= 0x1864CFB;
        }
    }
    return crc;
}

std::string checksum_line(std::string_view bytes) { return "=" + base64(big_endian(crc24(bytes), 3)); }

/// The lines of a text without trailing white space.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        lines.push_back(line.substr(0, line.find_last_not_of(" \t\r") + 1));
    }
    return lines;
}

/// "Version: GnuPG v2"
bool is_header(std::string_view line) { return line.find(": ") != std::string_view::npos; }

/// The lines between the first and the last line of the only block.
std::optional<std::vector<std::string_view>> block_in(std::string_view text) {
    const auto lines = lines_of(text);
    const auto begins = [](std::string_view line) {
        return line.find("-----BEGIN") != std::string_view::npos;
    };
    const auto begin = std::find_if(lines.begin(), lines.end(), begins);
    const auto end = std::find(begin, lines.end(), end_line);
    if (end == lines.end() || *begin != begin_line) return std::nullopt;
    if (std::any_of(begin + 1, lines.end(), begins)) return std::nullopt;
    return std::vector<std::string_view>(begin + 1, end);
}

}  // namespace

std::optional<std::string> read_armour(std::string_view text) {
    auto block = block_in(text);
    if (!block) return std::nullopt;
    const auto headers_end = std::find(block->begin(), block->end(), "");
    const bool headed = headers_end != block->end() && std::all_of(block->begin(), headers_end, is_header);
    if (!headed) return std::nullopt;
    block->erase(block->begin(), headers_end + 1);
    std::string_view checksum;
    if (!block->empty() && block->back().starts_with('=')) {
        checksum = block->back();
        block->pop_back();
    }
    std::string digits;
    for (const std::string_view line : *block) digits += line;
    auto bytes = from_base64(digits);
    if (!bytes || bytes->empty()) return std::nullopt;
    if (!checksum.empty() && checksum != checksum_line(*bytes)) return std::nullopt;
    return bytes;
}

std::string write_armour(std::string_view bytes) {
    std::string text = std::string(begin_line) + "\n\n";
    const std::string digits = base64(bytes);
    for (std::size_t at = 0; at < digits.size(); at += full_line_width)
        text += digits.substr(at, full_line_width) + "\n";
    return text + checksum_line(bytes) + "\n" + std::string(end_line) + "\n";
}

}  // namespace dockerext::packages
