package dev.holdfast.cli;

import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.HoldfastException;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Host;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/// The `holdfast` command.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Streams streams = new Streams(stream(FileDescriptor.out), stream(FileDescriptor.err));
    catchDefects(streams);
    int status = call(CommandLineWords.exact(args), streams);
    streams.out().flush();
    streams.err().flush();
    if (status != 0) {
      // Not System.exit: it loads java.logging, and there is no hook to run.
      Runtime.getRuntime().halt(status);
    }
  }

  static void catchDefects(Streams streams) {
    Thread.setDefaultUncaughtExceptionHandler((_, defect) -> report(defect, streams));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /// Does what the words say; returns the exit code.
  static int call(String[] args, Streams streams) {
    try {
      return dispatch(args, streams);
    } catch (UsageException e) {
      streams.message(e.getMessage());
      return Verdict.OWN_ERROR_CODE;
    } catch (IsolatorException e) {
      streams.message(e.getMessage());
      return Verdict.OWN_ERROR_CODE;
    } catch (HoldfastException e) {
      streams.message(e.getMessage());
      return Verdict.OWN_ERROR_CODE;
    } catch (InterruptedException e) {
      streams.message("interrupted");
      return Verdict.OWN_ERROR_CODE;
    } catch (RuntimeException | Error e) {
      return report(e, streams);
    }
  }

  /// No stack trace reaches a user, unless asked for.
  private static int report(Throwable defect, Streams streams) {
    streams.message(
        "this is a defect of holdfast, please report it: "
            + defect
            + " (HOLDFAST_DEBUG=1 shows where)");
    if (System.getenv("HOLDFAST_DEBUG") != null) {
      defect.printStackTrace(streams.err());
    }
    return Verdict.OWN_ERROR_CODE;
  }

  private static int dispatch(String[] args, Streams streams) throws InterruptedException {
    String word = args.length == 0 ? "" : args[0];
    return switch (word) {
      case "" -> {
        Help.printOverview(streams.err());
        yield Verdict.OWN_ERROR_CODE;
      }
      case "-h", "--help", "help" -> help(args, streams);
      case "-V", "--version" -> call(new VersionVerb(), List.of(), streams);
      default -> {
        Verb verb = verb(word);
        headStart(word);
        yield call(verb, Arrays.asList(args).subList(1, args.length), streams);
      }
    };
  }

  /// What a verb needs after its words have been read takes as long to load: both at once.
  private static void headStart(String word) {
    boolean asks =
        switch (word) {
          case "agent", "doctor", "version", "completion" -> false;
          case "run" -> Files.exists(Surroundings.socket());
          default -> true;
        };
    if (asks) {
      HoldfastClient.warmUp();
    } else if (word.equals("run")) {
      Thread.ofPlatform().daemon().name("head-start").start(Host::warmUp);
    }
  }

  private static int help(String[] args, Streams streams) {
    if (args.length == 1) {
      Help.printOverview(streams.out());
    } else {
      Help.printVerb(verb(args[1]), streams.out());
    }
    return 0;
  }

  private static Verb verb(String word) {
    return switch (word) {
      case "run" -> new RunVerb();
      case "agent" -> new AgentVerb();
      case "ps" -> new PsVerb();
      case "inspect" -> new InspectVerb();
      case "stats" -> new StatsVerb();
      case "top" -> new TopVerb();
      case "logs" -> new LogsVerb();
      case "events" -> new EventsVerb();
      case "wait" -> new WaitVerb();
      case "explain" -> new ExplainVerb();
      case "update" -> new UpdateVerb();
      case "pause" -> new PauseVerb(true);
      case "unpause" -> new PauseVerb(false);
      case "kill" -> new KillVerb();
      case "stop" -> new StopVerb();
      case "rm" -> new RmVerb();
      case "prune" -> new PruneVerb();
      case "doctor" -> new DoctorVerb();
      case "version" -> new VersionVerb();
      case "completion" -> new CompletionVerb();
      default -> throw new UsageException("there is no verb '" + word + "': see holdfast --help");
    };
  }

  private static int call(Verb verb, List<String> words, Streams streams)
      throws InterruptedException {
    CommandLine commandLine = Help.commandLine(verb);
    ParseResult call;
    try {
      call = commandLine.parseArgs(words.toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw new UsageException(
          verb.name() + ": " + firstLine(e) + "; see holdfast " + verb.name() + " --help", e);
    }
    if (call.hasMatchedOption("--help")) {
      Help.printVerb(verb, streams.out());
      return 0;
    }
    return verb.run(call, streams);
  }

  private static String firstLine(CommandLine.ParameterException e) {
    String text = String.valueOf(e.getMessage());
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end);
    return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
  }
}
