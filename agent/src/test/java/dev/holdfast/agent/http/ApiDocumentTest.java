package dev.holdfast.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.holdfast.agent.http.RawClient.Answer;
import dev.holdfast.api.ErrorInfo;
import dev.holdfast.api.Event;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.Explanation;
import dev.holdfast.api.FetchUri;
import dev.holdfast.api.KillReceipt;
import dev.holdfast.api.KillRequest;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.NodeInfo;
import dev.holdfast.api.ProcessInfo;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.Stats;
import dev.holdfast.api.StopRequest;
import dev.holdfast.api.UpdateResult;
import dev.holdfast.api.VersionInfo;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds `docs/api.yaml`, the server's routes and the records of `api` together.
@Timeout(30)
final class ApiDocumentTest {
  private static final Set<String> NOT_RECORDS = Set.of("Flag", "Duration", "Outcome");

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private final ApiDocument document;

  ApiDocumentTest() throws IOException {
    this.document = ApiDocument.read();
  }

  private List<Route> routes() {
    return new Routes(node).all();
  }

  static Stream<Class<?>> records() {
    return Stream.of(
        ErrorInfo.class,
        Event.class,
        ExecutorInfo.class,
        Explanation.class,
        FetchUri.class,
        KillReceipt.class,
        KillReceipt.Victim.class,
        KillRequest.class,
        LaunchRequest.class,
        NodeInfo.class,
        NodeInfo.Resources.class,
        ProcessInfo.class,
        ResourceLimits.class,
        Stats.class,
        Stats.PressureStats.class,
        StopRequest.class,
        UpdateResult.class,
        UpdateResult.Change.class,
        VersionInfo.class);
  }

  @Test
  void everyRouteIsDescribedAndNoOther() {
    Set<String> described = new TreeSet<>();
    document
        .at("paths")
        .forEach((path, item) -> {
          for (String method : ApiDocument.map(item).keySet()) {
            if (!method.equals("parameters")) {
              described.add(method.toUpperCase(Locale.ROOT) + " " + path);
            }
          }
        });

    assertThat(routes())
        .extracting(route -> route.method() + " " + route.path())
        .containsExactlyInAnyOrderElementsOf(described);
  }

  @Test
  void everyParameterAndBodyIsDescribedAndNoOther() {
    for (Route route : routes()) {
      String method = route.method().toLowerCase(Locale.ROOT);
      Set<String> query = new TreeSet<>();
      Set<String> path = new TreeSet<>();
      for (Map<String, Object> parameter : document.parameters(method, route.path())) {
        String name = String.valueOf(parameter.get("name"));
        switch (String.valueOf(parameter.get("in"))) {
          case "query" -> query.add(name);
          case "path" -> path.add(name);
          default -> assertThat(name).isEqualTo("Last-Event-ID");
        }
      }
      assertThat(query).as(route.path()).isEqualTo(route.parameters());
      assertThat(path)
          .as(route.path())
          .isEqualTo(route.path().contains(Route.ID) ? Set.of("id") : Set.of());
      assertThat(document.operation(method, route.path()).containsKey("requestBody"))
          .as(route.path())
          .isEqualTo(route.body());
    }
  }

  @Test
  void everySchemaIsARecord() {
    Set<String> names = new TreeSet<>(NOT_RECORDS);
    records().forEach(type -> names.add(type.getSimpleName()));

    assertThat(document.at("components", "schemas").keySet())
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @ParameterizedTest
  @MethodSource("records")
  void aSchemaHasTheRecordsFields(Class<?> type) {
    Map<String, Object> schema = document.at("components", "schemas", type.getSimpleName());
    Map<String, String> expected = new TreeMap<>();
    List<String> required = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      expected.put(name, jsonType(component.getGenericType()));
      if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        required.add(name);
      }
    }
    Map<String, String> described = new TreeMap<>();
    ApiDocument.map(schema.get("properties"))
        .forEach((name, property) -> described.put(name, jsonType(ApiDocument.map(property))));

    assertThat(described).isEqualTo(expected);
    List<String> describedRequired = new ArrayList<>();
    ApiDocument.list(schema.getOrDefault("required", List.of()))
        .forEach(name -> describedRequired.add(name.toString()));
    assertThat(describedRequired).containsExactlyInAnyOrderElementsOf(required);
  }

  private static String jsonType(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return generic.getRawType() == List.class
          ? "array of " + jsonType(arguments[0])
          : "map of " + jsonType(arguments[1]);
    }
    return switch (((Class<?>) type).getSimpleName()) {
      case "String" -> "string";
      case "int", "long", "Integer", "Long" -> "integer";
      case "double", "Double" -> "number";
      case "boolean", "Boolean" -> "boolean";
      case "JsonObject" -> "object";
      case "JsonElement" -> "anything";
      default -> ((Class<?>) type).getSimpleName();
    };
  }

  private String jsonType(Map<String, Object> property) {
    if (property.get("$ref") instanceof String reference) {
      String name = reference.substring(reference.lastIndexOf('/') + 1);
      return switch (name) {
        case "Outcome" -> "object";
        case "Duration" -> "anything";
        default -> name;
      };
    }
    if (property.get("items") instanceof Map<?, ?> items) {
      return "array of " + jsonType(ApiDocument.map(items));
    }
    if (property.get("additionalProperties") instanceof Map<?, ?> values) {
      return "map of " + jsonType(ApiDocument.map(values));
    }
    return String.valueOf(property.get("type"));
  }

  @Test
  void answersAreAsDescribed() throws IOException {
    node.release.countDown();
    Map<String, String> bodies =
        Map.of(
            "POST /v1/executors", "{\"command\":[\"true\"]}",
            "PATCH /v1/executors/{id}", "{\"cpus\":2.0,\"cpu_mode\":\"quota\"}");
    Path socket = directory.resolve("agent.sock");
    try (HttpServer _ = HttpServer.start(HttpConfig.at(socket), node);
        RawClient client = RawClient.unix(socket)) {
      for (Route route : routes()) {
        String target = route.path().replace(Route.ID, FakeNode.RUN);
        String body = bodies.getOrDefault(route.method() + " " + route.path(), "");
        List<String> queries = new ArrayList<>();
        queries.add(route.path().equals("/v1/events") ? "?follow=0" : "");
        if (route.parameters().contains("history")) {
          queries.add("?history=1");
        }
        for (String query : queries) {
          check(route, client.body(route.method(), target + query, body).answer());
        }
      }
    }
  }

  @Test
  void errorsAreAsDescribed() throws IOException {
    Path socket = directory.resolve("agent.sock");
    Route inspect = new Route("GET", "/v1/executors/{id}", Set.of(), false, (_, _) -> {});
    try (HttpServer _ = HttpServer.start(HttpConfig.at(socket), node);
        RawClient client = RawClient.unix(socket)) {
      for (String id :
          List.of("senseless", "forbidden", "missing", "busy", "huge", "later", "broken")) {
        try (RawClient own = RawClient.unix(socket)) {
          check(inspect, own.request("GET", "/v1/executors/" + id).answer());
        }
      }
      check(inspect, client.request("PUT", "/v1/executors/x").answer());
    }
  }

  private void check(Route route, Answer answer) {
    String method = route.method().toLowerCase(Locale.ROOT);
    Map<String, Object> responses =
        ApiDocument.map(document.operation(method, route.path()).get("responses"));
    Object response =
        responses.getOrDefault(Integer.toString(answer.status()), responses.get("default"));
    assertThat(response).as("%s %s", route.path(), answer).isNotNull();
    Map<String, Object> described = document.resolve(ApiDocument.map(response));
    Map<String, Object> content = ApiDocument.map(described.getOrDefault("content", Map.of()));
    String type = answer.header("content-type").split(";", -1)[0];
    if (content.isEmpty()) {
      assertThat(answer.status()).as(route.path()).isEqualTo(204);
      return;
    }
    assertThat(content).as("%s %s", route.path(), answer).containsKey(type);
    if (type.equals("application/json")) {
      JsonElement json = JsonParser.parseString(answer.body());
      Map<String, Object> schema =
          ApiDocument.map(ApiDocument.map(content.get(type)).get("schema"));
      assertThat(document.faults(json, schema)).as(route.path()).isEmpty();
    }
  }
}
