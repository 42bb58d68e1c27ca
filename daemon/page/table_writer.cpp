#include "page/table_writer.hpp"

#include <utility>

namespace dockerext::page {

TableWriter::TableWriter(HtmlWriter& html, std::string_view caption, std::vector<Column> columns)
    : html_(html), columns_(std::move(columns)) {
    html_.begin("table");
    html_.element("caption", caption);
    html_.begin("colgroup");
    for (const Column& column : columns_)
        html_.lone("col", {{"style", "width: " + std::to_string(column.width) + "%"}});
    html_.end();
    html_.begin("thead");
    html_.begin("tr");
    for (const Column& column : columns_) html_.element("th", column.heading, {{"scope", "col"}});
    html_.end();
    html_.end();
    html_.begin("tbody");
}

void TableWriter::begin_row() {
    next_ = 0;
    html_.begin("tr");
}

void TableWriter::begin_cell() { html_.begin("td", {{"data-label", columns_.at(next_++).heading}}); }

void TableWriter::cell(std::string_view text) {
    begin_cell();
    html_.text(text);
    end_cell();
}

}  // namespace dockerext::page
