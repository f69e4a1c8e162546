// SPDX-License-Identifier: Apache-2.0
// Where published kernels that lie deeper look for it.
#pragma once

#include "../aie_kernel_utils.h"
