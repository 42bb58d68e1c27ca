#include "engine/call_name.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

TEST(CallName, IsOneOfAFixedSet) {
    struct Row {
        std::string_view method, target, name;
    };
    const Row rows[] = {
        {"GET", "/version", "version"},
        {"GET", "/containers/json?all=1", "container_list"},
        {"POST", "/containers/create?name=web", "container_create"},
        {"POST", "/containers/4c01db0b339c/start", "container_start"},
        {"DELETE", "/containers/4c01db0b339c?force=1", "container_remove"},
        {"PUT", "/containers/4c01db0b339c/archive?path=%2F", "container_put_files"},
        {"GET", "/distribution/example.com/team/app:1/json", "image_digest"},
        {"DELETE", "/volumes/data", "volume_remove"},
        {"GET", "/networks", "network_list"},
        {"GET", "/nodes", "node_list"},
        {"POST", "/nodes/6mo3q4qwijkdcr1hqgtvy44ph/update?version=20", "node_update"},
        {"DELETE", "/nodes/6mo3q4qwijkdcr1hqgtvy44ph", "node_remove"},
        {"GET", "/services?status=true", "service_list"},
        {"POST", "/services/create", "service_create"},
        {"POST", "/services/k3x63tpkixvd6doojwkayndnm/update?version=20", "service_update"},
        {"DELETE", "/services/k3x63tpkixvd6doojwkayndnm", "service_remove"},
        {"GET", "/tasks?filters=%7B%7D", "task_list"},
        {"GET", "/configs", "config_list"},
        {"POST", "/configs/create", "config_create"},
        {"DELETE", "/configs/kcwfp229hpp9cnxxk50su7lsp", "config_remove"},
        {"GET", "/secrets", "secret_list"},
        {"POST", "/secrets/create", "secret_create"},
        {"DELETE", "/secrets/p3ji6z789mdsjgbzr53lqyq1f", "secret_remove"},
        {"GET", "/swarm", "swarm_inspect"},
        {"GET", "/swarm/unlockkey", "swarm_unlock_key"},
        {"POST", "/swarm/update?version=34&rotateWorkerToken=true", "swarm_update"},
        {"POST", "/swarm/ca", "other"},
        {"DELETE", "/volumes/create", "other"},
        {"PATCH", "/containers/json", "other"},
        {"GET", "/containers/4c01db0b339c/top", "other"},
        {"GET", "", "other"},
    };
    for (const Row& row : rows) EXPECT_EQ(call_name(row.method, row.target), row.name) << row.target;
}

}  // namespace
}  // namespace dockerext::engine
