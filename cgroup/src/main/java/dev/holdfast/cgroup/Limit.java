package dev.holdfast.cgroup;

import java.util.Optional;

/// A hard cap that may be absent, where the kernel writes `-1` or `max`.
public sealed interface Limit<V> {
  /// The cap, if there is one.
  Optional<V> value();

  record Unlimited<V>() implements Limit<V> {
    @Override
    public Optional<V> value() {
      return Optional.empty();
    }

    @Override
    public String toString() {
      return "unlimited";
    }
  }

  record At<V>(V amount) implements Limit<V> {
    @Override
    public Optional<V> value() {
      return Optional.of(amount);
    }

    @Override
    public String toString() {
      return amount.toString();
    }
  }

  static <V> Limit<V> unlimited() {
    return new Unlimited<>();
  }

  static <V> Limit<V> at(V value) {
    return new At<>(value);
  }
}
