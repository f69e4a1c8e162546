// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "backend/backend.h"
#include "core/diagnostic.h"

namespace shiftwise::backend {
namespace {

Registry two_backends() {
  Registry registry;
  registry.add(reference_backend());
  Backend other = reference_backend();
  other.name = "cpu";
  registry.add(other);
  return registry;
}

core::Diagnostic refusal(const std::string& name) {
  try {
    (void)two_backends().find(name);
  } catch (const core::Error& error) {
    return error.diagnostic();
  }
  ADD_FAILURE() << "'" << name << "' was found";
  return {};
}

TEST(Registry, FindsABackendByItsName) {
  const Registry registry = two_backends();
  EXPECT_EQ(registry.find("reference").name, "reference");
  EXPECT_EQ(registry.find("cpu").name, "cpu");
  EXPECT_EQ(registry.all().size(), 2U);
}

TEST(Registry, RefusesAnUnknownNameListingTheBackends) {
  const core::Diagnostic diagnostic = refusal("fpga-board");
  EXPECT_EQ(diagnostic.fault, core::Fault::kUsage);
  EXPECT_EQ(diagnostic.what, "there is no backend 'fpga-board'");
  EXPECT_EQ(diagnostic.hint, "names are reference, cpu");
}

TEST(Registry, SuggestsTheNameThatWasMeant) {
  EXPECT_EQ(refusal("referense").hint, "did you mean 'reference'?");
  EXPECT_EQ(refusal("gpu").hint, "did you mean 'cpu'?");
}

TEST(Registry, RefusesTheSameNameTwice) {
  Registry registry = two_backends();
  EXPECT_THROW(registry.add(reference_backend()), core::Error);
}

}  // namespace
}  // namespace shiftwise::backend
