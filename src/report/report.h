// SPDX-License-Identifier: Apache-2.0
// What a verb has to say, once; rendered for a terminal or as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "report/value.h"

namespace shiftwise::report {

struct Column {
  enum class Align { kLeft, kRight };
  std::string key;    ///< in JSON
  std::string title;  ///< for people; empty: the column is in the JSON only
  Align align = Align::kRight;
};

using Row = std::vector<Value>;

/// Facts, tables and remarks in the order in which they are added. The JSON is one object:
/// a fact is a field, a table a list of objects, "notes" and "warnings" are lists of texts.
class Report {
 public:
  void fact(std::string key, std::string label, Value value);
  /// In the JSON only.
  void data(std::string key, nlohmann::ordered_json json);
  /// Every row has one value per column.
  void table(std::string key, std::string title, std::vector<Column> columns,
             std::vector<Row> rows);
  void note(std::string sentence);
  void warning(std::string sentence);

  /// Aligned text without control characters; ends with a newline.
  std::string to_text() const;
  nlohmann::ordered_json to_json() const;

 private:
  struct Fact {
    std::string key;
    std::string label;
    Value value;
  };
  struct Table {
    std::string key;
    std::string title;
    std::vector<Column> columns;
    std::vector<Row> rows;
  };
  struct Remark {
    bool is_warning = false;
    std::string sentence;
  };
  using Item = std::variant<Fact, Table, Remark>;

  static std::string table_text(const Table& table);
  std::size_t label_width(std::size_t first) const;

  std::vector<Item> items_;
};

}  // namespace shiftwise::report
