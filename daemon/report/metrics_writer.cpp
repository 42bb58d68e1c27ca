#include "report/metrics_writer.hpp"

#include "base/utf8.hpp"

#include <array>
#include <charconv>

namespace dockerext::report {
namespace {

using Type = MetricsWriter::Type;

constexpr std::string_view prefix = "dockerextd_";
constexpr std::string_view openmetrics_type = "application/openmetrics-text";

/// In OpenMetrics, the family's name does not have it.
std::string_view suffix_of(Type type) {
    switch (type) {
    case Type::counter: return "_total";
    case Type::info: return "_info";
    default: return "";
    }
}

/// The older format does not know "info".
std::string_view type_name(Type type, MetricsFormat format) {
    switch (type) {
    case Type::counter: return "counter";
    case Type::histogram: return "histogram";
    case Type::info: return format == MetricsFormat::openmetrics ? "info" : "gauge";
    case Type::gauge: break;
    }
    return "gauge";
}

std::string_view unit_of(std::string_view name) {
    for (const std::string_view unit : {"seconds", "bytes"})
        if (name.ends_with(unit)) return unit;
    return "";
}

/// The shortest text that means this number; whole numbers get `fraction` appended.
std::string number_text(double value, std::string_view fraction) {
    std::array<char, 400> space{};  // the largest number has 309 digits
    const auto end =
        std::to_chars(space.data(), space.data() + space.size(), value, std::chars_format::fixed).ptr;
    std::string text(space.data(), end);
    if (text.find('.') == std::string::npos) text += fraction;
    return text;
}

std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : valid_utf8(value)) {
        if (c == '\n') {
            text += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') text += '\\';
        text += c;
    }
    return text;
}

void append_label(std::string& text, const MetricsWriter::Label& label) {
    text += text.ends_with('{') ? "" : ",";
    text.append(label.first).append("=\"").append(escaped(label.second)).append("\"");
}

}  // namespace

MetricsFormat metrics_format(std::string_view accept) {
    return accept.find(openmetrics_type) != std::string_view::npos ? MetricsFormat::openmetrics
                                                                   : MetricsFormat::prometheus_text;
}

std::string content_type(MetricsFormat format) {
    return format == MetricsFormat::openmetrics
               ? std::string(openmetrics_type) + "; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

void MetricsWriter::family(std::string_view name, Type type, std::string_view help) {
    name_ = std::string(prefix).append(name);
    type_ = type;
    comment("HELP", help);
    comment("TYPE", type_name(type, format_));
    const std::string_view unit = unit_of(name);
    if (format_ == MetricsFormat::openmetrics && !unit.empty()) comment("UNIT", unit);
}

void MetricsWriter::comment(std::string_view keyword, std::string_view text) {
    text_.append("# ").append(keyword).append(" ").append(name_);
    if (format_ == MetricsFormat::prometheus_text) text_ += suffix_of(type_);
    text_.append(" ").append(text).append("\n");
}

void MetricsWriter::line(std::string_view suffix, Labels labels, Label last, double value) {
    text_.append(name_).append(suffix);
    if (labels.size() != 0 || !last.first.empty()) {
        std::string all = "{";
        for (const Label& label : labels) append_label(all, label);
        if (!last.first.empty()) append_label(all, last);
        text_.append(all).append("}");
    }
    text_.append(" ").append(number_text(value, "")).append("\n");
}

void MetricsWriter::sample(Labels labels, double value) { line(suffix_of(type_), labels, {}, value); }

void MetricsWriter::histogram(Labels labels, const Histogram& values) {
    for (std::size_t i = 0; i < Histogram::bounds.size(); ++i) {
        const std::string bound = number_text(Histogram::bounds.at(i), ".0");
        line("_bucket", labels, {"le", bound}, static_cast<double>(values.up_to(i)));
    }
    const auto count = static_cast<double>(values.count());
    line("_bucket", labels, {"le", "+Inf"}, count);
    line("_sum", labels, {}, values.sum().count());
    line("_count", labels, {}, count);
}

std::string MetricsWriter::take() {
    if (format_ == MetricsFormat::openmetrics) text_ += "# EOF\n";
    text_.shrink_to_fit();  // the server keeps it
    return std::move(text_);
}

}  // namespace dockerext::report
