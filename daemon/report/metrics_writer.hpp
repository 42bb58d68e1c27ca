#pragma once

#include "base/histogram.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace dockerext::report {

/// Both have the same samples: OpenMetrics 1.0, and the text format 0.0.4 of Prometheus.
enum class MetricsFormat { openmetrics, prometheus_text };

/// Prefers OpenMetrics if the header Accept of the request names it.
MetricsFormat metrics_format(std::string_view accept);
std::string content_type(MetricsFormat format);

/// Writes metric families, each whole before the next.
class MetricsWriter {
public:
    /// `label="value"`.
    using Label = std::pair<std::string_view, std::string_view>;
    using Labels = std::initializer_list<Label>;
    enum class Type { gauge, counter, histogram, info };

    explicit MetricsWriter(MetricsFormat format) : format_(format) {}

    /// Begins a family: `name` without prefix and without the suffix of its samples, such as "_total". Its
    /// unit is the name's last word, if that is "seconds" or "bytes".
    void family(std::string_view name, Type type, std::string_view help);
    /// A sample of a gauge, a counter or an info.
    void sample(Labels labels, double value);
    void sample(double value) { sample({}, value); }
    void histogram(Labels labels, const Histogram& values);

    /// The whole text. Call once, at the end.
    std::string take();

private:
    void comment(std::string_view keyword, std::string_view text);
    void line(std::string_view suffix, Labels labels, Label last, double value);

    MetricsFormat format_;
    std::string text_;
    std::string name_;  ///< of the family, with prefix
    Type type_ = Type::gauge;
};

}  // namespace dockerext::report
