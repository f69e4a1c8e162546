// SPDX-License-Identifier: Apache-2.0
// What a person is told when something cannot be done.
#pragma once

#include <exception>
#include <string>

namespace shiftwise::core {

/// Whose fault it is; the number is the exit code of the command line.
enum class Fault {
  kUsage = 1,  ///< the call: an unknown option, an impossible combination
  kData = 2,   ///< the input: a file, a model, an image, a full disk
  kCheck = 3,  ///< a check found a difference
};

/// Four short answers. `what` is always there; the others are left empty where they would
/// only repeat it.
struct Diagnostic {
  Fault fault = Fault::kData;
  std::string what = {};   ///< what could not be done
  std::string where = {};  ///< file, tensor, layer, byte offset
  std::string why = {};    ///< the reason, with the numbers that disagree
  std::string hint = {};   ///< what to try

  /// The message as a person reads it, without a trailing newline and control characters
  /// (plain_text.h); of an endless answer, the beginning.
  std::string text() const;
};

/// The one exception that the rooms throw on purpose. Only the command line catches it to
/// print it; libraries never print.
class Error : public std::exception {
 public:
  explicit Error(Diagnostic diagnostic);
  const char* what() const noexcept override { return text_.c_str(); }
  const Diagnostic& diagnostic() const { return diagnostic_; }

 private:
  Diagnostic diagnostic_;
  std::string text_;
};

/// The same error, said to be about the file `where`, unless it names it already.
Error located_in(const std::string& where, const Error& error);

/// A promise between our own rooms. `condition` false is a bug of ours, not of the input;
/// it throws Error with both the broken promise and `detail`.
void expects(bool condition, const char* promise, const std::string& detail = {});

}  // namespace shiftwise::core
