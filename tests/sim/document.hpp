#pragma once

#include "random.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dockerext::sim {

/// Settings as an operator might hand them over: a Compose model in small.
struct Document {
    struct Service {
        unsigned image = 1;             ///< app:N
        std::string behaviour = "app";  ///< words of its command (docker/container.hpp)
        std::string restart;            ///< "" is not said
        bool check = false, volume = false, hook = false;
        std::set<std::string> networks;  ///< "" of none is the default network
        std::string after, condition;    ///< depends_on
        unsigned scale = 1, environment = 0, memory = 0, grace = 0;
        std::string container_name;
        bool operator==(const Service&) const = default;
    };

    std::string project = "demo";
    std::map<std::string, Service> services;
    std::map<std::string, unsigned> networks;  ///< the third byte of its subnet; 0 leaves that to the engine

    bool operator==(const Document&) const = default;
    /// It can be done, and stays done.
    bool is_sound() const;
    void mend();
    std::string text() const;
    /// One line for people.
    std::string summary() const;
};

Document some_document(Random& random);
/// Something of it becomes another; now and then what cannot work.
void change(Document& document, Random& random);

constexpr unsigned images = 5;  ///< app:1 … app:5 are to be had
constexpr unsigned unpublished_image = 9;

}  // namespace dockerext::sim
