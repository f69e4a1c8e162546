// SPDX-License-Identifier: Apache-2.0
// shiftwise completion: what a shell needs to complete our command lines.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "cli/verb.h"
#include "core/diagnostic.h"
#include "core/suggest.h"

namespace shiftwise::cli {
namespace {

struct Option {
  std::string name;  ///< without hyphens
  std::string description;
};

struct Words {
  std::string verb;
  std::string summary;
  std::vector<Option> options;
};

std::vector<Words> all_words() {
  std::vector<Words> result;
  for (const auto& verb : make_verbs()) {
    CLI::App app;
    CommonOptions common;
    declare_all(*verb, common, app);
    Words words{verb->name(), verb->summary(), {}};
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        words.options.push_back({name, option->get_description()});
      }
    }
    result.push_back(std::move(words));
  }
  return result;
}

std::string bash() {
  std::string verbs;
  std::string cases;
  for (const Words& words : all_words()) {
    verbs += words.verb + " ";
    std::string options;
    for (const Option& option : words.options) options += "--" + option.name + " ";
    cases += fmt::format("    {}) words='{}' ;;\n", words.verb, options);
  }
  return fmt::format(
      "# bash completion of shiftwise; in ~/.bashrc: eval \"$(shiftwise completion bash)\"\n"
      "_shiftwise() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} words=\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '{}--help --version' -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${{COMP_WORDS[1]}} in\n{}  esac\n"
      "  if [[ $current == -* ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$current\")); fi\n"
      "}}\n"
      "complete -o default -F _shiftwise shiftwise\n",
      verbs, cases);
}

std::string zsh() {
  return "#compdef shiftwise\n"
         "# in ~/.zshrc, after compinit: eval \"$(shiftwise completion zsh)\"\n"
         "autoload -Uz bashcompinit && bashcompinit\n" +
         bash();
}

std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return "'" + text + "'";
}

std::string fish() {
  std::string script = "# fish completion of shiftwise; shiftwise completion fish | source\n";
  for (const Words& words : all_words()) {
    script += fmt::format("complete -c shiftwise -n __fish_use_subcommand -a {} -d {}\n",
                          words.verb, quoted(words.summary));
    for (const Option& option : words.options) {
      script +=
          fmt::format("complete -c shiftwise -n '__fish_seen_subcommand_from {}' -l {} -d {}\n",
                      words.verb, option.name, quoted(option.description));
    }
  }
  return script;
}

class Completion : public Verb {
 public:
  std::string name() const override { return "completion"; }
  std::string summary() const override { return "Print a completion script for bash, zsh or fish"; }
  std::string examples() const override { return "  eval \"$(shiftwise completion bash)\"\n"; }
  void declare(CLI::App& app) override {
    app.add_option("shell", shell_, "bash, zsh or fish")->type_name("NAME")->required();
  }

  int run(Console&) override {
    if (shell_ == "bash") {
      write_output(bash());
    } else if (shell_ == "zsh") {
      write_output(zsh());
    } else if (shell_ == "fish") {
      write_output(fish());
    } else {
      const std::vector<std::string> known{"bash", "zsh", "fish"};
      throw core::Error({.fault = core::Fault::kUsage,
                         .what = fmt::format("there is no completion for '{}'", shell_),
                         .hint = core::suggest(shell_, known)});
    }
    return 0;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Verb> make_completion() { return std::make_unique<Completion>(); }

}  // namespace shiftwise::cli
