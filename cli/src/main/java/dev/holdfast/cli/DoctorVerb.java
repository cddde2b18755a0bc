package dev.holdfast.cli;

import com.google.gson.stream.JsonWriter;
import dev.holdfast.isolator.HostReport;
import dev.holdfast.isolator.HostSurvey;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast doctor`: what this host offers, what is missing, and the fix.
final class DoctorVerb implements Verb {
  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public String summary() {
    return "Show what this host offers, what is missing and how to get it.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.addFlag(spec, "Only the names of what is missing.", "-q", "--quiet");
    CallOptions.addFormat(spec);
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) {
    CallOptions options = new CallOptions(call);
    boolean json = options.wantsJson();
    HostReport report = HostSurvey.survey(Surroundings.config());
    if (options.has("--quiet")) {
      printMissing(report, streams);
    } else if (json) {
      printJson(report, streams);
    } else {
      print(report, streams);
    }
    return report.isComplete() ? 0 : 1;
  }

  static void printMissing(HostReport report, Streams streams) {
    report.features().stream()
        .filter(feature -> !feature.available())
        .forEach(feature -> streams.out().println(feature.name()));
  }

  private static void print(HostReport report, Streams streams) {
    streams.out().println("kernel   " + report.kernel());
    streams.out().println("cgroups  " + report.layout());
    streams.out().println();
    int width = "FEATURE".length();
    for (HostReport.Feature feature : report.features()) {
      width = Math.max(width, feature.name().length());
    }
    String row = "%-" + width + "s  %-7s  %s%n";
    streams.out().printf(row, "FEATURE", "STATE", "BY");
    for (HostReport.Feature feature : report.features()) {
      streams
          .out()
          .printf(row, feature.name(), feature.available() ? "ok" : "missing", feature.mechanism());
      feature.fix().ifPresent(fix -> streams.out().printf(row, "", "", "fix: " + fix));
    }
  }

  private static void printJson(HostReport report, Streams streams) {
    PrintWriter writer = new PrintWriter(streams.out(), false, StandardCharsets.UTF_8);
    try {
      JsonWriter json = new JsonWriter(writer);
      json.setIndent("  ");
      json.beginObject();
      json.name("kernel").value(report.kernel());
      json.name("cgroups").value(report.layout());
      json.name("features").beginArray();
      for (HostReport.Feature feature : report.features()) {
        json.beginObject();
        json.name("name").value(feature.name());
        json.name("available").value(feature.available());
        json.name("mechanism").value(feature.mechanism());
        if (feature.fix().isPresent()) {
          json.name("fix").value(feature.fix().get());
        }
        json.endObject();
      }
      json.endArray();
      json.endObject();
      json.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    writer.println();
    writer.flush();
  }
}
