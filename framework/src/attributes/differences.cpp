#include <algorithm>

#include "seriatim/attributes.hpp"

namespace seriatim::attributes {
namespace {

/// An element as it is printed; nullptr is one that the list does not have.
std::string printed(const Type& type, const void* value) {
  if (value == nullptr) return "absent";
  std::string out;
  print(out, type, value);
  return out;
}

void compare_lists(std::vector<Difference>& found, const Type& type, const void* a, const void* b,
                   const std::string& path) {
  const std::size_t left = type.list_size(a);
  const std::size_t right = type.list_size(b);
  for (std::size_t i = 0; i < std::min(left, right); ++i) {
    find_differences(found, *type.element, type.list_at(a, i), type.list_at(b, i), path_to(path, i));
  }
  for (std::size_t i = std::min(left, right); i < std::max(left, right); ++i) {
    found.push_back({path_to(path, i), printed(*type.element, i < left ? type.list_at(a, i) : nullptr),
                     printed(*type.element, i < right ? type.list_at(b, i) : nullptr)});
  }
}

}  // namespace

std::string path_to(const std::string& parent, std::string_view member) {
  std::string path = parent;
  if (!path.empty() && !member.empty()) path += '.';
  return path += member;
}

std::string path_to(const std::string& list, std::size_t index) { return list + '[' + std::to_string(index) + ']'; }

void find_differences(std::vector<Difference>& found, const Type& type, const void* a, const void* b,
                      const std::string& path) {
  if (type.kind == Kind::object) {
    for (const Member& member : type.members) {
      find_differences(found, *member.type, member.address(a), member.address(b), path_to(path, member.name));
    }
    return;
  }
  if (type.kind == Kind::list) return compare_lists(found, type, a, b, path);
  if (type.kind == Kind::optional) {
    const void* left = type.optional_get(a);
    const void* right = type.optional_get(b);
    if (left != nullptr && right != nullptr) return find_differences(found, *type.element, left, right, path);
  }
  if (!equal(type, a, b)) found.push_back({path, printed(type, a), printed(type, b)});
}

}  // namespace seriatim::attributes
