#include "plan/compared_field.hpp"

#include "plan/config_hash.hpp"

namespace dockerext::plan {

using namespace model;

bool is_from_current_settings(const Expectation& expected, const ObservedContainer& container) {
    return matches_config_hash(expected.service, container);
}

Repair recreate(const Expectation&) { return Repair::recreate; }
Repair update(const Expectation&) { return Repair::update; }

std::string in_form(Form form, const std::string& text) { return form(text); }

std::vector<std::string> in_form(Form form, std::vector<std::string> texts) {
    for (std::string& text : texts) text = form(text);
    return texts;
}

std::set<std::string> in_form(Form form, const std::set<std::string>& texts) {
    std::set<std::string> forms;
    for (const std::string& text : texts) forms.insert(form(text));
    return forms;
}

}  // namespace dockerext::plan
