package dev.holdfast.isolator;

import java.util.List;
import java.util.Optional;

/// What a host offers to Holdfast.
///
/// @param layout the cgroup layout, in one line
public record HostReport(String kernel, String layout, List<Feature> features) {
  public HostReport {
    features = List.copyOf(features);
  }

  /// @param name what users want, as `memory limit`
  /// @param mechanism what serves it here; what is missing when it is not served
  /// @param fix what to do to have it; absent when it is served
  public record Feature(String name, boolean available, String mechanism, Optional<String> fix) {}

  public boolean isComplete() {
    for (Feature feature : features) {
      if (!feature.available()) {
        return false;
      }
    }
    return true;
  }
}
