package dev.holdfast.agent.checkpoint;

import com.google.gson.JsonObject;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.json.VerdictJson;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// What was asked for of one run, and what has been decided about it since: all that a later agent
/// must know and the kernel cannot tell. Immutable.
///
/// @param owner on whose behalf it runs
/// @param user the name of whom it runs as
/// @param cgroupsRoot below which it lives; absent in what an agent of before this field wrote
/// @param bootId of the host when it was launched: on another boot its pids are others'
/// @param deferred why a limit is not yet what was asked for
/// @param decided why it is being ended, from before the first kill on
/// @param fetched whether its files are there: only then can anything of it have been launched
public record Checkpoint(
    RunId id,
    ExecutorSpec spec,
    Owner owner,
    String user,
    Path sandbox,
    Logs logs,
    Optional<CgroupPath> cgroupsRoot,
    Instant created,
    String bootId,
    Optional<String> deferred,
    Optional<Verdict> decided,
    boolean fetched) {
  /// @param uid -1 for one that the kernel did not name
  public record Owner(int uid, String name) {}

  /// How much of what it writes is kept.
  public record Logs(long bytes, int files) {}

  public ExecutorId executor() {
    return spec.id();
  }

  public Detached detached() {
    return new Detached(
        Optional.empty(),
        sandbox.resolve("stdout"),
        sandbox.resolve("stderr"),
        logs.bytes(),
        logs.files());
  }

  /// With what is asked for from now on, and why that is not yet so.
  public Checkpoint withLimits(Limits limits, Optional<String> why) {
    return with(spec.withLimits(limits), why, decided, fetched);
  }

  public Checkpoint withDecided(Verdict value) {
    return with(spec, deferred, Optional.of(value), fetched);
  }

  public Checkpoint withFetched() {
    return with(spec, deferred, decided, true);
  }

  /// What may change in the life of a run; all else is as it was asked for.
  private Checkpoint with(
      ExecutorSpec newSpec,
      Optional<String> newDeferred,
      Optional<Verdict> newDecided,
      boolean newFetched) {
    return new Checkpoint(
        id,
        newSpec,
        owner,
        user,
        sandbox,
        logs,
        cgroupsRoot,
        created,
        bootId,
        newDeferred,
        newDecided,
        newFetched);
  }

  /// Whether it ended with its agent, before anything of it was launched.
  public boolean isUnlaunched() {
    return !spec.uris().isEmpty() && !fetched;
  }

  public String format() {
    JsonObject json = new JsonObject();
    json.addProperty("run", id.toString());
    json.add("spec", SpecJson.format(spec));
    json.addProperty("owner_uid", owner.uid());
    json.addProperty("owner", owner.name());
    json.addProperty("user", user);
    json.addProperty("sandbox", sandbox.toString());
    json.addProperty("log_bytes", logs.bytes());
    json.addProperty("log_files", logs.files());
    cgroupsRoot.ifPresent(root -> json.addProperty("cgroups_root", root.toString()));
    json.addProperty("created", created.toString());
    json.addProperty("boot_id", bootId);
    deferred.ifPresent(why -> json.addProperty("deferred", why));
    decided.ifPresent(verdict -> json.add("decided", VerdictJson.format(verdict)));
    json.addProperty("fetched", fetched);
    return json.toString();
  }

  /// Empty when the text was torn.
  public static Optional<Checkpoint> parse(String text) {
    return Fields.parse(text, Checkpoint::read);
  }

  private static Checkpoint read(Fields fields) {
    return new Checkpoint(
        RunId.parse(fields.text("run")),
        SpecJson.parse(fields.object("spec")),
        new Owner(fields.integer("owner_uid"), fields.text("owner")),
        fields.text("user"),
        fields.path("sandbox"),
        new Logs(fields.number("log_bytes"), fields.integer("log_files")),
        fields.optionalText("cgroups_root").map(CgroupPath::parse),
        fields.instant("created"),
        fields.text("boot_id"),
        fields.optionalText("deferred"),
        fields.optionalObject("decided").flatMap(it -> VerdictJson.parse(it.json())),
        fields.has("fetched") && fields.flag("fetched"));
  }
}
