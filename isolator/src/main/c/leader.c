#include "leader.h"

#include <stdbool.h>

#include "files.h"
#include "log.h"
#include "signals.h"
#include "sys.h"

#define LEADER_STACK 8192 // it needs 2 KB

// What the leader, which starts without arguments, has to do.
static struct launch *current;

long process_start_time(uint64_t *ticks)
{
    char stat[512];
    long fd = sys_openat(AT_FDCWD, "/proc/self/stat", O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long n = sys_read((int)fd, stat, sizeof stat - 1);
    sys_close((int)fd);
    if (n < 0)
        return n;
    stat[n] = '\0';

    // Field 2, the name, may itself contain blanks and parentheses; behind its end, field 22 is the
    // twentieth.
    const char *at = stat;
    for (const char *c = stat; *c != '\0'; c++)
        if (*c == ')')
            at = c;
    for (int blanks = 0; *at != '\0' && blanks < 20; at++)
        blanks += *at == ' ';
    if (*at < '0' || *at > '9')
        return -EINVAL;
    for (*ticks = 0; *at >= '0' && *at <= '9'; at++)
        *ticks = *ticks * 10 + (uint64_t)(*at - '0');
    return 0;
}

static long enter_cgroups(void)
{
    // A task that writes 0 for itself enters in 0.04 ms; a pid, even its own, in cgroup.procs waits
    // for a grace period of RCU, 8 ms on an idle machine (6.18).
    FOR_EACH_FIELD (field, current->record, LEADER_ENTER) {
        long error = file_control(field_string(field), "0");
        if (error)
            return error;
    }
    return 0;
}

static void add_process(struct text *text, const char *role, const struct process *process)
{
    text_add(text, role);
    text_add_number(text, (uint64_t)process->pid);
    text_add(text, " ");
    text_add_number(text, process->start_time);
    text_add(text, "\n");
}

// The leader writes it, before it can do anything else: a holder that dies in mid-launch finds
// either nothing running or this file.
static long write_pids(void)
{
    struct process *leader = &current->leader;
    leader->pid = (int)sys_getpid();
    long error = process_start_time(&leader->start_time);
    if (error)
        return error;
    struct text text = {0};
    add_process(&text, "launcher ", &current->launcher);
    add_process(&text, "leader ", leader);
    return file_replace(current->run_dir, "pids", "pids.tmp", &text);
}

// A run whose output is carried into files has nobody to ask for input, unless it was given one.
static long connect_logs(void)
{
    bool carried = logs[0].leader_end >= 0 || logs[1].leader_end >= 0;
    if (carried && !(record_number(current->record, FLAGS, 0) & STDIN)) {
        long null = sys_openat(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);
        if (null < 0)
            return null;
        long fd = sys_dup3((int)null, 0, 0);
        if (fd < 0)
            return fd;
    }
    for (int i = 0; i < 2; i++)
        if (logs[i].leader_end >= 0) {
            long fd = sys_dup3(logs[i].leader_end, 1 + i, 0);
            if (fd < 0)
                return fd;
        }
    return 0;
}

static long limit_resources(void)
{
    FOR_EACH_FIELD (field, current->record, RLIMIT) {
        const struct resource_limit *limit = (const void *)field->payload;
        struct rlimit64 both = {.rlim_cur = limit->soft, .rlim_max = limit->hard};
        long error = sys_prlimit64(0, limit->resource, &both);
        if (error)
            return error;
    }
    return 0;
}

// execvp(3)'s rules, for a list of file names that the holder has made.
static long exec(void)
{
    char **argv = record_strings(current->record, ARG);
    char **envp = record_strings(current->record, ENV);
    long error = -ENOENT;
    bool denied = false;
    FOR_EACH_FIELD (field, current->record, PATH_CANDIDATE) {
        error = sys_execve(field_string(field), argv, envp);
        if (error == -EACCES)
            denied = true;
        else if (error != -ENOENT && error != -ENOTDIR)
            return error;
    }
    return denied ? -EACCES : error;
}

// Returns only if it fails.
static long become_leader(void)
{
    const struct record *record = current->record;
    const struct credentials *user = (const void *)record_next(record, NULL, CREDENTIALS)->payload;

    TRY(current, STEP_SESSION, sys_setsid());
    TRY(current, STEP_CGROUP, enter_cgroups());
    TRY(current, STEP_PIDS, write_pids());
    TRY(current, STEP_STDIO, connect_logs());
    TRY(current, STEP_RLIMIT, limit_resources());
    sys_umask((unsigned)record_number(record, UMASK, current->umask));

    // Groups first, the user last: each but the last needs privileges that the last takes away.
    TRY(current, STEP_GROUPS, sys_setgroups(user->group_count, user->groups));
    TRY(current, STEP_GID, sys_setresgid(user->gid, user->gid, user->gid));
    TRY(current, STEP_UID, sys_setresuid(user->uid, user->uid, user->uid));

    // Not earlier: a change of credentials clears it. The launcher may be gone by now.
    sys_prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (sys_getppid() != current->launcher.pid)
        sys_kill((int)sys_getpid(), SIGKILL);

    // As the user: root may pass where the user may not. Without a word on it we stay where the
    // holder is, as with su(1).
    const char *workdir = record_string(record, WORKDIR);
    if (workdir)
        TRY(current, STEP_WORKDIR, sys_chdir(workdir));
    if (record_number(record, FLAGS, 0) & NO_NEW_PRIVS)
        TRY(current, STEP_NO_NEW_PRIVS, sys_prctl(PR_SET_NO_NEW_PRIVS, 1));
    signals_reset();
    // Since 5.9. Before it, close-on-exec has to do, which everything of the launcher's has.
    sys_close_range(3, ~0u, 0);
    TRY(current, STEP_EXEC, exec());
    return 0;
}

__attribute__((noreturn)) static void leader_main(void)
{
    current->error = become_leader();
    leave(127);
}

// CLONE_VM | CLONE_VFORK: the child borrows the launcher's memory until it execs or exits, and the
// launcher waits for that. No page tables are copied (0.1 ms), and errors come back in variables.
// The user whom the leader becomes can signal it but not ptrace it, and so not reach that memory: a
// change of credentials makes memory undumpable, unless somebody has set fs.suid_dumpable to 1.
static long clone_leader(void)
{
    // In this frame, since the launcher stands still while the leader uses it.
    _Alignas(16) char stack[LEADER_STACK];
    const uint64_t flags = CLONE_VM | CLONE_VFORK;

    const char *cgroup = record_string(current->record, LEADER_CLONE_INTO);
    if (!cgroup) // clone(2): also where a seccomp filter or a kernel before 5.3 has no clone3(2)
        return sys_clone_onto(__NR_clone, (long)(flags | SIGCHLD), (long)(stack + sizeof stack),
                              leader_main);

    long dir = sys_openat(AT_FDCWD, cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (dir < 0)
        return dir;
    // CLONE_INTO_CGROUP: since 5.7.
    const struct clone_args args = {
        .flags = flags | CLONE_INTO_CGROUP,
        .exit_signal = SIGCHLD,
        .stack = (uint64_t)stack,
        .stack_size = sizeof stack,
        .cgroup = (uint64_t)dir,
    };
    long pid = sys_clone_onto(__NR_clone3, (long)&args, sizeof args, leader_main);
    sys_close((int)dir);
    return pid;
}

long leader_start(struct launch *launch)
{
    current = launch;
    launch->error = 0;
    launch->step = STEP_CLONE;
    long pid = clone_leader();
    if (pid < 0)
        return pid;
    // It went without a word: killed, by the OOM killer or in a cgroup2 that was killed before.
    if (!launch->error && launch->step != STEP_EXEC)
        launch->error = -EINTR;
    if (!launch->error)
        return 0;

    while (sys_wait4((int)pid, NULL, 0, NULL) == -EINTR)
        continue;
    launch->leader = (struct process){0};
    sys_unlinkat(launch->run_dir, "pids", 0);
    return launch->error;
}
