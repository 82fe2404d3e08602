#pragma once
// Plugins: a domain as a shared library.
//
//     SERIATIM_PLUGIN(wallet, domain) {
//       domain.aggregate<Wallet>().handler<WalletCommandHandler>().projector<WalletProjector>();
//     }
//
// placed in the domain's namespace, defines `seriatim::Domain domain()` there, for programs that link the domain, and
// exports the plugin's entry when it is compiled by `seriatim_add_plugin` (CMake). The host reads the plain record
// `seriatim_plugin_record` before it calls anything, so that a plugin built for another framework is refused with a
// sentence instead of a crash. No exception crosses the entry.

#include <cstdint>

#include "seriatim/domain.hpp"

namespace seriatim {

/// Counts the incompatible changes of what plugin and host share. A plugin built with another number is refused.
inline constexpr std::uint32_t plugin_abi = 3;

/// What a plugin exports under the name "seriatim_plugin_record". Plain data, laid out the same for ever.
struct PluginRecord {
  char magic[8];               ///< "SERIATIM"
  std::uint32_t abi;           ///< plugin_abi
  std::uint32_t record_bytes;  ///< sizeof(PluginRecord)
  char compiler[32];           ///< "gcc 12.2" or "clang 14.0"
  char standard_library[32];   ///< "libstdc++ 20220819" with its ABI flag
  char version[16];            ///< The framework version whose headers were used.
  char name[64];               ///< The domain's name.
  /// Registers the domain; returns null, or a sentence that says why it could not.
  const char* (*register_domain)(Domain* domain);
};

namespace detail {

/// Fills the record; constexpr so that it is plain data in the library's read-only section.
template <std::size_t N>
constexpr void copy_text(char (&to)[N], const char* from) {
  for (std::size_t i = 0; i + 1 < N && from[i] != '\0'; ++i) to[i] = from[i];
}

#define SERIATIM_DETAIL_TEXT2(x) #x
#define SERIATIM_DETAIL_TEXT(x) SERIATIM_DETAIL_TEXT2(x)
#if defined(__clang__)
inline constexpr const char* compiler =
    "clang " SERIATIM_DETAIL_TEXT(__clang_major__) "." SERIATIM_DETAIL_TEXT(__clang_minor__);
#else
inline constexpr const char* compiler = "gcc " SERIATIM_DETAIL_TEXT(__GNUC__) "." SERIATIM_DETAIL_TEXT(__GNUC_MINOR__);
#endif
#if defined(_GLIBCXX_RELEASE)
inline constexpr const char* standard_library =
    "libstdc++ abi " SERIATIM_DETAIL_TEXT(_GLIBCXX_USE_CXX11_ABI);
#else
inline constexpr const char* standard_library = "another standard library";
#endif

#ifndef SERIATIM_VERSION
#define SERIATIM_VERSION "0.1.0"
#endif
#ifndef SERIATIM_PLUGIN_ABI_OVERRIDE
#define SERIATIM_PLUGIN_ABI_OVERRIDE ::seriatim::plugin_abi
#endif

constexpr PluginRecord make_plugin_record(const char* name, std::uint32_t abi,
                                          const char* (*register_domain)(Domain*)) {
  PluginRecord record{};
  for (int i = 0; i < 8; ++i) record.magic[i] = "SERIATIM"[i];
  record.abi = abi;
  record.record_bytes = sizeof(PluginRecord);
  copy_text(record.compiler, compiler);
  copy_text(record.standard_library, standard_library);
  copy_text(record.version, SERIATIM_VERSION);
  copy_text(record.name, name);
  record.register_domain = register_domain;
  return record;
}

/// Runs `fill` and turns what it throws into text. The text lives until the thread's next call.
const char* register_without_exceptions(Domain& domain, void (*fill)(Domain&)) noexcept;

}  // namespace detail
}  // namespace seriatim

#ifdef SERIATIM_BUILDING_PLUGIN
#define SERIATIM_DETAIL_EXPORT(domain_name)                                                                       \
  extern "C" __attribute__((visibility("default"), used)) const ::seriatim::PluginRecord seriatim_plugin_record = \
      ::seriatim::detail::make_plugin_record(#domain_name, SERIATIM_PLUGIN_ABI_OVERRIDE,                          \
                                             [](::seriatim::Domain* d) -> const char* {                           \
                                               return ::seriatim::detail::register_without_exceptions(            \
                                                   *d, &register_domain_);                                        \
                                             });
#else
#define SERIATIM_DETAIL_EXPORT(domain_name)
#endif

/// Registers a domain; see the top of this file. `domain_name` is an identifier, `variable` names the Domain inside.
#define SERIATIM_PLUGIN(domain_name, variable)              \
  static void register_domain_(::seriatim::Domain& variable); \
  ::seriatim::Domain domain() {                             \
    ::seriatim::Domain made{#domain_name};                  \
    register_domain_(made);                                 \
    return made;                                            \
  }                                                         \
  SERIATIM_DETAIL_EXPORT(domain_name)                       \
  static void register_domain_(::seriatim::Domain& variable)
