// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <algorithm>
#include <utility>

#include "core/diagnostic.h"
#include "core/plain_text.h"

namespace shiftwise::report {
namespace {

using Json = nlohmann::ordered_json;

/// Characters on the screen of UTF-8 text: every byte but the continuations.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

std::string padded(const std::string& text, std::size_t columns, Column::Align align) {
  const std::string spaces(columns - std::min(columns, width(text)), ' ');
  return align == Column::Align::kRight ? spaces + text : text + spaces;
}

void trim_end(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

}  // namespace

void Report::fact(std::string key, std::string label, Value value) {
  items_.emplace_back(Fact{std::move(key), std::move(label), std::move(value)});
}

void Report::data(std::string key, Json json) {
  items_.emplace_back(Fact{std::move(key), {}, {std::move(json), {}}});
}

void Report::table(std::string key, std::string title, std::vector<Column> columns,
                   std::vector<Row> rows) {
  for (const Row& row : rows) {
    core::expects(row.size() == columns.size(), "a table's row has a value per column", key);
  }
  items_.emplace_back(Table{std::move(key), std::move(title), std::move(columns), std::move(rows)});
}

void Report::note(std::string sentence) { items_.emplace_back(Remark{false, std::move(sentence)}); }

void Report::warning(std::string sentence) {
  items_.emplace_back(Remark{true, std::move(sentence)});
}

std::string Report::table_text(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    widths.push_back(width(table.columns[c].title));
    for (const Row& row : table.rows) widths[c] = std::max(widths[c], width(row[c].text));
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].title.empty()) continue;
      if (!text.empty()) text += "  ";
      text += padded(cell(c), widths[c], table.columns[c].align);
    }
    trim_end(text);
    return text + "\n";
  };
  std::string text = table.title.empty() ? "" : table.title + "\n";
  text += line([&](std::size_t c) { return table.columns[c].title; });
  for (const Row& row : table.rows) text += line([&](std::size_t c) { return row[c].text; });
  return text;
}

std::size_t Report::label_width(std::size_t first) const {
  std::size_t widest = 0;
  for (std::size_t i = first; i < items_.size(); ++i) {
    const auto* fact = std::get_if<Fact>(&items_[i]);
    if (fact == nullptr) break;
    widest = std::max(widest, width(fact->label));
  }
  return widest;
}

std::string Report::to_text() const {
  std::string text;
  enum class Block { kNone, kFacts, kTable, kRemarks } block = Block::kNone;
  std::size_t labels = 0;
  const auto enter = [&](Block next) {
    const bool same = block == next && next != Block::kTable;
    if (!same && block != Block::kNone) text += "\n";
    block = next;
    return !same;
  };
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (const auto* fact = std::get_if<Fact>(&items_[i])) {
      if (fact->label.empty()) continue;
      if (enter(Block::kFacts)) labels = label_width(i);
      text += padded(fact->label, labels, Column::Align::kLeft) + "  " + fact->value.text + "\n";
    } else if (const auto* table = std::get_if<Table>(&items_[i])) {
      if (table->rows.empty()) continue;
      enter(Block::kTable);
      text += table_text(*table);
    } else {
      const auto& remark = std::get<Remark>(items_[i]);
      enter(Block::kRemarks);
      text += (remark.is_warning ? "warning: " : "note: ") + remark.sentence + "\n";
    }
  }
  return core::plain_text(text);
}

Json Report::to_json() const {
  Json json = Json::object();
  Json notes = Json::array();
  Json warnings = Json::array();
  for (const Item& item : items_) {
    if (const auto* fact = std::get_if<Fact>(&item)) {
      json[fact->key] = fact->value.json;
    } else if (const auto* table = std::get_if<Table>(&item)) {
      Json rows = Json::array();
      for (const Row& row : table->rows) {
        Json object = Json::object();
        for (std::size_t c = 0; c < row.size(); ++c) object[table->columns[c].key] = row[c].json;
        rows.push_back(std::move(object));
      }
      json[table->key] = std::move(rows);
    } else {
      const auto& remark = std::get<Remark>(item);
      (remark.is_warning ? warnings : notes).push_back(remark.sentence);
    }
  }
  json["notes"] = std::move(notes);
  json["warnings"] = std::move(warnings);
  return json;
}

}  // namespace shiftwise::report
