#include "base/seats.hpp"

#include <utility>

namespace dockerext {

Seats::Seat::Seat(Seat&& other) noexcept : seats_(std::exchange(other.seats_, nullptr)), user_(other.user_) {}

Seats::Seat::~Seat() {
    if (seats_ == nullptr) return;
    --seats_->all_;
    const auto taken = seats_->taken_.find(user_);
    if (--taken->second == 0) seats_->taken_.erase(taken);
}

std::optional<Seats::Seat> Seats::take(uid_t user) {
    if (is_owner(user)) return Seat(nullptr, user);
    const auto taken = taken_.find(user);
    const bool has_enough = taken != taken_.end() && taken->second >= limits_.of_one_user;
    if (has_enough || all_ >= limits_.of_all_users) return std::nullopt;
    ++taken_[user];
    ++all_;
    return Seat(this, user);
}

}  // namespace dockerext
