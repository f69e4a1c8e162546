// SPDX-License-Identifier: Apache-2.0
// The dialect `aie`.
include "Structure.td"
include "Memory.td"
include "Dma.td"
include "ObjectFifo.td"
include "Stream.td"
include "Sequence.td"
