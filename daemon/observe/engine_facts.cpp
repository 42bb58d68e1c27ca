#include "observe/engine_facts.hpp"

#include "observe/facts_reader.hpp"

namespace dockerext::observe {

Result<model::EngineFacts> read_engine_info(const JsonCursor& info) {
    Problems problems;
    ObjectReader reader(info, problems);
    model::EngineFacts facts;
    if (auto driver = reader.string("LoggingDriver")) facts.default_log_driver = std::move(*driver);
    if (auto runtime = reader.string("DefaultRuntime")) facts.default_runtime = std::move(*runtime);
    return unless_problems(std::move(facts), problems);
}

}  // namespace dockerext::observe
