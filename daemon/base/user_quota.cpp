#include "base/user_quota.hpp"

#include <utility>

namespace dockerext {

UserQuota::Permit::Permit(Permit&& other) noexcept
    : quota_(std::exchange(other.quota_, nullptr)), user_(other.user_) {}

UserQuota::Permit::~Permit() {
    if (quota_ != nullptr) quota_->release(user_);
}

std::optional<UserQuota::Permit> UserQuota::acquire(uid_t user) {
    if (is_owner(user)) {
        if (held_by_owner_ >= limits_.owner_limit) return std::nullopt;
        ++held_by_owner_;
        return Permit(this, user);
    }
    const auto held = held_by_user_.find(user);
    const bool is_at_limit = held != held_by_user_.end() && held->second >= limits_.per_user;
    if (is_at_limit || held_by_users_ >= limits_.all_users) return std::nullopt;
    ++held_by_user_[user];
    ++held_by_users_;
    return Permit(this, user);
}

void UserQuota::release(uid_t user) {
    if (is_owner(user)) {
        --held_by_owner_;
        return;
    }
    --held_by_users_;
    const auto held = held_by_user_.find(user);
    if (--held->second == 0) held_by_user_.erase(held);
}

}  // namespace dockerext
