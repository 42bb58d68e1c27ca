#include "base/seats.hpp"

#include <utility>

namespace dockerext {

Seats::Seat::Seat(Seat&& other) noexcept : seats_(std::exchange(other.seats_, nullptr)), user_(other.user_) {}

Seats::Seat::~Seat() {
    if (seats_ != nullptr) seats_->give_back(user_);
}

std::optional<Seats::Seat> Seats::take(uid_t user) {
    if (is_owner(user)) {
        if (owners_ >= limits_.of_owner) return std::nullopt;
        ++owners_;
        return Seat(this, user);
    }
    const auto taken = taken_.find(user);
    const bool has_enough = taken != taken_.end() && taken->second >= limits_.of_one_user;
    if (has_enough || all_ >= limits_.of_all_users) return std::nullopt;
    ++taken_[user];
    ++all_;
    return Seat(this, user);
}

void Seats::give_back(uid_t user) {
    if (is_owner(user)) {
        --owners_;
        return;
    }
    --all_;
    const auto taken = taken_.find(user);
    if (--taken->second == 0) taken_.erase(taken);
}

}  // namespace dockerext
