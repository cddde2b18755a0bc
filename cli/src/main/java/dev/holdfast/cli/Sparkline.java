package dev.holdfast.cli;

import java.util.List;
import java.util.Optional;

/// A row of bars, as high as the numbers.
final class Sparkline {
  private static final String BARS = "▁▂▃▄▅▆▇█";
  private static final String NOTHING = " ";

  private Sparkline() {}

  /// @param values what is not known leaves a gap
  /// @param width at most so many bars; each is the highest of its share of the values
  static String of(List<Optional<Double>> values, int width) {
    double most = 0;
    for (Optional<Double> value : values) {
      most = Math.max(most, value.orElse(0.0));
    }
    int bars = Math.min(width, values.size());
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < bars; i++) {
      int from = (int) ((long) i * values.size() / bars);
      int to = (int) ((long) (i + 1) * values.size() / bars);
      line.append(bar(values.subList(from, to), most));
    }
    return line.toString();
  }

  private static String bar(List<Optional<Double>> values, double most) {
    Optional<Double> highest = values.stream().flatMap(Optional::stream).max(Double::compare);
    if (highest.isEmpty()) {
      return NOTHING;
    }
    double share = most == 0 ? 0 : highest.get() / most;
    int level = (int) Math.round(share * (BARS.length() - 1));
    return BARS.substring(level, level + 1);
  }
}
