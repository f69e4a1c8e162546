// SPDX-License-Identifier: Apache-2.0
#include <cstdio>  // jpeglib.h needs FILE
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <csetjmp>

#include "data/picture_codecs.h"

namespace shiftwise::data {
namespace {

/// A progressive file may hold any number of passes over all pixels; real ones have ten.
constexpr int kMostScans = 100;

/// Everything that must outlive a longjmp.
struct Session {
  std::span<const std::byte> bytes;
  bool size_only;
  Picture& picture;
  std::string refusal{};
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf escape{};
  char failure[JMSG_LENGTH_MAX] = "";
};

Session& session_of(j_common_ptr jpeg) { return *static_cast<Session*>(jpeg->client_data); }

[[noreturn]] void on_error(j_common_ptr jpeg) {
  Session& session = session_of(jpeg);
  jpeg->err->format_message(jpeg, session.failure);
  std::longjmp(session.escape, 1);
}

/// libjpeg goes on after damage and paints the rest gray; a data set wants to know.
void on_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
      on_error(jpeg);
    default:
      break;
  }
}

void on_progress(j_common_ptr jpeg) {
  if (session_of(jpeg).jpeg.input_scan_number <= kMostScans) return;
  std::snprintf(session_of(jpeg).failure, JMSG_LENGTH_MAX, "more than %d scans", kMostScans);
  std::longjmp(session_of(jpeg).escape, 1);
}

/// Reads the header and, if asked, the pixels as RGB. Owns nothing.
void read(Session& session) {
  jpeg_decompress_struct& jpeg = session.jpeg;
  Picture& picture = session.picture;
  jpeg_create_decompress(&jpeg);
  session.progress.progress_monitor = on_progress;
  jpeg.progress = &session.progress;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(session.bytes.data()),
               static_cast<unsigned long>(session.bytes.size()));
  jpeg_read_header(&jpeg, TRUE);
  picture.width = static_cast<int>(jpeg.image_width);
  picture.height = static_cast<int>(jpeg.image_height);
  session.refusal = refuse_size(picture.width, picture.height);
  if (session.size_only || !session.refusal.empty()) return;

  jpeg.out_color_space = JCS_RGB;
  jpeg_start_decompress(&jpeg);
  const std::size_t stride = std::size_t{3} * static_cast<std::size_t>(picture.width);
  picture.rgb.resize(stride * static_cast<std::size_t>(picture.height));
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = picture.rgb.data() + jpeg.output_scanline * stride;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
}

/// The frame that libjpeg jumps back to.
void run(Session& session) {
  if (setjmp(session.escape) == 0) read(session);  // NOLINT(cert-err52-cpp): its only error path
}

}  // namespace

std::string decode_jpeg(std::span<const std::byte> bytes, bool size_only, Picture& picture) {
  Session session{.bytes = bytes, .size_only = size_only, .picture = picture};
  session.jpeg.err = jpeg_std_error(&session.errors);
  session.errors.error_exit = on_error;
  session.errors.emit_message = on_message;
  session.jpeg.client_data = &session;
  run(session);
  jpeg_destroy_decompress(&session.jpeg);
  return session.refusal.empty() ? session.failure : session.refusal;
}

}  // namespace shiftwise::data
