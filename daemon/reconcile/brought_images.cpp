#include "reconcile/brought_images.hpp"

#include "engine/images.hpp"
#include "observe/image_facts.hpp"
#include "plan/image_collection.hpp"

#include <algorithm>
#include <string>

namespace dockerext::reconcile {

using namespace model;

namespace {

using Arrival = LedgerState::Arrival;
using ListedImages = std::map<ImageId, ListedImage>;

/// The engine does not tell who removed an unlisted image while the daemon was away.
constexpr auto longest_unlisted = std::chrono::days(365);

/// What the step brings; null if it brings no image.
const ImageRef* image_brought_by(const Step& step) {
    if (const auto* pull = std::get_if<PullImage>(&step.operation)) return &pull->image;
    const auto* build = std::get_if<BuildImage>(&step.operation);
    return build != nullptr ? &build->image : nullptr;
}

ListedImages::const_iterator image_named(const ListedImages& images, const std::string& name) {
    return std::find_if(images.begin(), images.end(), [&](const auto& each) {
        return each.second.tags.contains(name) || each.second.digests.contains(name);
    });
}

/// The image that we brought now, or that the reference names now and we brought earlier. Somebody may have
/// given the reference to another image since the pull, so that its digest says which image it was. The list
/// of images before may be older than the image, so that the engine's word counts, too.
void note_arrived(LedgerState& ledger, const ImageRef& reference, const LedgerState::Arriving& arriving,
                  const ListedImages& listed) {
    const std::string name = observe::listed_reference(reference.value);
    const bool has_digest = !arriving.digest.empty() && name.find('@') == std::string::npos;
    const auto image = image_named(
        listed, has_digest ? observe::listed_reference(reference.value + "@" + arriving.digest) : name);
    if (image == listed.end()) return;
    auto& brought = ledger.history.brought;
    const bool is_new =
        arriving.arrival == Arrival::new_image && !ledger.images_before.contains(image->first);
    if (is_new || brought.contains(image->first)) brought[image->first].tags.insert(name);
}

void note_arrived(LedgerState& ledger, const ListedImages& listed) {
    std::erase_if(ledger.arriving, [&](const auto& each) {
        const auto& [reference, arriving] = each;
        if (arriving.arrival == Arrival::under_way || ledger.history.busy.contains(subject_of(reference)))
            return false;
        note_arrived(ledger, reference, arriving, listed);
        return true;
    });
    if (ledger.arriving.empty()) ledger.images_before.clear();
}

bool is_gone(const std::pair<const ImageId, BroughtImage>& brought, const ListedImages& listed,
             WallTime wall_now) {
    const auto& [id, image] = brought;
    if (listed.contains(id)) return false;
    return !image.built || (image.unused_since && *image.unused_since + longest_unlisted < wall_now);
}

/// The engine's event may have come first.
void removal_ended(LedgerState& ledger, const RemoveImage& remove, const apply::Outcome& outcome,
                   WallTime wall_now) {
    auto& brought = ledger.history.brought;
    const auto image = brought.find(remove.id);
    const bool is_refused = outcome.error && outcome.error->kind() == ErrorKind::conflict;
    if (is_refused && image != brought.end()) image->second.refused_at = wall_now;
    if (outcome.error) return;
    brought.erase(remove.id);
    ledger.history.lacks_space = false;
}

}  // namespace

void note_arriving_images(LedgerState& ledger, const Plan& plan) {
    for (const Step& step : plan.steps) {
        const ImageRef* const reference = image_brought_by(step);
        if (reference == nullptr || !step.waits_for.empty()) continue;
        ledger.arriving[*reference] = {};
        ledger.images_before.insert(ledger.images.begin(), ledger.images.end());
    }
}

void image_step_ended(LedgerState& ledger, const apply::Outcome& outcome, WallTime wall_now) {
    if (const auto* remove = std::get_if<RemoveImage>(&outcome.step.operation))
        return removal_ended(ledger, *remove, outcome, wall_now);
    const ImageRef* const reference = image_brought_by(outcome.step);
    if (reference == nullptr) return;
    ledger.history.brought.insert(outcome.built.begin(), outcome.built.end());
    ledger.history.lacks_space = outcome.error && engine::is_lack_of_space(outcome.error->message());
    if (outcome.error) {
        ledger.arriving.erase(*reference);
        return;
    }
    ledger.arriving[*reference] = {outcome.pulled.is_new ? Arrival::new_image : Arrival::known_image,
                                   outcome.pulled.digest};
    if (const auto* build = std::get_if<BuildImage>(&outcome.step.operation)) {
        for (const std::string& tag : build->build.tags) ledger.arriving[{tag}] = {Arrival::known_image};
    }
}

void note_image_event(LedgerState& ledger, const engine::Event& event) {
    if (event.type == "image" && event.action == "delete") ledger.history.brought.erase({event.id});
}

void track_brought_images(LedgerState& ledger, const Observed& observed, WallTime wall_now) {
    if (!observed.listed_images) return;
    const ListedImages& listed = *observed.listed_images;
    note_arrived(ledger, listed);
    ledger.images.clear();
    for (const auto& [id, image] : listed) ledger.images.insert(id);
    auto& brought = ledger.history.brought;
    std::erase_if(brought, [&](const auto& each) { return is_gone(each, listed, wall_now); });
    if (brought.empty() || !plan::are_users_known(observed)) return;
    const auto used = plan::used_images(observed, ledger.history);
    for (auto& [id, image] : brought) {
        if (used.contains(id.value)) image.unused_since.reset();
        else image.unused_since = std::min(image.unused_since.value_or(wall_now), wall_now);
    }
}

}  // namespace dockerext::reconcile
