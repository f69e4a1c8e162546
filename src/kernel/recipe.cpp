// SPDX-License-Identifier: Apache-2.0
#include "kernel/recipe.h"

#include <fmt/format.h>

#include "core/file.h"
#include "core/hash.h"
#include "kernel/elf.h"

namespace shiftwise::kernel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSection = ".shiftwise.recipe";
/// The fields: lines of one letter and a text, each ended by a zero byte.
constexpr std::string_view kVersion = "shiftwise-recipe-1";

bool may_be_repeated(std::string_view option) {
  return option.size() > 2 && (option.starts_with("-I") || option.starts_with("-D"));
}

std::string absolute_folder(const std::string& option) {
  if (!option.starts_with("-I")) return option;
  return "-I" + fs::absolute(option.substr(2)).lexically_normal().string();
}

}  // namespace

Recipe recipe_of(const fs::path& source, const BuildOptions& options) {
  Recipe recipe{.source = fs::absolute(source).lexically_normal(),
                .sha256 = core::hash_file(core::HashKind::kSha256, source),
                .options = {},
                .left_out = {},
                .check_accesses = options.check_accesses};
  for (const std::string& define : options.defines) recipe.options.push_back("-D" + define);
  for (const fs::path& folder : options.include_folders) {
    recipe.options.push_back(absolute_folder("-I" + folder.string()));
  }
  for (std::size_t i = 0; i < options.arguments.size(); ++i) {
    std::string option = options.arguments[i];
    // "-I FOLDER" is one option.
    if ((option == "-I" || option == "-D") && i + 1 < options.arguments.size()) {
      option += options.arguments[++i];
    }
    if (may_be_repeated(option)) {
      recipe.options.push_back(absolute_folder(option));
    } else {
      recipe.left_out.push_back(option);
    }
  }
  return recipe;
}

std::string recipe_text(const Recipe& recipe) {
  std::string fields(kVersion);
  const auto add = [&](char kind, const std::string& text) {
    fields += '\0';
    fields += kind;
    fields += text;
  };
  add('s', recipe.source.string());
  add('h', recipe.sha256);
  for (const std::string& option : recipe.options) add('o', option);
  for (const std::string& option : recipe.left_out) add('x', option);
  if (recipe.check_accesses) add('c', "");
  std::string bytes;
  for (const char c : fields) bytes += fmt::format("{},", static_cast<unsigned char>(c));
  return fmt::format(
      "__attribute__((section(\"{}\"), used)) static const unsigned char shiftwise_recipe[] = "
      "{{{}}};\n",
      kSection, bytes);
}

std::optional<Recipe> read_recipe(const fs::path& library) {
  const core::MappedFile mapped(library);
  const auto bytes = find_section(mapped.bytes(), kSection, library.string());
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!rest.starts_with(kVersion)) return std::nullopt;
  rest.remove_prefix(kVersion.size());
  Recipe recipe;
  while (rest.size() > 1) {
    const std::string field(rest.substr(1, rest.find('\0', 1) - 1));
    rest.remove_prefix(field.size() + 1);
    if (field.empty()) return std::nullopt;
    const std::string text = field.substr(1);
    if (field[0] == 's') recipe.source = text;
    if (field[0] == 'h') recipe.sha256 = text;
    if (field[0] == 'c') recipe.check_accesses = true;
    if (field[0] == 'x') recipe.left_out.push_back(text);
    if (field[0] == 'o') (may_be_repeated(text) ? recipe.options : recipe.left_out).push_back(text);
  }
  if (!recipe.source.is_absolute()) return std::nullopt;
  return recipe;
}

}  // namespace shiftwise::kernel
