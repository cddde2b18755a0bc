package dev.holdfast.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast completion SHELL`: a script for the shell to source.
final class CompletionVerb implements Verb {
  @Override
  public String name() {
    return "completion";
  }

  @Override
  public String summary() {
    return "Print a completion script for bash, zsh or fish.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("bash|zsh|fish")
            .index("0")
            .arity("1")
            .type(String.class)
            .description("The shell, as in: source <(holdfast completion bash)")
            .build());
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) {
    String shell = call.matchedPositionalValue(0, "");
    streams
        .out()
        .print(
            switch (shell) {
              case "bash" -> bash();
              // zsh reads bash's completions after this.
              case "zsh" -> "autoload -U +X bashcompinit && bashcompinit\n" + bash();
              case "fish" -> fish();
              default ->
                  throw new UsageException("completion: '" + shell + "' is not bash, zsh or fish");
            });
    return 0;
  }

  private static String bash() {
    StringBuilder script = new StringBuilder();
    script.append("_holdfast() {\n");
    script.append("  local word=${COMP_WORDS[COMP_CWORD]} words=\n");
    script.append("  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    words='");
    for (Verb verb : Help.verbs()) {
      script.append(verb.name()).append(' ');
    }
    script.append("--help --version'\n  else\n    case ${COMP_WORDS[1]} in\n");
    for (Verb verb : Help.verbs()) {
      script.append("      ").append(verb.name()).append(") words='");
      for (OptionSpec option : options(verb)) {
        script.append(String.join(" ", option.names())).append(' ');
      }
      script.append(arguments(verb)).append("' ;;\n");
    }
    script.append("    esac\n  fi\n");
    script.append("  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n");
    script.append("complete -o default -F _holdfast holdfast ./holdfast\n");
    return script.toString();
  }

  private static String fish() {
    StringBuilder script = new StringBuilder();
    for (Verb verb : Help.verbs()) {
      script
          .append("complete -c holdfast -n __fish_use_subcommand -a ")
          .append(verb.name())
          .append(" -d ")
          .append(quote(verb.summary()))
          .append('\n');
      for (OptionSpec option : options(verb)) {
        script
            .append("complete -c holdfast -n '__fish_seen_subcommand_from ")
            .append(verb.name())
            .append('\'');
        for (String name : option.names()) {
          script
              .append(name.startsWith("--") ? " -l " : " -s ")
              .append(name.replaceFirst("-+", ""));
        }
        script.append(" -d ").append(quote(String.join(" ", option.description()))).append('\n');
      }
    }
    return script.toString();
  }

  private static List<OptionSpec> options(Verb verb) {
    return Help.commandLine(verb).getCommandSpec().options();
  }

  private static String arguments(Verb verb) {
    return verb instanceof CompletionVerb ? "bash zsh fish" : "";
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "\\'") + "'";
  }
}
