// SPDX-License-Identifier: Apache-2.0
// The one place that asks the libraries who they are.
#include "cli/libraries.h"

#include <archive.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <png.h>
#include <tbb/version.h>

#include <CLI/Version.hpp>
#include <cstdio>
#include <dnnl.hpp>
// jpeglib.h needs FILE, and so comes after <cstdio>.
#include <jpeglib.h>

#include <nlohmann/json.hpp>

namespace shiftwise::cli {

std::vector<Library> libraries() {
  const dnnl_version_t* dnnl = dnnl::version();
  return {
      {"oneDNN", fmt::format("{}.{}.{}", dnnl->major, dnnl->minor, dnnl->patch), "libdnnl-dev"},
      {"oneTBB", TBB_runtime_version(), "libtbb-dev"},
      {"libarchive", std::string(archive_version_string()).substr(sizeof("libarchive")),
       "libarchive-dev"},
      {"libcurl", curl_version_info(CURLVERSION_NOW)->version, "libcurl4-openssl-dev"},
      {"OpenSSL", OpenSSL_version(OPENSSL_VERSION), "libssl-dev"},
      {"libpng", png_get_libpng_ver(nullptr), "libpng-dev"},
      {"libjpeg", fmt::format("API {}", JPEG_LIB_VERSION), "libjpeg-dev"},
      {"fmt",
       fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100),
       "libfmt-dev"},
      {"nlohmann-json",
       fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                   NLOHMANN_JSON_VERSION_PATCH),
       "nlohmann-json3-dev"},
      {"CLI11", CLI11_VERSION, "libcli11-dev"},
  };
}

}  // namespace shiftwise::cli
