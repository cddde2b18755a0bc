package dev.holdfast.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test, or a class of tests, that changes cgroups of the running kernel: it needs root and a
/// mounted cgroup file system, and is skipped with its reason on stderr where one is missing.
///
/// With `HOLDFAST_KERNEL_TESTS=require`, in the environment or as a system property, a missing root
/// or cgroup file system is a failure. A test for another layout or a newer kernel is skipped even
/// then.
@Documented
@ExtendWith(KernelTestCondition.class)
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Tag("kernel")
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface KernelTest {
  /// The layouts that it is for; all when there is none.
  KernelLayout[] value() default {};

  /// The first kernel that it is for, as `5.14`.
  String since() default "";
}
