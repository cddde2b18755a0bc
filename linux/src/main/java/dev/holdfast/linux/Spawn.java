package dev.holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `posix_spawn(3)`: starts a program in a child that shares nothing with the JVM but the
/// descriptors it is given.
///
/// The child has an empty environment, an empty signal mask and default dispositions. Descriptors
/// 0, 1 and 2 are the JVM's own unless another is given in their place; the others of the JVM may
/// be inherited where the JVM did not mark them close-on-exec, so the program closes what it
/// doesn't know.
public final class Spawn {
  private static final short SETSIGDEF_SETSIGMASK = 0x4 | 0x8;

  /// Numbers from which a descriptor cannot be one of those that the child is given.
  private static final int ABOVE_GIVEN = 32;

  private static final int FIRST_GIVEN = 3;

  // Opaque structures of the C library; the largest known (glibc, 64-bit) are 80 and 336 bytes.
  private static final int ACTIONS_SIZE = 512;
  private static final int ATTRIBUTES_SIZE = 1024;
  private static final int SIGNAL_SET_SIZE = 128;

  private static final MemorySegment SPAWN = Native.function("posix_spawn");
  private static final MemorySegment ACTIONS_INIT =
      Native.function("posix_spawn_file_actions_init");
  private static final MemorySegment ACTIONS_DUP =
      Native.function("posix_spawn_file_actions_adddup2");
  private static final MemorySegment ACTIONS_DESTROY =
      Native.function("posix_spawn_file_actions_destroy");
  private static final MemorySegment ATTRIBUTES_INIT = Native.function("posix_spawnattr_init");
  private static final MemorySegment SET_FLAGS = Native.function("posix_spawnattr_setflags");
  private static final MemorySegment SET_SIGDEFAULT =
      Native.function("posix_spawnattr_setsigdefault");

  private Spawn() {}

  /// Starts `program` with these arguments (the first is its name) and `given` as its descriptors
  /// 3, 4, … . Returns its pid once the program has been executed.
  ///
  /// @throws LinuxException with the errno of `execve(2)` when it could not be
  public static int start(Path program, List<String> arguments, List<Fd> given) {
    return start(program, arguments, given, Fd.standardStreams());
  }

  /// The same.
  ///
  /// @param stdio becomes its descriptors 0, 1 and 2; none of them has the number of a later one
  public static int start(Path program, List<String> arguments, List<Fd> given, List<Fd> stdio) {
    List<Fd> copies = new ArrayList<>();
    try (Arena arena = Arena.ofConfined();
        Scratch scratch = Scratch.borrow()) {
      long actions = arena.allocate(ACTIONS_SIZE, 16).address();
      require(call(scratch, ACTIONS_INIT, actions), program);
      for (int number = 0; number < FIRST_GIVEN; number++) {
        require(call(scratch, ACTIONS_DUP, actions, stdio.get(number).number(), number), program);
      }
      for (int i = 0; i < given.size(); i++) {
        // Out of the way of the numbers given, or one duplication would overwrite the next source.
        Fd copy = given.get(i).duplicate(ABOVE_GIVEN);
        copies.add(copy);
        require(call(scratch, ACTIONS_DUP, actions, copy.number(), FIRST_GIVEN + i), program);
      }
      MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
      long failure =
          Native.call(
              scratch,
              SPAWN,
              pid.address(),
              Native.cString(arena, program.toString()),
              actions,
              attributes(arena, scratch, program),
              strings(arena, arguments),
              strings(arena, List.of()),
              0);
      call(scratch, ACTIONS_DESTROY, actions);
      require(failure, program);
      return pid.get(ValueLayout.JAVA_INT, 0);
    } finally {
      copies.forEach(Fd::close);
    }
  }

  private static long attributes(Arena arena, Scratch scratch, Path program) {
    long attributes = arena.allocate(ATTRIBUTES_SIZE, 16).address();
    require(call(scratch, ATTRIBUTES_INIT, attributes), program);
    require(call(scratch, SET_FLAGS, attributes, SETSIGDEF_SETSIGMASK, 0), program);
    MemorySegment all = arena.allocate(SIGNAL_SET_SIZE, 8).fill((byte) 0xff);
    require(call(scratch, SET_SIGDEFAULT, attributes, all.address(), 0), program);
    return attributes;
  }

  private static long strings(Arena arena, List<String> texts) {
    MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ValueLayout.JAVA_LONG, i, Native.cString(arena, texts.get(i)));
    }
    return array.address();
  }

  private static long call(Scratch scratch, MemorySegment function, long a) {
    return call(scratch, function, a, 0, 0);
  }

  private static long call(Scratch scratch, MemorySegment function, long a, long b, long c) {
    return Native.call(scratch, function, a, b, c, 0, 0, 0, 0);
  }

  /// The functions of this family return the error number instead of setting errno.
  private static void require(long result, Path program) {
    int errno = (int) result;
    if (errno != 0) {
      throw new LinuxException("posix_spawn", program.toString(), new Errno(errno));
    }
  }
}
