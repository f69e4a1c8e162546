// SPDX-License-Identifier: Apache-2.0
// The dialect `aiex`.
include "Tasks.td"
include "Npu.td"
