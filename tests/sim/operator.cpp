#include "operator.hpp"

namespace dockerext::sim {

void Operator::apply(const Document& document) {
    machine_.trace("operator: apply " + document.summary());
    desired_ = document;
    applied_at_ = machine_.schedule.now();
    projects_.insert(document.project);
    machine_.reset_backoff();
    machine_.process.spool_document(document.text(), ++sequence_);
}

void Operator::ask(const std::string& method, const std::string& target, const std::string& body) {
    machine_.reset_backoff();
    machine_.trace("operator: " + method + " " + target + " " + body);
    machine_.process.ask(method, target, body, [this](unsigned status, const std::string& answer) {
        machine_.trace("answered: " + std::to_string(status) + " " + answer);
    });
}

void Operator::pause(std::optional<unsigned> seconds) {
    paused_ = true;
    ask("POST", "/v1/pause", seconds ? "{\"seconds\":" + std::to_string(*seconds) + "}" : "{}");
}

void Operator::resume() {
    paused_ = false;
    ask("POST", "/v1/resume", "");
}

void Operator::retry() { ask("POST", "/v1/reconcile", ""); }

void Operator::down(bool volumes) {
    desired_.reset();
    removes_volumes_ = removes_volumes_ || volumes;
    ask("POST", "/v1/down", volumes ? R"({"volumes":true})" : "{}");
}

}  // namespace dockerext::sim
