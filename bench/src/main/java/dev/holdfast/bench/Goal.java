package dev.holdfast.bench;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A median that is at most so much: of another contender's, or in the topic's unit.
///
/// @param of empty for an absolute goal
public record Goal(String contender, double most, Optional<String> of) {
  /// @param met whether it is reached
  record Judged(String text, boolean met) {}

  /// Empty when one of the two has not been measured.
  Optional<Judged> judge(Map<String, Series> measured, String unit) {
    Series mine = measured.get(contender);
    Series other = measured.get(of.orElse(contender));
    if (mine == null || other == null) {
      return Optional.empty();
    }
    double found = of.isPresent() ? mine.median() / other.median() : mine.median();
    String text =
        of.isEmpty()
            ? String.format(Locale.ROOT, "%s: %.2f %s, at most %.2f", contender, found, unit, most)
            : most < 1
                ? String.format(
                    Locale.ROOT,
                    "%s: %.1f x under %s, at least %.0f x",
                    contender,
                    1 / found,
                    of.get(),
                    1 / most)
                : String.format(
                    Locale.ROOT, "%s: %.2f x %s, at most %.1f x", contender, found, of.get(), most);
    return Optional.of(new Judged(text, found <= most));
  }
}
