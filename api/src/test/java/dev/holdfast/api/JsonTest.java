package dev.holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonPrimitive;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void namesAreInLowerCaseWithUnderscores() {
    ResourceLimits limits = new ResourceLimits(0.5, "quota", null, null, 5L, null, -1L, null);

    String json = Json.format(limits);

    assertThat(json)
        .isEqualTo(
            "{\"cpus\":0.5,\"cpu_mode\":\"quota\",\"memory_bytes\":5,\"memory_swap_bytes\":-1}");
    assertThat(Json.parse(json, ResourceLimits.class)).isEqualTo(limits);
    assertThat(Json.object(limits).get("cpu_mode").getAsString()).isEqualTo("quota");
  }

  @Test
  void aWholeRequestIsReadAsItWasWritten() {
    LaunchRequest request =
        LaunchRequest.builder(List.of("make", "-j8", "<&>"))
            .framework("ci")
            .name("build")
            .label("a", "b")
            .limits(ResourceLimits.NONE)
            .user("nobody")
            .workdir("/tmp")
            .environment("K", "V\n")
            .ulimit("nofile=5")
            .timeout(Duration.ofMillis(1500))
            .oom("report")
            .uri(new FetchUri("http://h/a", true, null, "ab"))
            .uri(new FetchUri("/b", null, false, null))
            .build();

    assertThat(Json.parse(Json.format(request), LaunchRequest.class)).isEqualTo(request);
  }

  @Test
  void anythingMayBeWhereAnythingIsAllowed() {
    assertThat(Json.parse("{\"timeout\":\"10s\"}", StopRequest.class).timeout())
        .isEqualTo(new JsonPrimitive("10s"));
    assertThat(Json.parse("{\"timeout\":10}", StopRequest.class).timeout())
        .isEqualTo(new JsonPrimitive(10));
    assertThat(Json.parse("{}", StopRequest.class).timeout()).isNull();
  }

  @Test
  void nullIsTheSameAsAbsent() {
    assertThat(Json.parse("{\"cpus\":null}", ResourceLimits.class)).isEqualTo(ResourceLimits.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'command':['a'],'comand':1} | there is no field 'comand'",
        "{'command':['a'],'limits':{'cpu':1}} | there is no field 'limits.cpu'",
        "{'command':['a'],'limits':{'cpuMode':'x'}} | there is no field 'limits.cpuMode'",
        "{'command':['a'],'limits':{'cpus':'1'}} | limits.cpus: a string is not a number",
        "{'command':['a'],'limits':{'pids':1.5}} | limits.pids: 1.5 is not a whole number in range",
        "{'command':['a'],'limits':{'memory_bytes':9223372036854775808}} | limits.memory_bytes:"
            + " 9223372036854775808 is not a whole number in range",
        "{'command':['a'],'limits':{'cpus':1e999}} | limits.cpus: 1e999 is not a number in range",
        "{'command':['a'],'limits':[]} | limits: an array is not an object",
        "{'command':['a'],'name':5} | name: a number is not a string",
        "{'command':['a'],'name':{}} | name: an object is not a string",
        "{'command':['a'],'name':true} | name: true or false is not a string",
        "{'command':['a',null]} | command[1]: null is not a string",
        "{'command':'a'} | command: a string is not an array",
        "{'command':['a'],'command':['b']} | command: is there twice",
        "{'command':['a'],'labels':{'k':1}} | labels.k: a number is not a string",
        "{'command':['a'],'labels':{'k':'1','k':'2'}} | labels.k: is there twice",
        "{'command':null} | command: is missing",
        "{} | command: is missing",
        "[] | the body: an array is not an object",
        "5 | the body: a number is not an object",
        "{'command':['a']} {} | not JSON, or more than one object",
        "{'command':['a'] | the JSON ends too early",
      })
  void whatDoesNotFitIsNamed(String body, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse(body.replace('\'', '"'), LaunchRequest.class))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{command:[]}",
        "{'command':[]}",
        "{\"command\":[,]}",
        "{]",
        "\u0000",
        "{\"a\nb\""
      })
  void whatIsNotJsonIsRefused(String body) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse(body, LaunchRequest.class))
        .withMessageStartingWith("not JSON, at $");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n"})
  void nothingIsRefused(String body) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.parse(body, LaunchRequest.class))
        .withMessage("there is no JSON object");
  }

  @Test
  void nestingWithoutEndIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Json.parse("{\"timeout\":" + "[".repeat(100_000) + "}", StopRequest.class));
  }

  @Test
  void anAnswerMayTellMoreThanIsKnownHere() {
    VersionInfo version = Json.read("{\"version\":\"2\",\"new\":{\"x\":[1]}}", VersionInfo.class);

    assertThat(version.version()).isEqualTo("2");
  }
}
