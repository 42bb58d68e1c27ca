#pragma once

#include "page/html_writer.hpp"

namespace dockerext::page {

/// Light and dark, for screens down to those of phones, and for paper.
Literal stylesheet() noexcept;

}  // namespace dockerext::page
