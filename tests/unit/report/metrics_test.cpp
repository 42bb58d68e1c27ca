#include "report/metrics.hpp"

#include "support/noon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::report {
namespace {

using namespace model;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

ServiceStatus service(std::string name, ServiceState state, unsigned wanted, unsigned running) {
    ServiceStatus service;
    service.name = {std::move(name)};
    service.state = state;
    service.desired_replicas = wanted;
    service.running = running;
    return service;
}

struct MetricsTest : testing::Test {
    Counters counters;
    MetricsSnapshot snapshot;

    MetricsTest() {
        counters.drift = {{{"container", "state"}, 2}};
        counters.actions = {{{"start", true}, 3}, {{"pull image", false}, 1}};
        counters.restarts[{"web"}] = 4;
        counters.cycles.add(4ms);
        counters.cycles.add(70s);
        counters.engine_calls["container_list"].add(1ms);
        counters.last_cycle = test::noon + 500ms;
        counters.pulled_bytes = 5'000'000'000;
        snapshot.counters = &counters;
        snapshot.version = "1.2.3";
        snapshot.project = "shop";
        snapshot.status.state = OverallState::converged;
        snapshot.status.settings = {7, SettingsSource::by_operator, SettingsState::accepted, {}};
        snapshot.status.engine.state = EngineState::running;
        snapshot.status.services = {service("web", ServiceState::running, 2, 2)};
        snapshot.engine_certificate_expires = std::chrono::sys_seconds(1'800'000'000s);
        snapshot.loop_lag = 1ms;
    }
    std::string text(MetricsFormat format = MetricsFormat::openmetrics) const {
        return metrics_text(snapshot, format);
    }
};

constexpr std::string_view golden = R"(# HELP dockerextd_build Version of dockerextd.
# TYPE dockerextd_build info
dockerextd_build_info{version="1.2.3"} 1
# HELP dockerextd_converged Whether everything is as the settings ask.
# TYPE dockerextd_converged gauge
dockerextd_converged 1
# HELP dockerextd_paused Whether an operator has paused the daemon.
# TYPE dockerextd_paused gauge
dockerextd_paused 0
# HELP dockerextd_settings_sequence Number of the newest settings, accepted or not; -1 if there are none.
# TYPE dockerextd_settings_sequence gauge
dockerextd_settings_sequence 7
# HELP dockerextd_settings_last_load_successful Whether the newest settings were accepted.
# TYPE dockerextd_settings_last_load_successful gauge
dockerextd_settings_last_load_successful 1
# HELP dockerextd_loop_lag_seconds How late the reconcile loop is, or was when it last ran.
# TYPE dockerextd_loop_lag_seconds gauge
# UNIT dockerextd_loop_lag_seconds seconds
dockerextd_loop_lag_seconds 0.001
# HELP dockerextd_last_cycle_timestamp_seconds When the last cycle of the reconcile loop ended, in seconds since 1970.
# TYPE dockerextd_last_cycle_timestamp_seconds gauge
# UNIT dockerextd_last_cycle_timestamp_seconds seconds
dockerextd_last_cycle_timestamp_seconds 1706702400.5
# HELP dockerextd_reconcile_duration_seconds Durations of the reconcile loop's cycles.
# TYPE dockerextd_reconcile_duration_seconds histogram
# UNIT dockerextd_reconcile_duration_seconds seconds
dockerextd_reconcile_duration_seconds_bucket{le="0.001"} 0
dockerextd_reconcile_duration_seconds_bucket{le="0.0025"} 0
dockerextd_reconcile_duration_seconds_bucket{le="0.005"} 1
dockerextd_reconcile_duration_seconds_bucket{le="0.01"} 1
dockerextd_reconcile_duration_seconds_bucket{le="0.025"} 1
dockerextd_reconcile_duration_seconds_bucket{le="0.05"} 1
dockerextd_reconcile_duration_seconds_bucket{le="0.1"} 1
dockerextd_reconcile_duration_seconds_bucket{le="0.25"} 1
dockerextd_reconcile_duration_seconds_bucket{le="0.5"} 1
dockerextd_reconcile_duration_seconds_bucket{le="1.0"} 1
dockerextd_reconcile_duration_seconds_bucket{le="2.5"} 1
dockerextd_reconcile_duration_seconds_bucket{le="5.0"} 1
dockerextd_reconcile_duration_seconds_bucket{le="10.0"} 1
dockerextd_reconcile_duration_seconds_bucket{le="30.0"} 1
dockerextd_reconcile_duration_seconds_bucket{le="60.0"} 1
dockerextd_reconcile_duration_seconds_bucket{le="+Inf"} 2
dockerextd_reconcile_duration_seconds_sum 70.004
dockerextd_reconcile_duration_seconds_count 2
# HELP dockerextd_service_state 1 for the state that the service is in, 0 for all others.
# TYPE dockerextd_service_state gauge
dockerextd_service_state{project="shop",service="web",state="running"} 1
dockerextd_service_state{project="shop",service="web",state="completed"} 0
dockerextd_service_state{project="shop",service="web",state="waiting"} 0
dockerextd_service_state{project="shop",service="web",state="pending"} 0
dockerextd_service_state{project="shop",service="web",state="restarting"} 0
dockerextd_service_state{project="shop",service="web",state="unhealthy"} 0
dockerextd_service_state{project="shop",service="web",state="failed"} 0
dockerextd_service_state{project="shop",service="web",state="drifted"} 0
dockerextd_service_state{project="shop",service="web",state="unknown"} 0
# HELP dockerextd_service_replicas_wanted Containers that the settings ask for.
# TYPE dockerextd_service_replicas_wanted gauge
dockerextd_service_replicas_wanted{project="shop",service="web"} 2
# HELP dockerextd_service_replicas_running Containers that run.
# TYPE dockerextd_service_replicas_running gauge
dockerextd_service_replicas_running{project="shop",service="web"} 2
# HELP dockerextd_restarts Restarts of the service's containers by the engine's restart policy.
# TYPE dockerextd_restarts counter
dockerextd_restarts_total{project="shop",service="web"} 4
# HELP dockerextd_drift Fields that were as the settings ask, and then were something else.
# TYPE dockerextd_drift counter
dockerextd_drift_total{kind="container",field="state"} 2
# HELP dockerextd_actions Steps that have ended.
# TYPE dockerextd_actions counter
dockerextd_actions_total{verb="pull image",result="failed"} 1
dockerextd_actions_total{verb="start",result="done"} 3
# HELP dockerextd_image_pull_bytes Bytes of images that pulls have downloaded.
# TYPE dockerextd_image_pull_bytes counter
# UNIT dockerextd_image_pull_bytes bytes
dockerextd_image_pull_bytes_total 5000000000
# HELP dockerextd_engine_up Whether the engine answers.
# TYPE dockerextd_engine_up gauge
dockerextd_engine_up 1
# HELP dockerextd_engine_call_duration_seconds Durations of calls to the engine; of a stream, until it began.
# TYPE dockerextd_engine_call_duration_seconds histogram
# UNIT dockerextd_engine_call_duration_seconds seconds
dockerextd_engine_call_duration_seconds_bucket{call="container_list",le="0.001"} 1
)";
constexpr std::string_view golden_end =
    R"(dockerextd_engine_call_duration_seconds_bucket{call="container_list",le="+Inf"} 1
dockerextd_engine_call_duration_seconds_sum{call="container_list"} 0.001
dockerextd_engine_call_duration_seconds_count{call="container_list"} 1
# HELP dockerextd_certificate_expiry_timestamp_seconds When the certificate, or one of its issuers, expires, in seconds since 1970.
# TYPE dockerextd_certificate_expiry_timestamp_seconds gauge
# UNIT dockerextd_certificate_expiry_timestamp_seconds seconds
dockerextd_certificate_expiry_timestamp_seconds{certificate="engine"} 1800000000
# EOF
)";

TEST_F(MetricsTest, AreOpenMetrics) {
    EXPECT_EQ(text().substr(0, golden.size()), golden);
    EXPECT_THAT(text(), testing::EndsWith(std::string(golden_end)));
}

TEST_F(MetricsTest, AreTheOlderFormatForThoseWhoKnowOnlyThat) {
    EXPECT_EQ(metrics_format("*/*"), MetricsFormat::prometheus_text);
    EXPECT_EQ(metrics_format("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"),
              MetricsFormat::openmetrics);
    const std::string old = text(MetricsFormat::prometheus_text);
    EXPECT_THAT(old, HasSubstr("# TYPE dockerextd_build_info gauge\n"));
    EXPECT_THAT(old, HasSubstr("# TYPE dockerextd_actions_total counter\n"));
    EXPECT_THAT(old, Not(HasSubstr("# UNIT")));
    EXPECT_THAT(old, Not(HasSubstr("# EOF")));
}

TEST_F(MetricsTest, DropTheSeriesOfServicesThatLeft) {
    snapshot.status.services = {service("db", ServiceState::failed, 1, 0)};
    EXPECT_THAT(text(),
                HasSubstr(R"(dockerextd_service_state{project="shop",service="db",state="failed"} 1)"));
    EXPECT_THAT(text(), HasSubstr(R"(dockerextd_restarts_total{project="shop",service="db"} 0)"));
    EXPECT_THAT(text(), Not(HasSubstr("web")));
}

TEST_F(MetricsTest, EscapeLabelValues) {
    snapshot.project = "a\"b\\c\nd\xff";
    EXPECT_THAT(text(), HasSubstr(R"({project="a\"b\\c\nd�",)"));
}

TEST_F(MetricsTest, ShowWhatIsWrong) {
    snapshot.status.state = OverallState::paused;
    snapshot.status.settings.state = SettingsState::rejected;
    snapshot.status.engine.state = EngineState::not_answering;
    for (const std::string line :
         {"converged 0", "paused 1", "settings_last_load_successful 0", "engine_up 0"})
        EXPECT_THAT(text(), HasSubstr("\ndockerextd_" + line + "\n"));
}

TEST_F(MetricsTest, HealthIsConvergence) {
    EXPECT_EQ(health_json(snapshot.status), R"({"ApplicationHealthState":"Healthy"})");
    snapshot.status.state = OverallState::converging;
    EXPECT_EQ(health_json(snapshot.status), R"({"ApplicationHealthState":"Unhealthy"})");
}

}  // namespace
}  // namespace dockerext::report
