#pragma once

#include "model/normal_form.hpp"
#include "plan/differences.hpp"
#include "plan/text_of.hpp"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How to compare the fields of a container; for the tables of `differences` and `host_fields` in this room.
namespace dockerext::plan {

using Texts = std::pair<std::string, std::string>;  ///< have, want

/// Whether the container was created from these settings. If so, any value beyond them is the engine's
/// default.
bool is_from_current_settings(const Expectation& expected, const model::ObservedContainer& container);

/// One field: how to compare it, how to show both sides, and how to repair it. The texts are made only when
/// the field differs.
struct ComparedField {
    const char* name;
    bool (*same)(const Expectation&, const model::ObservedContainer&);
    Texts (*texts)(const Expectation&, const model::ObservedContainer&);
    Repair (*repair)(const Expectation&);
};

Repair recreate(const Expectation&);
Repair update(const Expectation&);

/// A member that the service alone decides (`plain`), or that it may leave to the image or the engine
/// (`if_set`).
template <auto member>
constexpr ComparedField plain(const char* name) {
    return {name,
            [](const Expectation& expected, const model::ObservedContainer& container) {
                return expected.service.container.*member == container.spec.*member;
            },
            [](const Expectation& expected, const model::ObservedContainer& container) {
                return Texts(text_of(container.spec.*member), text_of(expected.service.container.*member));
            },
            recreate};
}
template <auto member>
constexpr ComparedField if_set(const char* name) {
    ComparedField field = plain<member>(name);
    field.same = [](const Expectation& expected, const model::ObservedContainer& container) {
        const auto& want = expected.service.container.*member;
        return want == std::remove_cvref_t<decltype(want)>{} || want == container.spec.*member;
    };
    return field;
}
/// A member with its own comparison.
template <auto member, auto same>
constexpr ComparedField by(const char* name) {
    ComparedField field = plain<member>(name);
    field.same = [](const Expectation& expected, const model::ObservedContainer& container) {
        return same(expected.service.container.*member, container.spec.*member);
    };
    return field;
}
using model::normal::Form;

std::string in_form(Form form, const std::string& text);
std::vector<std::string> in_form(Form form, std::vector<std::string> texts);
std::set<std::string> in_form(Form form, const std::set<std::string>& texts);

/// A member that may be spelled in several ways, compared in the normal form of its type.
template <auto member, Form form>
constexpr ComparedField normalized(const char* name) {
    ComparedField field = plain<member>(name);
    field.same = [](const Expectation& expected, const model::ObservedContainer& container) {
        const auto& want = expected.service.container.*member;
        const auto& have = container.spec.*member;
        return want == have || in_form(form, want) == in_form(form, have);
    };
    return field;
}
/// The same, for a member that the service may leave to the image or the engine.
template <auto member, Form form>
constexpr ComparedField normalized_if_set(const char* name) {
    ComparedField field = plain<member>(name);
    field.same = [](const Expectation& expected, const model::ObservedContainer& container) {
        return (expected.service.container.*member).empty() ||
               normalized<member, form>("").same(expected, container);
    };
    return field;
}
/// A limit. It is updated in place, unless it is left to the engine again: an update cannot say that.
template <auto member>
constexpr ComparedField limit(const char* name) {
    ComparedField field = plain<member>(name);
    field.repair = [](const Expectation& expected) {
        const auto& want = expected.service.container.*member;
        return want == std::remove_cvref_t<decltype(want)>{} ? Repair::recreate : Repair::update;
    };
    return field;
}
/// A limit that the engine silently drops when the kernel or its API does not support it. A container created
/// from these settings then has no such limit, and counts as correct, since recreating it would not help.
template <auto member>
constexpr ComparedField if_supported(ComparedField field) {
    field.same = [](const Expectation& expected, const model::ObservedContainer& container) {
        const auto& have = container.spec.*member;
        return expected.service.container.*member == have || (have == std::remove_cvref_t<decltype(have)>{} &&
                                                              is_from_current_settings(expected, container));
    };
    return field;
}

}  // namespace dockerext::plan
