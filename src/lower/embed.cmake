# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=... -DFOLDER=... -P embed.cmake: the kernels' sources as text in the program,
# so that a design can be handed over with them from anywhere.
set(text "// Made by src/lower/embed.cmake.\n#include \"lower/artifacts.h\"\n\n")
string(APPEND text "namespace shiftwise::lower {\n\nconst std::vector<KernelSource>& kernel_sources() {\n"
                   "  static const std::vector<KernelSource> sources = {\n")
file(GLOB sources "${FOLDER}/*.h" "${FOLDER}/*.cc")
foreach(source IN LISTS sources)
  get_filename_component(name "${source}" NAME)
  file(READ "${source}" content)
  string(APPEND text "      {\"${name}\", R\"sw_file(${content})sw_file\"},\n")
endforeach()
string(APPEND text "  };\n  return sources;\n}\n\n}  // namespace shiftwise::lower\n")
file(WRITE "${OUTPUT}" "${text}")
