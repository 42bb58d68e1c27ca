// Reads, checks and normalizes a Compose model.
#include "base/json_writer.hpp"
#include "compose/load.hpp"

#include <benchmark/benchmark.h>

#include <stdexcept>

namespace dockerext::compose {
namespace {

std::string model_of(int services) {
    std::string text = R"({"name": "demo", "services": {)";
    for (int i = 0; i < services; ++i) {
        const std::string n = std::to_string(i);
        text +=
            (i == 0 ? "" : ",") +
            ("\"s" + n + R"(": {"image": "nginx:${TAG:-1}", "restart": "always",
            "ports": ["127.0.0.1::80"], "environment": {"A": "1", "B": "${HOME_OF:-x}"},
            "volumes": ["/srv/)" +
             n + R"(:/data:ro"], "healthcheck": {"test": "true", "interval": "10s"}, "mem_limit": "64m"})");
    }
    return text + "}}";
}

/// The model as a YAML string. JSON is YAML, so the amount to read is the same.
std::string yaml_of(int services) {
    JsonWriter json;
    json.text(model_of(services));
    return json.take();
}

template <auto make>
void load_model(benchmark::State& state) {
    const Input input{.document = make(static_cast<int>(state.range(0))),
                      .project_directory = "/project",
                      .config_file = "/project/settings.json"};
    for (auto _ : state) {
        const Loaded loaded = load(input);
        if (!loaded.project) throw std::logic_error(to_text(loaded.problems));
        benchmark::DoNotOptimize(loaded);
    }
}
BENCHMARK(load_model<yaml_of>)->Arg(100)->Arg(1'000)->Unit(benchmark::kMillisecond);
BENCHMARK(load_model<model_of>)->Arg(100)->Arg(1'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dockerext::compose

BENCHMARK_MAIN();
