package dev.holdfast.fetcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Reads a [Job] on stdin, does it in the working directory, and tells of it on stdout as [Meter]
/// says. Exits with 0 when all files are there.
public final class Main {
  private static final int FAILED = 1;

  private Main() {}

  public static void main(String[] words) throws IOException {
    Job job;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      job = Job.read(lines);
    }
    Meter meter = new Meter(new PrintStream(System.out, false, StandardCharsets.UTF_8), job);
    Fetcher fetcher = new Fetcher(job, Path.of("").toAbsolutePath(), meter, System.getenv());
    // At SIGTERM, too.
    Runtime.getRuntime().addShutdownHook(new Thread(fetcher::tidy, "tidy"));
    meter.start(reason -> end(meter, reason));
    try {
      fetcher.run();
      meter.done();
    } catch (FetchException e) {
      end(meter, e.getMessage());
    } catch (OutOfMemoryError e) {
      end(meter, "it takes more memory than a fetch may use");
    }
  }

  private static void end(Meter meter, String reason) {
    meter.failed(reason);
    System.exit(FAILED);
  }
}
