#pragma once

#include "page/html_writer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::page {

/// Writes a table row by row. Each cell knows its heading, because on a phone a row becomes a list.
class TableWriter {
public:
    struct Column {
        std::string heading;
        unsigned width;  ///< in percent of the table; texts of any length leave it as it is
    };
    TableWriter(HtmlWriter& html, std::string_view caption, std::vector<Column> columns);
    ~TableWriter() { html_.end(), html_.end(); }
    TableWriter(const TableWriter&) = delete;
    TableWriter& operator=(const TableWriter&) = delete;

    void begin_row();
    void end_row() { html_.end(); }
    void begin_cell();
    void end_cell() { html_.end(); }
    void cell(std::string_view text);

private:
    HtmlWriter& html_;
    std::vector<Column> columns_;
    std::size_t next_ = 0;  ///< cell of the row
};

}  // namespace dockerext::page
