#include "model/ownership.hpp"

#include "model/labels.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace dockerext::model {
namespace {

constexpr std::array claim = {labels::project, labels::service,     labels::number,
                              labels::oneoff,  labels::config_hash, labels::image};

/// "" if the label is absent.
std::string_view text_of(const Labels& all, std::string_view label) {
    const auto found = all.find(std::string(label));
    return found == all.end() ? std::string_view{} : std::string_view{found->second};
}

/// At least 1; 0 if `text` is not such a number.
unsigned number_in(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

}  // namespace

std::optional<Slot> claimed_slot(const Labels& container) {
    Slot slot{.service = {std::string(text_of(container, labels::service))},
              .number = number_in(text_of(container, labels::number))};
    const bool complete = !text_of(container, labels::project).empty() && !slot.service.empty() &&
                          slot.number > 0 && text_of(container, labels::oneoff) == "False" &&
                          !text_of(container, labels::config_hash).empty();
    return complete ? std::optional(std::move(slot)) : std::nullopt;
}

std::optional<Slot> claimed_slot(const Labels& container, const ProjectName& project) {
    if (project.empty() || text_of(container, labels::project) != project.value) return std::nullopt;
    return claimed_slot(container);
}

bool proves_claim(const Labels& container, const ImageId& made_from) {
    return !made_from.empty() && text_of(container, labels::image) == made_from.value;
}

bool is_claim_inherited(const Labels& container, const Labels& image) {
    return std::all_of(claim.begin(), claim.end(), [&](std::string_view label) {
        return text_of(container, label) == text_of(image, label);
    });
}

bool belongs_to(const ProjectName& project, const Labels& object, std::string_view kind) {
    return !project.empty() && text_of(object, labels::project) == project.value &&
           !text_of(object, kind).empty();
}

}  // namespace dockerext::model
