// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <csetjmp>
#include <cstring>

#include "data/picture_codecs.h"

namespace shiftwise::data {
namespace {

/// Everything that must outlive a longjmp.
struct Session {
  std::span<const std::byte> rest;
  bool size_only;
  Picture& picture;
  std::vector<png_bytep> rows{};
  std::string refusal{};
  char failure[160] = "";
  std::jmp_buf escape{};
  png_structp png = nullptr;
  png_infop info = nullptr;
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* session = static_cast<Session*>(png_get_error_ptr(png));
  std::strncpy(session->failure, message, sizeof session->failure - 1);
  std::longjmp(session->escape, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep target, std::size_t count) {
  auto* session = static_cast<Session*>(png_get_io_ptr(png));
  if (count > session->rest.size()) png_error(png, "the file ends too early");
  std::memcpy(target, session->rest.data(), count);
  session->rest = session->rest.subspan(count);
}

/// Reads the header and, if asked, the pixels as RGB, eight bits each. Owns nothing.
void read(Session& session) {
  constexpr int kLargestSide = 1 << 16;
  constexpr std::size_t kLargestChunk = std::size_t{8} << 20;  // of text, profiles: not pixels
  png_structp png = session.png;
  Picture& picture = session.picture;
  png_set_user_limits(png, kLargestSide, kLargestSide);
  png_set_chunk_malloc_max(png, kLargestChunk);
  png_set_read_fn(png, &session, on_read);
  png_read_info(png, session.info);
  picture.width = static_cast<int>(png_get_image_width(png, session.info));
  picture.height = static_cast<int>(png_get_image_height(png, session.info));
  session.refusal = refuse_size(picture.width, picture.height);
  if (session.size_only || !session.refusal.empty()) return;

  png_set_expand(png);
  png_set_scale_16(png);
  png_set_strip_alpha(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, session.info);
  const std::size_t stride = std::size_t{3} * static_cast<std::size_t>(picture.width);
  if (png_get_rowbytes(png, session.info) != stride) png_error(png, "unknown colour type");
  picture.rgb.resize(stride * static_cast<std::size_t>(picture.height));
  session.rows.resize(static_cast<std::size_t>(picture.height));
  for (std::size_t y = 0; y < session.rows.size(); ++y) {
    session.rows[y] = picture.rgb.data() + y * stride;
  }
  png_read_image(png, session.rows.data());
  png_read_end(png, nullptr);
}

/// The frame that libpng jumps back to.
void run(Session& session) {
  if (setjmp(session.escape) != 0) return;  // NOLINT(cert-err52-cpp): libpng's only error path
  session.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning);
  if (session.png != nullptr) session.info = png_create_info_struct(session.png);
  if (session.info != nullptr) read(session);
}

}  // namespace

std::string decode_png(std::span<const std::byte> bytes, bool size_only, Picture& picture) {
  Session session{.rest = bytes, .size_only = size_only, .picture = picture};
  run(session);
  const bool set_up = session.info != nullptr;
  png_destroy_read_struct(&session.png, &session.info, nullptr);
  if (!session.refusal.empty()) return session.refusal;
  if (session.failure[0] != '\0') return session.failure;
  return set_up ? "" : "libpng cannot be set up";
}

}  // namespace shiftwise::data
