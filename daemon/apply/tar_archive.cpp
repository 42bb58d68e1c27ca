#include "apply/tar_archive.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace dockerext::apply {
namespace {

constexpr std::size_t block = 512;

/// The position of a field in the header (GNU tar manual, "Basic Tar Format").
struct Field {
    std::size_t offset, width;
};
constexpr Field name{0, 100}, mode{100, 8}, uid{108, 8}, gid{116, 8}, size{124, 12}, mtime{136, 12},
    checksum{148, 8}, type{156, 1}, link{157, 100}, magic{257, 8};
constexpr char long_name = 'L', long_link = 'K';

using Header = std::array<char, block>;

void put(Header& header, Field field, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), field.width),
                header.begin() + static_cast<std::ptrdiff_t>(field.offset));
}

/// Writes the number in octal; if it is too large, in big-endian after a byte 0x80.
void put_number(Header& header, Field field, std::uint64_t value) {
    std::string text(field.width, '\0');
    const bool octal = value >> (3 * (field.width - 1)) == 0;
    for (std::size_t at = field.width - (octal ? 1 : 0); at-- > 0; value >>= octal ? 3 : 8) {
        text[at] = static_cast<char>(octal ? '0' + (value & 7) : value & 0xff);
    }
    if (!octal) text[0] = static_cast<char>(0x80);
    put(header, field, text);
}

std::string header_of(const TarEntry& entry, char kind) {
    Header header{};
    put(header, name, entry.path);
    put_number(header, mode, entry.mode);
    put_number(header, uid, static_cast<std::uint64_t>(entry.uid));
    put_number(header, gid, static_cast<std::uint64_t>(entry.gid));
    put_number(header, size, static_cast<std::uint64_t>(entry.size));
    put_number(header, mtime, static_cast<std::uint64_t>(std::max<std::int64_t>(entry.modified.count(), 0)));
    put(header, type, {&kind, 1});
    put(header, link, entry.target);
    put(header, magic, std::string_view("ustar  \0", magic.width));
    put(header, checksum, "        ");
    const auto add = [](unsigned sum, char byte) { return sum + static_cast<unsigned char>(byte); };
    put_number(header, {checksum.offset, checksum.width - 1},
               std::accumulate(header.begin(), header.end(), 0U, add));
    return {header.begin(), header.end()};
}

/// An extra entry for a text that is too long for its field; it comes before the entry.
std::string long_text(char kind, const std::string& text) {
    const auto length = static_cast<std::int64_t>(text.size() + 1);
    std::string entry = header_of({.path = "././@LongLink", .size = length}, kind) + text + '\0';
    entry.resize((entry.size() + block - 1) / block * block);
    return entry;
}

}  // namespace

void TarArchive::begin(const TarEntry& entry) {
    fill_block();
    if (entry.target.size() > link.width) written_ += long_text(long_link, entry.target);
    if (entry.path.size() > name.width) written_ += long_text(long_name, entry.path);
    written_ += header_of(entry, static_cast<char>(entry.kind));
}

void TarArchive::append(std::string_view bytes) {
    written_ += bytes;
    in_block_ = (in_block_ + bytes.size()) % block;
}

void TarArchive::end() {
    fill_block();
    written_.append(2 * block, '\0');
}

void TarArchive::fill_block() {
    if (in_block_ != 0) written_.append(block - in_block_, '\0');
    in_block_ = 0;
}

}  // namespace dockerext::apply
