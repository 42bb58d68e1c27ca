#pragma once

#include <sys/types.h>

#include <limits>
#include <map>
#include <optional>

namespace dockerext {

/// Limits how many of a server's connections, or of another scarce resource, each user may hold at once: no
/// user can lock out the others, and all users together cannot lock out the owner. Must outlive its permits.
class UserQuota {
public:
    struct Limits {
        unsigned per_user = 16;
        unsigned all_users = 48;  ///< besides the owner
        unsigned owner_limit = std::numeric_limits<unsigned>::max();
    };
    /// Held as long as the connection; the destructor gives it back.
    class Permit {
    public:
        Permit(Permit&& other) noexcept;
        Permit& operator=(Permit&&) = delete;
        ~Permit();

    private:
        friend class UserQuota;
        Permit(UserQuota* quota, uid_t user) : quota_(quota), user_(user) {}
        UserQuota* quota_;  ///< null: moved from
        uid_t user_;
    };

    /// Root counts as an owner, too.
    explicit UserQuota(uid_t owner) : UserQuota(owner, Limits()) {}
    UserQuota(uid_t owner, Limits limits) : owner_(owner), limits_(limits) {}

    bool is_owner(uid_t user) const noexcept { return user == 0 || user == owner_; }
    /// nullopt: the user must wait until another connection ends.
    std::optional<Permit> acquire(uid_t user);

private:
    void release(uid_t user);

    uid_t owner_;
    Limits limits_;
    std::map<uid_t, unsigned> held_by_user_;
    unsigned held_by_users_ = 0;  ///< besides the owner's
    unsigned held_by_owner_ = 0;
};

}  // namespace dockerext
