#pragma once

#include "random.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dockerext::sim {

/// Settings as an operator might submit them: a small Compose model.
struct Document {
    struct Service {
        unsigned image = 1;             ///< app:N
        std::string behaviour = "app";  ///< words of its command (docker/container.hpp)
        std::string restart;            ///< "": not set
        bool check = false, volume = false, hook = false;
        std::set<std::string> networks;  ///< empty: the default network
        std::string after, condition;    ///< depends_on
        unsigned scale = 1, environment = 0, memory = 0, grace = 0;
        std::string container_name;
        bool operator==(const Service&) const = default;
    };

    std::string project = "demo";
    std::map<std::string, Service> services;
    std::map<std::string, unsigned> networks;  ///< third byte of the subnet; 0: the engine chooses

    bool operator==(const Document&) const = default;
    /// Whether the daemon can reach this state and keep it.
    bool can_converge() const;
    bool has_image(const std::string& reference) const;
    void repair();
    std::string text() const;
    /// One line of text for people.
    std::string summary() const;
};

/// Whether the settings ask for it, for every service of that name.
bool is_start_first(const std::string& service);

Document random_document(Random& random);
/// Makes a random change, sometimes to something that cannot work.
void change(Document& document, Random& random);

constexpr unsigned images = 12;  ///< app:1 … app:12 are in the registry
constexpr unsigned unpublished_image = 99;

}  // namespace dockerext::sim
