package dev.holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The door to C: one foreign call shape for every function.
///
/// Each distinct shape costs the JVM about 8 ms when it is first bound, each further function of a
/// known shape next to nothing. The C calling conventions of x86-64 and aarch64 pass integers and
/// pointers in registers and let a callee ignore those it does not read, so seven `long`s serve
/// every function that takes up to seven integers or pointers. See docs/adr/0002.
///
/// Never for a call that blocks for long on a virtual thread: a foreign call pins its carrier.
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();

  static final StructLayout CAPTURE = Linker.Option.captureStateLayout();

  private static final long ERRNO_OFFSET =
      CAPTURE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  @SuppressWarnings("restricted") // this class is the door that the module's native access is for
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG),
          Linker.Option.captureCallState("errno"));

  private static final MemorySegment SYSCALL = function("syscall");

  private Native() {}

  /// Finds a function of the C library.
  static MemorySegment function(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no function " + name));
  }

  /// Calls `function` with integer or pointer arguments and returns the whole result register: a
  /// caller of a function that returns `int` narrows it.
  static long call(
      Scratch scratch,
      MemorySegment function,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g) {
    try {
      return (long) CALL.invokeExact(function, scratch.capture(), a, b, c, d, e, f, g);
    } catch (Throwable unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  /// `syscall(2)`, repeated while it says EINTR. Returns the result, or the negated errno.
  static long syscall(
      Scratch scratch, long number, long a, long b, long c, long d, long e, long f) {
    while (true) {
      long result = call(scratch, SYSCALL, number, a, b, c, d, e, f);
      if (result != -1) {
        return result;
      }
      int errno = scratch.capture().get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
      if (errno != Errno.EINTR.code()) {
        return -errno;
      }
    }
  }

  static long syscall(Scratch scratch, long number, long a, long b, long c, long d) {
    return syscall(scratch, number, a, b, c, d, 0, 0);
  }

  static long syscall(Scratch scratch, long number, long a, long b, long c) {
    return syscall(scratch, number, a, b, c, 0, 0, 0);
  }

  static long syscall(Scratch scratch, long number, long a, long b) {
    return syscall(scratch, number, a, b, 0, 0, 0, 0);
  }

  static long syscall(Scratch scratch, long number, long a) {
    return syscall(scratch, number, a, 0, 0, 0, 0, 0);
  }

  /// Turns the negated errno of [#syscall] into an exception, and lets every other result pass.
  static long check(long result, String operation, Object target) {
    if (result < 0) {
      throw new LinuxException(operation, target.toString(), new Errno((int) -result));
    }
    return result;
  }

  /// Native memory that lives as long as `arena`, filled with the bytes of `text` and a NUL.
  static long cString(Arena arena, String text) {
    return arena.allocateFrom(text).address();
  }
}
