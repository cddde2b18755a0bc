package dev.holdfast.cli;

import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.UpdateResult;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast update ID`: changes the limits of a run while it runs.
final class UpdateVerb implements Verb {
  @Override
  public String name() {
    return "update";
  }

  @Override
  public String summary() {
    return "Change the limits of a run.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    LimitOptions.addTo(spec);
    CallOptions.addFlag(spec, "Only tell what would be done.", "--dry-run");
    CallOptions.addFormat(spec);
    CallOptions.addIds(spec, "1");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) {
    CallOptions options = new CallOptions(call);
    boolean json = options.wantsJson();
    ResourceLimits limits = LimitOptions.read(options);
    if (limits.equals(ResourceLimits.NONE)) {
      throw new UsageException("update: no limit is named; see holdfast update --help");
    }
    UpdateResult result =
        Surroundings.client().update(options.id(), limits, options.has("--dry-run"));
    if (json) {
      streams.out().print(JsonText.format(result));
      return 0;
    }
    Table table = new Table("LIMIT", "BEFORE", "AFTER", "ACTION", "DETAIL");
    for (UpdateResult.Change change : result.changes()) {
      table.row(change.limit(), change.before(), change.after(), change.action(), change.detail());
    }
    streams.out().print(table.format());
    if (result.dryRun()) {
      streams.message("nothing was changed: this was a dry run");
    }
    return 0;
  }
}
