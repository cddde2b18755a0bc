package dev.holdfast.agent.node;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.NodeException;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.RunId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Which runs there are, alive and ended, by id and by name. The one owner of both indexes;
/// thread-safe.
final class Registry {
  private static final int SHORTEST_PREFIX = 4;
  private static final String PREFIX = "[0-9a-f-]+";
  private static final int LONGEST_ID = 1024;
  private static final int CANDIDATES_SHOWN = 5;
  private static final Comparator<Entry> OLDEST_FIRST =
      Comparator.comparing(Entry::created).thenComparing(entry -> entry.id().uuid());

  private final Map<RunId, Entry> byId = new ConcurrentHashMap<>();
  private final Map<ExecutorId, List<Entry>> byName = new HashMap<>();

  /// The last of each name that was alive when it came: there may be thousands that have ended.
  private final Map<ExecutorId, Entry> alive = new HashMap<>();

  /// Takes a new run in; returns false when one of its name is alive.
  synchronized boolean addIfNameIsFree(Entry entry) {
    if (hasLive(entry.executor())) {
      return false;
    }
    add(entry);
    return true;
  }

  synchronized boolean hasLive(ExecutorId name) {
    Entry last = alive.get(name);
    return last != null && last.isLive();
  }

  synchronized void add(Entry entry) {
    if (byId.putIfAbsent(entry.id(), entry) == null) {
      if (entry.isLive()) {
        alive.put(entry.executor(), entry);
      }
      byName.computeIfAbsent(entry.executor(), _ -> new ArrayList<>()).add(entry);
    }
  }

  synchronized void remove(Entry entry) {
    byId.remove(entry.id());
    alive.remove(entry.executor(), entry);
    List<Entry> namesakes = byName.get(entry.executor());
    if (namesakes != null && namesakes.remove(entry) && namesakes.isEmpty()) {
      byName.remove(entry.executor());
    }
  }

  /// All, the oldest first.
  List<Entry> all() {
    return sorted(byId.values());
  }

  /// Those that have ended, in any order.
  List<Entry> ended() {
    return byId.values().stream().filter(entry -> !entry.isLive()).toList();
  }

  List<Entry> live() {
    return byId.values().stream().filter(Entry::isLive).sorted(OLDEST_FIRST).toList();
  }

  private static List<Entry> sorted(Collection<Entry> entries) {
    return entries.stream().sorted(OLDEST_FIRST).toList();
  }

  Optional<Entry> get(RunId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// The run that `id` means to the caller.
  ///
  /// @throws NodeException NOT_FOUND when there is none, BAD_REQUEST when there are several
  Entry resolve(Caller caller, String id) {
    if (id.isEmpty() || id.length() > LONGEST_ID || id.chars().anyMatch(Character::isISOControl)) {
      throw Refusals.bad(
          "an id is a run's UUID, 4 or more characters of it, or framework/executor");
    }
    return exact(id)
        .filter(entry -> entry.isVisibleTo(caller))
        .or(() -> latest(caller, id))
        .or(() -> byPrefix(caller, id))
        .or(() -> latest(caller, ExecutorId.DEFAULT_FRAMEWORK + "/" + id))
        .orElseThrow(() ->
            id.length() < SHORTEST_PREFIX && id.matches(PREFIX)
                ? Refusals.tooShort(id, SHORTEST_PREFIX)
                : Refusals.notFound(id));
  }

  private Optional<Entry> exact(String id) {
    try {
      return get(RunId.parse(id));
    } catch (IllegalArgumentException another) {
      return Optional.empty();
    }
  }

  /// A name may hold slashes, too, so each one may be the one between the two.
  private synchronized Optional<Entry> latest(Caller caller, String id) {
    List<Entry> found = new ArrayList<>();
    for (int slash = id.indexOf('/'); slash > 0; slash = id.indexOf('/', slash + 1)) {
      if (slash < id.length() - 1 && slash <= 255) {
        found.addAll(namesakes(id.substring(0, slash), id.substring(slash + 1)));
      }
    }
    return found.stream().filter(entry -> entry.isVisibleTo(caller)).max(OLDEST_FIRST);
  }

  private List<Entry> namesakes(String framework, String name) {
    try {
      return byName.getOrDefault(new ExecutorId(framework, name), List.of());
    } catch (IllegalArgumentException noName) {
      return List.of();
    }
  }

  private Optional<Entry> byPrefix(Caller caller, String prefix) {
    if (prefix.length() < SHORTEST_PREFIX || !prefix.matches(PREFIX)) {
      return Optional.empty();
    }
    List<Entry> found =
        byId.values().stream()
            .filter(entry -> entry.id().toString().startsWith(prefix))
            .filter(entry -> entry.isVisibleTo(caller))
            .sorted(OLDEST_FIRST)
            .toList();
    if (found.size() > 1) {
      throw Refusals.bad(
          "'"
              + prefix
              + "' could be any of "
              + found.size()
              + " runs: "
              + String.join(
                  ", ",
                  found.stream()
                      .limit(CANDIDATES_SHOWN)
                      .map(entry -> entry.id() + " (" + entry.executor() + ")")
                      .toList())
              + (found.size() > CANDIDATES_SHOWN ? ", …" : ""));
    }
    return found.stream().findFirst();
  }
}
