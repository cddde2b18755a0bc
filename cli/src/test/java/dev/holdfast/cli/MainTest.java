package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/// Calls that neither make a cgroup nor start a process.
class MainTest {
  private final Terminals terminals = new Terminals();

  private int call(String... words) {
    return Main.call(words, terminals.streams());
  }

  private void assertRefused(String message) {
    assertThat(terminals.out()).isEmpty();
    assertThat(terminals.messages()).singleElement().asString().contains(message);
  }

  static List<String> verbs() {
    return Help.verbs().stream().map(Verb::name).toList();
  }

  @Test
  void noVerbIsAnErrorThatShowsWhatThereIs() {
    assertThat(call()).isEqualTo(125);
    assertThat(terminals.out()).isEmpty();
    assertThat(terminals.err()).contains("Usage: holdfast VERB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rum", "RUN", "-x", "--bogus", "-", "--"})
  void anUnknownVerbIsNamed(String word) {
    assertThat(call(word)).isEqualTo(125);
    assertRefused("holdfast: there is no verb '" + word + "': see holdfast --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help", "help"})
  void helpIsDataWhenItIsAskedFor(String word) {
    assertThat(call(word)).isZero();
    assertThat(terminals.err()).isEmpty();
    assertThat(terminals.out()).contains(verbs()).contains("holdfast --version");
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void everyVerbTellsOfItselfInThreeWays(String name) {
    assertThat(call("help", name)).isZero();
    String help = terminals.out();
    Verb verb =
        Help.verbs().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();

    assertThat(help).startsWith("Usage: holdfast " + name).contains(verb.summary());
    for (OptionSpec option : Help.commandLine(verb).getCommandSpec().options()) {
      assertThat(help).contains(option.names());
    }
    for (String word : List.of("--help", "-h")) {
      Terminals other = new Terminals();
      assertThat(Main.call(new String[] {name, word}, other.streams())).isZero();
      assertThat(other.out()).isEqualTo(help);
      assertThat(other.err()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void noLineOfHelpIsLongerThanATerminal(String name) {
    call("help", name);

    assertThat(terminals.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void helpForAnUnknownVerbIsAnError() {
    assertThat(call("help", "rum")).isEqualTo(125);
    assertRefused("there is no verb 'rum'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "-V", "--version"})
  void theVersionIsOneLine(String word) {
    assertThat(call(word)).isZero();
    assertThat(terminals.out()).startsWith("holdfast ").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run|there is no command to run",
        "run --|there is no command to run",
        "run -m 64m|there is no command to run",
        "run --bogus true|--bogus",
        "run --memory|--memory",
        "run --cpus nonsense true|--cpus: 'nonsense' is not a number of cpus",
        "run --memory 0 true|--memory: '0' is not more than 0",
        "run --verdict /nonexistent/x/y true|--verdict: ",
        "version now|now",
        "completion|bash|zsh|fish",
        "completion csh|completion: 'csh' is not bash, zsh or fish",
        "doctor --bogus|--bogus",
      })
  void wordsThatDoNotFitAreOurErrorInOneLine(String line) {
    String[] parts = line.split("\\|", 2);

    assertThat(call(parts[0].split(" ", -1))).isEqualTo(125);
    for (String part : parts[1].split("\\|", -1)) {
      assertRefused(part);
    }
    assertThat(terminals.err()).startsWith("holdfast: ").doesNotContain("defect", "Exception");
  }

  @Test
  void whatAUserTypedDoesNotDriveTheTerminal() {
    call("\033[31mrun");
    call("run", "--\033[31m", "x");
    call("run", "--cpus", "1\n2\033", "x");

    assertThat(terminals.err()).doesNotContain("\033");
    assertThat(terminals.messages()).hasSize(3);
  }
}
