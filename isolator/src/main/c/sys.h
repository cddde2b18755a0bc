// What the launcher asks of the kernel: raw system calls for x86-64 and aarch64, without a libc.
// Every wrapper is the manual page of its name (section 2) minus errno: it returns what the kernel
// returned, a negative errno on failure. Only calls that both architectures have are used, hence
// the forms with -at.
#ifndef SYS_H
#define SYS_H

#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <stddef.h>
#include <stdint.h>

// Part of the kernel's interface, but in none of its exported headers.
#define MSG_DONTWAIT 0x40
#define MSG_CMSG_CLOEXEC 0x40000000
#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define MSG_NOSIGNAL 0x4000
#define DT_DIR 4
#define AF_UNIX 1
#define SOCK_STREAM 1
#define SOCK_NONBLOCK O_NONBLOCK
#define SOCK_CLOEXEC O_CLOEXEC

struct dirent64 {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

struct message_header {
    void *name;
    int name_length;
    struct iovec *parts;
    size_t part_count;
    void *control;
    size_t control_length;
    unsigned flags;
};

struct control_header {
    size_t length;
    int level, type;
};

struct kernel_sigaction {
    uintptr_t handler;
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

#if defined(__x86_64__)

static inline long sys_call(long n, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

// clone(2) or clone3(2) of a child that runs `child`, which never returns, on a stack of its own.
// Both take two arguments here: the three others of clone(2) are null pointers.
static inline long sys_clone_onto(long n, long a, long b, void (*child)(void))
{
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    long result;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "call *%[child]\n\t"
                     "ud2\n"
                     "1:"
                     : "=a"(result)
                     : "0"(n), "D"(a), "S"(b), "d"(0L), "r"(r10), "r"(r8), [child] "r"(child)
                     : "rcx", "r11", "cc", "memory");
    return result;
}

#elif defined(__aarch64__)

static inline long sys_call(long n, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc #0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

static inline long sys_clone_onto(long n, long a, long b, void (*child)(void))
{
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = 0;
    register long x3 __asm__("x3") = 0;
    register long x4 __asm__("x4") = 0;
    __asm__ volatile("svc #0\n\t"
                     "cbnz x0, 1f\n\t"
                     "blr %[child]\n\t"
                     "brk #1\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), [child] "r"(child)
                     : "x30", "memory");
    return x0;
}

#else
#error "executor-launcher knows x86-64 and aarch64"
#endif

// SYSCALL(name, (parameters), arguments) makes sys_name(). Missing arguments are 0.
#define SYSCALL(name, parameters, ...)                           \
    static inline long sys_##name parameters                     \
    {                                                            \
        return CALL(__NR_##name, __VA_ARGS__, 0, 0, 0, 0, 0, 0); \
    }
#define CALL(n, a, b, c, d, e, f, ...) \
    sys_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

// Files.
SYSCALL(openat, (int dir, const char *path, int flags, unsigned mode), dir, path, flags, mode)
SYSCALL(close, (int fd), fd)
SYSCALL(read, (int fd, void *to, size_t length), fd, to, length)
SYSCALL(write, (int fd, const void *from, size_t length), fd, from, length)
SYSCALL(renameat, (int dir, const char *from, const char *to), dir, from, dir, to)
SYSCALL(unlinkat, (int dir, const char *path, int flags), dir, path, flags)
SYSCALL(fchown, (int fd, unsigned uid, unsigned gid), fd, uid, gid)
SYSCALL(statx, (int dir, const char *path, int flags, unsigned mask, struct statx *to),
        dir, path, flags, mask, to)
SYSCALL(getdents64, (int dir, void *to, size_t length), dir, to, length)
SYSCALL(fcntl, (int fd, int command, long argument), fd, command, argument)
SYSCALL(flock, (int fd, int operation), fd, operation)
SYSCALL(dup3, (int from, int to, int flags), from, to, flags)
SYSCALL(pipe2, (int ends[2], int flags), ends, flags)
SYSCALL(close_range, (unsigned first, unsigned last, unsigned flags), first, last, flags)
SYSCALL(chdir, (const char *path), path)
SYSCALL(umask, (unsigned mask), mask)

// Messages, waiting, time, memory.
SYSCALL(sendto, (int fd, const void *from, size_t length, int flags), fd, from, length, flags)
SYSCALL(recvfrom, (int fd, void *to, size_t length, int flags), fd, to, length, flags)
SYSCALL(recvmsg, (int fd, struct message_header *message, int flags), fd, message, flags)
SYSCALL(socket, (int family, int type), family, type)
SYSCALL(bind, (int fd, const void *address, size_t length), fd, address, length)
SYSCALL(listen, (int fd, int backlog), fd, backlog)
SYSCALL(accept4, (int fd, int flags), fd, NULL, NULL, flags)
SYSCALL(eventfd2, (unsigned initial, int flags), initial, flags)
SYSCALL(ppoll, (struct pollfd *fds, size_t n, struct __kernel_timespec *timeout), fds, n, timeout)
SYSCALL(signalfd4, (int fd, const uint64_t *mask, int flags), fd, mask, sizeof *mask, flags)
SYSCALL(clock_gettime, (int clock, struct __kernel_timespec *to), clock, to)
SYSCALL(mmap, (size_t length, int protection, int flags), NULL, length, protection, flags, -1)
SYSCALL(munmap, (void *start, size_t length), start, length)

// Processes.
SYSCALL(clone, (unsigned long flags), flags)
SYSCALL(clone3, (const struct clone_args *args), args, sizeof *args)
SYSCALL(execve, (const char *path, char *const argv[], char *const envp[]), path, argv, envp)
SYSCALL(exit_group, (int status), status)
SYSCALL(wait4, (int pid, int *status, int options, struct rusage *usage),
        pid, status, options, usage)
SYSCALL(kill, (int pid, int signal), pid, signal)
SYSCALL(getpid, (void), 0)
SYSCALL(getppid, (void), 0)
SYSCALL(setsid, (void), 0)
SYSCALL(prctl, (int option, unsigned long argument), option, argument)
SYSCALL(prlimit64, (int pid, unsigned resource, const struct rlimit64 *to), pid, resource, to)
SYSCALL(rt_sigaction, (int signal, const struct kernel_sigaction *to),
        signal, to, NULL, sizeof to->mask)
SYSCALL(rt_sigprocmask, (int how, const uint64_t *mask), how, mask, NULL, sizeof *mask)
SYSCALL(setgroups, (size_t n, const uint32_t *groups), n, groups)
SYSCALL(setresgid, (unsigned real, unsigned effective, unsigned saved), real, effective, saved)
SYSCALL(setresuid, (unsigned real, unsigned effective, unsigned saved), real, effective, saved)

__attribute__((noreturn)) static inline void leave(int status)
{
    for (;;)
        sys_exit_group(status);
}

#endif
