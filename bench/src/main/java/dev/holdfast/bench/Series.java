package dev.holdfast.bench;

import java.util.Arrays;
import java.util.List;

/// Figures of one contender, in order of size.
public final class Series {
  private final String name;
  private final double[] sorted;

  private Series(String name, double[] sorted) {
    this.name = name;
    this.sorted = sorted;
  }

  static Series of(String name, List<Double> figures) {
    double[] sorted = figures.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return new Series(name, sorted);
  }

  public static double median(List<Double> figures) {
    return of("", figures).median();
  }

  String name() {
    return name;
  }

  int count() {
    return sorted.length;
  }

  double least() {
    return sorted[0];
  }

  double median() {
    return at(0.5);
  }

  double p95() {
    return at(0.95);
  }

  private double at(double part) {
    return sorted[(int) Math.min(sorted.length - 1.0, Math.floor(part * sorted.length))];
  }
}
