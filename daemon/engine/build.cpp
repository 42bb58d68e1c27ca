#include "engine/answer.hpp"
#include "engine/images.hpp"
#include "engine/json_lines.hpp"

namespace dockerext::engine {
namespace {

constexpr std::size_t kept_output = 1000;

/// The last output of the build, redacted first and then cut at the beginning of a line.
class Tail {
public:
    explicit Tail(const Redactor& redact) : redact_(redact), kept_(kept_output + redact.reach()) {}

    void take(std::string_view text) {
        output_ += text;
        if (output_.size() > 4 * kept_) output_.erase(0, output_.size() - kept_);
    }
    std::string text() const {
        const std::string all = redact_(output_);
        if (all.size() <= kept_output) return on_one_line(all);
        const std::string last = all.substr(all.size() - kept_output);
        return on_one_line(last.substr(last.find('\n') + 1));
    }

private:
    Redactor redact_;
    std::size_t kept_;
    std::string output_;
};

Error failure(const std::string& said, const Tail& tail) {
    const std::string output = tail.text();
    return {ErrorKind::unavailable, output.empty() ? said : said + "; its last output: " + output};
}

}  // namespace

Task<Result<>> build_image(Client& client, std::string ref, std::string query,
                           std::function<Task<Result<std::string>>()> context, std::optional<Secret> auth) {
    const std::string doing = "build " + ref;
    HttpRequest request{"POST", "/build?version=1&" + query, {}, {}, "application/x-tar", std::move(context)};
    if (auth) request.headers.emplace_back("X-Registry-Config", auth->reveal());
    auto stream = co_await client.open(std::move(request), limits::build_inactivity);
    if (!stream) co_return stream.error().within(doing);

    JsonLines lines(std::move(*stream), client.redact());
    Tail tail(client.redact());
    for (;;) {
        const auto line = co_await lines.next(limits::build_inactivity.time);
        if (!line) co_return line.error().within(doing);
        if (!*line) co_return Result<>{};
        const JsonCursor said = (*line)->root();
        if (const std::string error = failure_in(said); !error.empty())
            co_return failure(client.redact()(error), tail).within(doing);
        tail.take(string_in(said, "stream"));
    }
}

}  // namespace dockerext::engine
