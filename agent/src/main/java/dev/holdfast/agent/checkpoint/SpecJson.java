package dev.holdfast.agent.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.holdfast.isolator.Credentials;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.OomMode;
import dev.holdfast.isolator.ResourceLimit;
import java.util.Locale;

/// What was asked for, in a checkpoint.
final class SpecJson {
  private SpecJson() {}

  static JsonObject format(ExecutorSpec spec) {
    JsonObject json = new JsonObject();
    json.addProperty("framework", spec.id().framework());
    json.addProperty("executor", spec.id().name());
    json.add("command", Fields.array(spec.command()));
    json.add("labels", Fields.object(spec.labels()));
    json.add("limits", LimitsJson.format(spec.limits()));
    json.addProperty("uid", spec.credentials().uid());
    json.addProperty("gid", spec.credentials().gid());
    JsonArray groups = new JsonArray();
    spec.credentials().groups().forEach(groups::add);
    json.add("groups", groups);
    spec.workDirectory()
        .ifPresent(directory -> json.addProperty("work_directory", directory.toString()));
    json.add("environment", Fields.object(spec.environment()));
    json.add("resource_limits", resourceLimits(spec));
    json.addProperty("oom", spec.oomMode().word());
    spec.timeout().ifPresent(time -> json.addProperty("timeout_nanos", time.toNanos()));
    spec.cpuTimeout().ifPresent(time -> json.addProperty("cpu_timeout_nanos", time.toNanos()));
    json.addProperty("stop_timeout_nanos", spec.stopTimeout().toNanos());
    spec.sandbox().ifPresent(sandbox -> json.addProperty("sandbox", sandbox.toString()));
    json.add("uris", uris(spec));
    return json;
  }

  private static JsonArray uris(ExecutorSpec spec) {
    JsonArray array = new JsonArray();
    for (FetchUri uri : spec.uris()) {
      JsonObject json = new JsonObject();
      json.addProperty("value", uri.value());
      json.addProperty("executable", uri.executable());
      json.addProperty("extract", uri.extract());
      uri.sha256().ifPresent(sum -> json.addProperty("sha256", sum));
      array.add(json);
    }
    return array;
  }

  private static FetchUri uri(JsonElement element) {
    Fields fields = new Fields(element.getAsJsonObject());
    return new FetchUri(
        fields.text("value"),
        fields.flag("executable"),
        fields.flag("extract"),
        fields.optionalText("sha256"));
  }

  private static JsonArray resourceLimits(ExecutorSpec spec) {
    JsonArray array = new JsonArray();
    for (ResourceLimit limit : spec.resourceLimits()) {
      JsonObject json = new JsonObject();
      json.addProperty("resource", limit.resource().name().toLowerCase(Locale.ROOT));
      json.addProperty("soft", limit.soft());
      json.addProperty("hard", limit.hard());
      array.add(json);
    }
    return array;
  }

  static ExecutorSpec parse(Fields fields) {
    ExecutorSpec.Builder builder =
        ExecutorSpec.builder(
                new ExecutorId(fields.text("framework"), fields.text("executor")),
                fields.list("command", JsonElement::getAsString))
            .limits(LimitsJson.parse(fields.object("limits")))
            .credentials(
                new Credentials(
                    fields.integer("uid"),
                    fields.integer("gid"),
                    fields.list("groups", JsonElement::getAsInt)))
            .oomMode(OomMode.parse(fields.text("oom")));
    fields.map("labels", JsonElement::getAsString).forEach(builder::label);
    fields.map("environment", JsonElement::getAsString).forEach(builder::environment);
    if (fields.has("work_directory")) {
      builder.workDirectory(fields.path("work_directory"));
    }
    fields.list("resource_limits", SpecJson::resourceLimit).forEach(builder::resourceLimit);
    fields.nanos("timeout_nanos").ifPresent(builder::timeout);
    fields.nanos("cpu_timeout_nanos").ifPresent(builder::cpuTimeout);
    fields.nanos("stop_timeout_nanos").ifPresent(builder::stopTimeout);
    if (fields.has("sandbox")) {
      builder.sandbox(fields.path("sandbox"));
    }
    if (fields.has("uris")) {
      fields.list("uris", SpecJson::uri).forEach(builder::uri);
    }
    return builder.build();
  }

  private static ResourceLimit resourceLimit(JsonElement element) {
    Fields fields = new Fields(element.getAsJsonObject());
    return new ResourceLimit(
        ResourceLimit.Resource.valueOf(fields.text("resource").toUpperCase(Locale.ROOT)),
        fields.number("soft"),
        fields.number("hard"));
  }
}
