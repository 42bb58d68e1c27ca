#include "apply/bodies.hpp"
#include "apply/body_writer.hpp"
#include "engine/url_encoding.hpp"
#include "model/labels.hpp"

namespace dockerext::apply {
namespace {

class Query {
public:
    void add(std::string_view name, std::string_view value) {
        text_ += (text_.empty() ? "" : "&") + std::string(name) + "=" + engine::url_encoded(value);
    }
    void add_if_set(std::string_view name, std::string_view value) {
        if (!value.empty()) add(name, value);
    }
    void add_if(std::string_view name, bool flag) {
        if (flag) add(name, "1");
    }
    std::string text() && { return std::move(text_); }

private:
    std::string text_;
};

template <typename Value>
std::string json(const Value& value) {
    BodyWriter writer;
    writer.put(value);
    return writer.text();
}

std::string json(const std::map<std::string, model::Ulimit>& limits) {
    BodyWriter writer;
    writer.array([&] {
        for (const auto& [name, limit] : limits) {
            writer.object([&, &name = name, &limit = limit] {
                writer.member("Name", name);
                writer.member("Soft", limit.soft);
                writer.member("Hard", limit.hard);
            });
        }
    });
    return writer.text();
}

}  // namespace

std::string build_query(const model::BuildImage& operation, const std::string& dockerfile) {
    const model::Build& build = operation.build;
    Query query;
    query.add("t", operation.image.value);
    for (const std::string& tag : build.tags) query.add("t", tag);
    query.add_if_set("dockerfile", dockerfile);
    query.add_if_set("remote", build.remote);
    query.add("rm", "1");
    query.add("forcerm", "1");  // otherwise the container of a failed step would stay
    query.add_if("nocache", build.no_cache);
    query.add_if("pull", build.pull);
    if (!build.arguments.empty()) query.add("buildargs", json(build.arguments));
    auto labels = build.labels;
    labels.insert_or_assign(std::string(model::labels::image_builder), "classic");
    query.add("labels", json(labels));
    if (!build.cache_from.empty()) query.add("cachefrom", json(build.cache_from));
    for (const std::string& host : build.extra_hosts) query.add("extrahosts", host);
    query.add_if_set("target", build.target);
    query.add_if_set("networkmode", build.network);
    query.add_if_set("isolation", build.isolation);
    query.add_if_set("platform", build.platform);
    if (build.shm_size.count != 0) query.add("shmsize", std::to_string(build.shm_size.count));
    if (!build.ulimits.empty()) query.add("ulimits", json(build.ulimits));
    return std::move(query).text();
}

}  // namespace dockerext::apply
