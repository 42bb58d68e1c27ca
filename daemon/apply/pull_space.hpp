#pragma once

#include "engine/images.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace dockerext::apply {

/// The account of the free space on the engine's disk, which pulls at the same time share. On the daemon's
/// thread.
class PullSpace {
public:
    /// One pull, from its beginning to its end.
    class Pull {
    public:
        /// `free_bytes` were measured for the plan of this pull; nullopt: unknown. `space` outlives this.
        Pull(PullSpace& space, std::optional<std::uint64_t> free_bytes);
        ~Pull();
        Pull(Pull&&) = delete;

        /// What is free for this pull: what was free, less what other pulls have taken since and still need.
        std::optional<std::uint64_t> room(const engine::PullProgress& progress);
        /// What it downloaded stays on the disk.
        void succeeded() noexcept { is_kept_ = true; }

    private:
        friend PullSpace;
        PullSpace& space_;
        std::optional<std::uint64_t> free_bytes_;
        std::int64_t taken_before_ = 0;  ///< by all pulls, when the free space was measured
        engine::PullProgress progress_;
        bool is_kept_ = false;
    };

private:
    std::int64_t taken() const;

    std::vector<const Pull*> pulls_;  ///< under way
    std::int64_t kept_ = 0;           ///< bytes of pulls that have ended
    /// The newest measurement, and what pulls had taken then. Plans made with one measurement repeat it.
    std::optional<std::uint64_t> free_bytes_;
    std::int64_t taken_before_ = 0;
};

}  // namespace dockerext::apply
