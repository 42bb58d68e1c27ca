#pragma once

#include <sys/types.h>

#include <limits>
#include <map>
#include <optional>

namespace dockerext {

/// Limits how many of a server's connections, or of another scarce resource, each user may hold at once: no
/// user can lock out the others, and all users together cannot lock out the owner. Must outlive its seats.
class Seats {
public:
    struct Limits {
        unsigned of_one_user = 16;
        unsigned of_all_users = 48;  ///< besides the owner
        unsigned of_owner = std::numeric_limits<unsigned>::max();
    };
    /// Held as long as the connection; the destructor gives it back.
    class Seat {
    public:
        Seat(Seat&& other) noexcept;
        Seat& operator=(Seat&&) = delete;
        ~Seat();

    private:
        friend class Seats;
        Seat(Seats* seats, uid_t user) : seats_(seats), user_(user) {}
        Seats* seats_;  ///< null: moved from
        uid_t user_;
    };

    /// Root counts as an owner, too.
    explicit Seats(uid_t owner) : Seats(owner, Limits()) {}
    Seats(uid_t owner, Limits limits) : owner_(owner), limits_(limits) {}

    bool is_owner(uid_t user) const noexcept { return user == 0 || user == owner_; }
    /// nullopt: the user must wait until another connection ends.
    std::optional<Seat> take(uid_t user);

private:
    void give_back(uid_t user);

    uid_t owner_;
    Limits limits_;
    std::map<uid_t, unsigned> taken_;
    unsigned all_ = 0;  ///< besides the owner's
    unsigned owners_ = 0;
};

}  // namespace dockerext
