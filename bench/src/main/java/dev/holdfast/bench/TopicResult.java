package dev.holdfast.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/// What was found of one topic.
///
/// @param foreign CPUs that others used while nothing of ours ran
public record TopicResult(
    String title, String unit, List<Series> series, List<Goal.Judged> goals, double foreign) {
  boolean isNoisy() {
    return foreign > LoadGate.MOST_FOREIGN;
  }

  void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%n%-44s %10s %10s %8s %5s%n",
        title + ", " + unit,
        "median",
        "p95",
        "ratio",
        "n");
    double floor = series.getFirst().median();
    for (Series each : series) {
      out.printf(
          Locale.ROOT,
          "  %-42s %10.2f %10.2f %8.2f %5d%s%n",
          each.name(),
          each.median(),
          each.p95(),
          each.median() / floor,
          each.count(),
          isNoisy() ? "  NOISY" : "");
    }
    for (Goal.Judged goal : goals) {
      out.println("  " + word(goal) + "  " + goal.text());
    }
    if (isNoisy()) {
      out.printf(
          Locale.ROOT,
          "  Others used %.2f CPUs meanwhile: these are no figures to be quoted.%n",
          foreign);
    }
    out.flush();
  }

  private String word(Goal.Judged goal) {
    return isNoisy() ? "open  " : goal.met() ? "met   " : "MISSED";
  }

  JsonObject json() {
    JsonObject all = new JsonObject();
    all.addProperty("topic", title);
    all.addProperty("unit", unit);
    all.addProperty("foreign_cpus", foreign);
    all.addProperty("noisy", isNoisy());
    JsonArray rows = new JsonArray();
    for (Series each : series) {
      JsonObject row = new JsonObject();
      row.addProperty("name", each.name());
      row.addProperty("count", each.count());
      row.addProperty("least", each.least());
      row.addProperty("median", each.median());
      row.addProperty("p95", each.p95());
      row.addProperty("ratio", each.median() / series.getFirst().median());
      rows.add(row);
    }
    all.add("rows", rows);
    JsonArray judged = new JsonArray();
    for (Goal.Judged goal : goals) {
      JsonObject one = new JsonObject();
      one.addProperty("goal", goal.text());
      one.addProperty("met", goal.met());
      judged.add(one);
    }
    all.add("goals", judged);
    return all;
  }
}
