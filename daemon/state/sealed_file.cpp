#include "state/sealed_file.hpp"

#include "base/atomic_file.hpp"
#include "base/regular_file.hpp"
#include "state/sealed.hpp"

#include <string>
#include <utility>

namespace dockerext::state {

Result<Secret> read_file(const std::filesystem::path& path, std::size_t limit) {
    auto bytes = read_regular(path, limit);
    if (!bytes) return bytes.error();
    return Secret(std::move(*bytes));
}

Result<> SealedFile::save(const Secret& content, bool (*readable)(const Secret& text)) const {
    const Secret text(seal(content.reveal()));
    const auto current = read();
    if (current && *current == text) return {};
    if (current && readable(*current)) {
        if (auto kept = replace_file(previous_, current->reveal()); !kept)
            return kept.error().within("keep the previous copy");
    }
    return replace_file(file_, text.reveal());
}

Result<> SealedFile::remove() const {
    // The copy first: if only the file were removed, a crash here would bring back the older content of the
    // copy.
    if (auto removed = remove_file(previous_); !removed) return removed;
    return remove_file(file_);
}

}  // namespace dockerext::state
