package dev.holdfast.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/// A test that assumes two CPUs. By its tag, `it/vm/ring` runs it in a guest that has them; the
/// others run in guests of one CPU, which are twice as fast.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Tag("two-cpus")
@Target(ElementType.METHOD)
public @interface TwoCpus {}
