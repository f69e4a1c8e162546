// SPDX-License-Identifier: Apache-2.0
// Loads, stores, and iterators over memory in vectors. Alignment does not matter here; on the
// array load_v and store_v need it.
#pragma once

#include <cstddef>
#include <iterator>

#include "accum.hpp"

namespace aie {

template <unsigned N, aie_dm_resource = aie_dm_resource::none, typename T>
__aie_inline vector<std::remove_cv_t<T>, N> load_v(const T* from) {
  vector<std::remove_cv_t<T>, N> out{detail::Unfilled{}};
  detail::copy_bytes<sizeof out>(&out, const_cast<const std::remove_cv_t<T>*>(from));
  return out;
}
template <aie_dm_resource Resource = aie_dm_resource::none, typename T>
__aie_inline auto load_v(const T* from) {
  return load_v<native_vector_length_v<T>, Resource>(from);
}
template <unsigned N, aie_dm_resource Resource = aie_dm_resource::none, typename T>
__aie_inline auto load_unaligned_v(const T* from, unsigned = 1) {
  return load_v<N, Resource>(from);
}
template <aie_dm_resource Resource = aie_dm_resource::none, typename T>
__aie_inline auto load_unaligned_v(const T* from, unsigned = 1) {
  return load_v<native_vector_length_v<T>, Resource>(from);
}
/// From the address rounded down to `n` elements, or to bytes.
template <unsigned N, aie_dm_resource Resource = aie_dm_resource::none, typename T>
__aie_inline auto load_floor_v(const T* from, unsigned n = N) {
  return load_v<N, Resource>(reinterpret_cast<const T*>(
      reinterpret_cast<uintptr_t>(from) & ~static_cast<uintptr_t>(n * sizeof(T) - 1)));
}
template <unsigned N, aie_dm_resource Resource = aie_dm_resource::none, typename T>
__aie_inline auto load_floor_bytes_v(const T* from, unsigned n) {
  return load_v<N, Resource>(reinterpret_cast<const T*>(reinterpret_cast<uintptr_t>(from) &
                                                        ~static_cast<uintptr_t>(n - 1)));
}

template <aie_dm_resource = aie_dm_resource::none, typename P, typename T, unsigned N>
  requires(std::is_same_v<std::remove_volatile_t<P>, T>)
__aie_inline P* store_v(P* to, const vector<T, N>& v) {
  detail::copy_bytes<sizeof v>(to, &v);
  return to;
}
/// Float accumulators are stored as what the memory holds.
template <aie_dm_resource = aie_dm_resource::none, typename P, unsigned N>
  requires detail::is_floating<P>
__aie_inline P* store_v(P* to, const accum<accfloat, N>& acc) {
  return store_v(to, acc.template to_vector<P>());
}
template <aie_dm_resource Resource = aie_dm_resource::none, typename P, typename T, unsigned N>
__aie_inline P* store_unaligned_v(P* to, const vector<T, N>& v, unsigned = 1) {
  return store_v<Resource>(to, v);
}

namespace detail {

/// Walks memory in steps of N elements; circular ones start again after `count` steps.
template <typename T, unsigned N>
class VectorIterator {
 public:
  using element = std::remove_cv_t<T>;
  using value_type = vector<element, N>;
  using difference_type = ptrdiff_t;
  using iterator_category = std::random_access_iterator_tag;
  using pointer = void;
  using reference =
      std::conditional_t<std::is_const_v<T>, vector<element, N>, vector_ref<element, N>>;

  VectorIterator() = default;
  __aie_inline explicit VectorIterator(T* at, size_t count = 0)
      : begin_(at), at_(at), count_(count) {}

  __aie_inline reference operator*() const { return (*this)[0]; }
  __aie_inline reference operator[](ptrdiff_t i) const {
    if constexpr (std::is_const_v<T>) {
      return load_v<N>(moved(i));
    } else {
      return vector_ref<element, N>(moved(i));
    }
  }
  __aie_inline VectorIterator& operator+=(ptrdiff_t n) {
    at_ = moved(n);
    return *this;
  }
  __aie_inline VectorIterator& operator-=(ptrdiff_t n) { return *this += -n; }
  __aie_inline VectorIterator& operator++() { return *this += 1; }
  __aie_inline VectorIterator& operator--() { return *this -= 1; }
  __aie_inline VectorIterator operator++(int) {
    const VectorIterator old = *this;
    ++*this;
    return old;
  }
  __aie_inline VectorIterator operator--(int) {
    const VectorIterator old = *this;
    --*this;
    return old;
  }
  __aie_inline friend VectorIterator operator+(VectorIterator i, ptrdiff_t n) { return i += n; }
  __aie_inline friend VectorIterator operator+(ptrdiff_t n, VectorIterator i) { return i += n; }
  __aie_inline friend VectorIterator operator-(VectorIterator i, ptrdiff_t n) { return i -= n; }
  __aie_inline friend ptrdiff_t operator-(const VectorIterator& a, const VectorIterator& b) {
    return (a.at_ - b.at_) / static_cast<ptrdiff_t>(N);
  }
  __aie_inline friend bool operator==(const VectorIterator& a, const VectorIterator& b) {
    return a.at_ == b.at_;
  }
  __aie_inline friend auto operator<=>(const VectorIterator& a, const VectorIterator& b) {
    return a.at_ <=> b.at_;
  }

 private:
  __aie_inline T* moved(ptrdiff_t n) const {
    if (count_ == 0) return at_ + n * static_cast<ptrdiff_t>(N);
    const ptrdiff_t count = static_cast<ptrdiff_t>(count_);
    const ptrdiff_t step = ((at_ - begin_) / static_cast<ptrdiff_t>(N) + n) % count;
    return begin_ + (step < 0 ? step + count : step) * static_cast<ptrdiff_t>(N);
  }

  T* begin_ = nullptr;
  T* at_ = nullptr;
  size_t count_ = 0;
};

}  // namespace detail

#define SHIFTWISE_ITERATOR(name, type)                                                    \
  template <unsigned N, aie_dm_resource = aie_dm_resource::none, typename T>              \
  __aie_inline auto name(T* at) {                                                         \
    return detail::VectorIterator<type, N>(at);                                           \
  }                                                                                       \
  template <aie_dm_resource = aie_dm_resource::none, typename T>                          \
  __aie_inline auto name(T* at) {                                                         \
    return detail::VectorIterator<type, native_vector_length_v<std::remove_cv_t<T>>>(at); \
  }
SHIFTWISE_ITERATOR(begin_vector, T)
SHIFTWISE_ITERATOR(cbegin_vector, const T)
SHIFTWISE_ITERATOR(begin_restrict_vector, T)
SHIFTWISE_ITERATOR(cbegin_restrict_vector, const T)
SHIFTWISE_ITERATOR(begin_unaligned_vector, T)
SHIFTWISE_ITERATOR(cbegin_unaligned_vector, const T)
SHIFTWISE_ITERATOR(begin_unaligned_restrict_vector, T)
SHIFTWISE_ITERATOR(cbegin_unaligned_restrict_vector, const T)
#undef SHIFTWISE_ITERATOR

/// Circular: n elements in all.
#define SHIFTWISE_CIRCULAR(name, type)                                                        \
  template <unsigned N, aie_dm_resource = aie_dm_resource::none, typename T>                  \
  __aie_inline auto name(T* at, size_t n) {                                                   \
    return detail::VectorIterator<type, N>(at, n / N);                                        \
  }                                                                                           \
  template <unsigned N, size_t Elements, aie_dm_resource = aie_dm_resource::none, typename T> \
  __aie_inline auto name(T* at) {                                                             \
    return detail::VectorIterator<type, N>(at, Elements / N);                                 \
  }
SHIFTWISE_CIRCULAR(begin_vector_circular, T)
SHIFTWISE_CIRCULAR(cbegin_vector_circular, const T)
SHIFTWISE_CIRCULAR(begin_vector_random_circular, T)
SHIFTWISE_CIRCULAR(cbegin_vector_random_circular, const T)
#undef SHIFTWISE_CIRCULAR

}  // namespace aie
