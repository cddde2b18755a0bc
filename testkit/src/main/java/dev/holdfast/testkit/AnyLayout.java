package dev.holdfast.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/// A [KernelTest] of what does not depend on the cgroups' layout. By its tag, `it/vm/ring` leaves
/// it out: a guest is ten times slower than the host that has shown it already.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Tag("any-layout")
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface AnyLayout {}
