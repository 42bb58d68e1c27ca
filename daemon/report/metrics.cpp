#include "report/metrics.hpp"

#include "base/json_writer.hpp"

#include <utility>

namespace dockerext::report {

using namespace model;

namespace {

using Type = MetricsWriter::Type;

double as_metric(bool value) { return value ? 1 : 0; }
double as_metric(std::chrono::duration<double> duration) { return duration.count(); }
double as_metric(std::uint64_t count) { return static_cast<double>(count); }

void write_daemon(MetricsWriter& metrics, const MetricsSnapshot& snapshot) {
    const Status& status = snapshot.status;
    metrics.family("build", Type::info, "Version of dockerextd.");
    metrics.sample({{"version", snapshot.version}}, 1);
    metrics.family("converged", Type::gauge, "Whether everything is as the settings ask.");
    metrics.sample(as_metric(status.state == OverallState::converged));
    metrics.family("paused", Type::gauge, "Whether an operator has paused the daemon.");
    metrics.sample(as_metric(status.state == OverallState::paused));
    metrics.family("settings_sequence", Type::gauge,
                   "Number of the newest settings, accepted or not; -1 if there are none.");
    metrics.sample(status.settings.source ? static_cast<double>(status.settings.sequence) : -1);
    metrics.family("settings_last_load_successful", Type::gauge,
                   "Whether the newest settings were accepted.");
    metrics.sample(as_metric(status.settings.state != SettingsState::rejected));
    metrics.family("loop_lag_seconds", Type::gauge,
                   "How late the reconcile loop is, or was when it last ran.");
    metrics.sample(as_metric(snapshot.loop_lag));
    if (const auto& last = snapshot.counters->last_cycle) {
        metrics.family("last_cycle_timestamp_seconds", Type::gauge,
                       "When the last cycle of the reconcile loop ended, in seconds since 1970.");
        metrics.sample(as_metric(last->time_since_epoch()));
    }
    metrics.family("reconcile_duration_seconds", Type::histogram,
                   "Durations of the reconcile loop's cycles.");
    metrics.histogram({}, snapshot.counters->cycles);
}

void write_services(MetricsWriter& metrics, const MetricsSnapshot& snapshot) {
    const std::vector<ServiceStatus>& services = snapshot.status.services;
    const auto each = [&](auto value_of) {
        for (const ServiceStatus& service : services)
            metrics.sample({{"project", snapshot.project}, {"service", service.name.value}},
                           as_metric(std::uint64_t{value_of(service)}));
    };
    if (services.empty()) return;
    metrics.family("service_state", Type::gauge, "1 for the state that the service is in, 0 for all others.");
    for (const ServiceStatus& service : services) {
        for (const auto& [state, name] : enum_table<ServiceState>)
            metrics.sample({{"project", snapshot.project}, {"service", service.name.value}, {"state", name}},
                           as_metric(service.state == state));
    }
    metrics.family("service_replicas_wanted", Type::gauge, "Containers that the settings ask for.");
    each([](const ServiceStatus& service) { return service.desired_replicas; });
    metrics.family("service_replicas_running", Type::gauge, "Containers that run.");
    each([](const ServiceStatus& service) { return service.running; });
    const auto& restarts = snapshot.counters->restarts;
    metrics.family("restarts", Type::counter,
                   "Restarts of the service's containers by the engine's restart policy.");
    each([&](const ServiceStatus& service) {
        const auto found = restarts.find(service.name);
        return found == restarts.end() ? 0 : found->second;
    });
}

void write_work(MetricsWriter& metrics, const Counters& counters) {
    metrics.family("drift", Type::counter,
                   "Fields that were as the settings ask, and then were something else.");
    for (const auto& [drift, count] : counters.drift)
        metrics.sample({{"kind", drift.first}, {"field", drift.second}}, as_metric(count));
    metrics.family("actions", Type::counter, "Steps that have ended.");
    for (const auto& [action, count] : counters.actions)
        metrics.sample({{"verb", action.first}, {"result", action.second ? "done" : "failed"}},
                       as_metric(count));
    metrics.family("image_pull_bytes", Type::counter, "Bytes of images that pulls have downloaded.");
    metrics.sample(as_metric(counters.pulled_bytes));
}

void write_engine(MetricsWriter& metrics, const MetricsSnapshot& snapshot) {
    metrics.family("engine_up", Type::gauge, "Whether the engine answers.");
    metrics.sample(as_metric(snapshot.status.engine.state == EngineState::running));
    metrics.family("engine_call_duration_seconds", Type::histogram,
                   "Durations of calls to the engine; of a stream, until it began.");
    for (const auto& [call, durations] : snapshot.counters->engine_calls)
        metrics.histogram({{"call", call}}, durations);
    if (!snapshot.engine_certificate_expires) return;
    metrics.family("certificate_expiry_timestamp_seconds", Type::gauge,
                   "When the certificate, or one of its issuers, expires, in seconds since 1970.");
    metrics.sample({{"certificate", "engine"}},
                   as_metric(snapshot.engine_certificate_expires->time_since_epoch()));
}

}  // namespace

std::string metrics_text(const MetricsSnapshot& snapshot, MetricsFormat format) {
    MetricsWriter metrics(format);
    write_daemon(metrics, snapshot);
    write_services(metrics, snapshot);
    write_work(metrics, *snapshot.counters);
    write_engine(metrics, snapshot);
    return metrics.take();
}

std::string health_json(const Status& status) {
    JsonWriter json;
    json.begin_object();
    json.text("ApplicationHealthState", status.state == OverallState::converged ? "Healthy" : "Unhealthy");
    json.end_object();
    return json.take();
}

}  // namespace dockerext::report
