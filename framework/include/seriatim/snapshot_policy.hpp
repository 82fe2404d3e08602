#pragma once
// When an aggregate type has snapshots of its state taken.

namespace seriatim {

/// Declared by an aggregate root whose streams grow long:
///
///     static constexpr seriatim::SnapshotPolicy snapshots{.threshold = 100, .version = 1};
///
/// A plain value.
struct SnapshotPolicy {
  int threshold = 100;  ///< A commit that takes the aggregate past a multiple of so many events marks it. At least 1.
  /// Raise it whenever `State` or an `on` changes: snapshots of other versions are ignored. At least 1.
  int version = 1;
};

}  // namespace seriatim
