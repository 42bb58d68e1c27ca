#include "apply/pull_space.hpp"

#include <algorithm>

namespace dockerext::apply {

namespace {

std::int64_t signed_of(std::uint64_t bytes) { return static_cast<std::int64_t>(bytes); }

}  // namespace

PullSpace::Pull::Pull(PullSpace& space, std::optional<std::uint64_t> free_bytes)
    : space_(space), free_bytes_(free_bytes) {
    if (space.free_bytes_ != free_bytes) {
        space.free_bytes_ = free_bytes;
        space.taken_before_ = space.taken();
    }
    taken_before_ = space.taken_before_;
    space.pulls_.push_back(this);
}

PullSpace::Pull::~Pull() {
    std::erase(space_.pulls_, this);
    if (is_kept_) space_.kept_ += signed_of(progress_.done_bytes);
}

std::int64_t PullSpace::taken() const {
    std::int64_t taken = kept_;
    for (const Pull* pull : pulls_) taken += signed_of(pull->progress_.done_bytes);
    return taken;
}

std::optional<std::uint64_t> PullSpace::Pull::room(const engine::PullProgress& progress) {
    progress_ = progress;
    if (!free_bytes_) return std::nullopt;
    std::int64_t left =
        signed_of(*free_bytes_) - (space_.taken() - taken_before_) + signed_of(progress_.done_bytes);
    for (const Pull* other : space_.pulls_) {
        if (other != this) left -= signed_of(other->progress_.total_bytes - other->progress_.done_bytes);
    }
    return static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0));
}

}  // namespace dockerext::apply
