// executor-launcher starts the leader of one run inside its cgroups and stays as its parent: it
// writes down how the leader ended, carries a detached run's output into files, and is the dead
// man's switch should the holder, the process that started it, go away.
//
// It is a program of its own because a JVM cannot run code between fork and exec, and has no libc
// because there is one of it for each run: a libc would cost more memory than all the rest.
// One thread, which waits in one place: turn(). It never enters the run's own cgroups. A holder with
// many runs has its launchers made by a fork server, which is this program in another role.
//
//   record read, own cgroups entered, leader started → STARTED … EXITED … QUIT → exit
//                                    or anything failed → FAILED … QUIT → exit
//   holder gone instead of QUIT: the kernel's OOM killer is switched on, then
//     with END_WITH_HOLDER  the run is stopped, killed and its cgroups are removed → exit
//     without               all goes on until the leader has ended and its output is written → exit
//   With DOOR a new holder may come through it at any time; it is told STARTED and EXITED again.
#include <linux/signalfd.h>
#include <stdbool.h>

#include "cgroup.h"
#include "door.h"
#include "files.h"
#include "forkserver.h"
#include "leader.h"
#include "log.h"
#include "oom.h"
#include "record.h"
#include "signals.h"
#include "status.h"
#include "sys.h"

#define FOREVER (-1)
#define STOP_MILLIS 10000
#define LONGEST_STOP_MILLIS (24ull * 3600 * 1000)
#define KILL_MILLIS 60000
#define REMOVE_MILLIS 60000
#define MOST_REAPED 256 // in one turn

// To the holder.
enum message_type {
    STARTED = 1, // leader's pid; its start time, launcher's pid, launcher's start time, now in
                 // realtime and monotonic ns
    FAILED,      // enum step; errno, launcher's pid and start time. After STARTED: STEP_STATUS
    EXITED       // wait status; end in realtime ns, user µs, system µs, maxrss KB, minflt, majflt,
                 // end in monotonic ns
};

struct message {
    uint32_t type, value;
    uint64_t values[7];
};
_Static_assert(sizeof(struct message) == 64, "the holder reads 64 bytes");

// From the holder. Any other is ignored.
enum order_type {
    SIGNAL = 1, // to the leader's process group
    QUIT        // the run's cgroups are gone, so is the need for a launcher
};

struct order {
    uint32_t type, value;
};

static struct record record; // all of it, until the leader runs
static struct record kept;   // what is needed later
static struct launch launch = {.record = &record, .run_dir = -1};
static int control = CONTROL, children = -1, door = -1, oom = -1;
static int leader; // its pid; 0 before it runs and once it has been reaped
static uint64_t leader_started; // by CLOCK_MONOTONIC
static struct ending ending;
static struct message news[2]; // what every holder is told: how it began, and how it ended
static struct order order;     // what has been heard of the next one
static size_t order_length;
static uint64_t oom_deadline; // by now_millis(); 0 when the run does not stand at its limit
static bool quit, more_to_reap;
static bool is_forked; // by a fork server, which is in the launchers' cgroup

static uint64_t now(int clock)
{
    struct __kernel_timespec time = {0};
    sys_clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t now_millis(void)
{
    return now(CLOCK_MONOTONIC) / 1000000;
}

static int64_t millis_until(uint64_t deadline)
{
    uint64_t millis = now_millis();
    return millis < deadline ? (int64_t)(deadline - millis) : 0;
}

// A holder that cannot take it is gone, or will be taken for it: hear() finds out.
static void tell(struct message message)
{
    if (control >= 0)
        sys_sendto(control, &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static struct message failed(enum step step, long error)
{
    return (struct message){
        .type = FAILED,
        .value = step,
        .values = {(uint64_t)-error, (uint64_t)launch.launcher.pid, launch.launcher.start_time},
    };
}

static void tell_news(int which, struct message message)
{
    news[which] = message;
    tell(message);
}

static void write_status(void)
{
    ending.log_dropped_bytes = log_dropped_bytes;
    long error = status_write(launch.run_dir, &ending);
    if (error)
        tell(failed(STEP_STATUS, error));
}

static void leader_has_ended(int wait_status, const struct rusage *usage)
{
    leader = 0;
    ending.wait_status = wait_status;
    ending.realtime_ns = now(CLOCK_REALTIME);
    ending.took_ns = now(CLOCK_MONOTONIC) - leader_started;
    ending.usage = *usage;
    write_status();
    tell_news(1, (struct message){
        .type = EXITED,
        .value = (uint32_t)wait_status,
        .values = {ending.realtime_ns, status_micros(&usage->ru_utime),
                   status_micros(&usage->ru_stime), (uint64_t)usage->ru_maxrss,
                   (uint64_t)usage->ru_minflt, (uint64_t)usage->ru_majflt,
                   leader_started + ending.took_ns},
    });
}

// The leader, and whatever the run has orphaned. A fork bomb can orphan faster than we reap.
static void reap(void)
{
    // First: a SIGCHLD that comes after it wakes the next turn. At most one is ever pending.
    struct signalfd_siginfo unused;
    sys_read(children, &unused, sizeof unused);
    more_to_reap = true;
    for (int i = 0; i < MOST_REAPED && more_to_reap; i++) {
        int wait_status;
        struct rusage usage;
        long pid = sys_wait4(-1, &wait_status, WNOHANG, &usage);
        if (pid <= 0)
            more_to_reap = false;
        else if (pid == leader)
            leader_has_ended(wait_status, &usage);
    }
}

// The launcher signals, not the holder: it is the one who knows that the pid is still the leader's.
static void obey(void)
{
    if (order.type == QUIT)
        quit = true;
    else if (order.type == SIGNAL && leader)
        sys_kill(-leader, (int)order.value);
}

static void let_go_of_holder(void)
{
    // Before all else: with the kernel's OOM killer off and nobody there to act for it, the run
    // would hang at its memory limit for ever.
    const char *oom_switch = record_string(&kept, OOM_SWITCH);
    if (oom_switch)
        oom_leave_to_kernel(oom_switch);
    sys_close(control);
    control = -1;
    order_length = 0;
}

static void hear(void)
{
    long n = sys_recvfrom(control, (char *)&order + order_length, sizeof order - order_length,
                          MSG_DONTWAIT);
    if (n == -EAGAIN || n == -EINTR)
        return;
    if (n <= 0) {
        let_go_of_holder();
        return;
    }
    order_length += (size_t)n;
    if (order_length == sizeof order) {
        order_length = 0;
        obey();
    }
}

// The newest holder is the one: an older one that still has its socket has been replaced.
static void let_in(void)
{
    long next = door_accept(door);
    if (next < 0)
        return;
    if (control >= 0)
        let_go_of_holder();
    control = (int)next;
    for (int i = 0; i < 2; i++)
        if (news[i].type)
            tell(news[i]);
}

static void watch_oom(bool at_limit)
{
    if (at_limit) {
        oom_clear(oom);
        if (!oom_deadline)
            oom_deadline = now_millis() + OOM_PATIENCE_MILLIS;
    }
    // Also while the kernel goes on telling it: processes that come to the limit one by one must
    // not put the end of the holder's time off.
    if (oom_deadline && millis_until(oom_deadline) == 0) {
        oom_deadline = 0;
        oom_leave_held_to_kernel(record_string(&kept, OOM_SWITCH));
    }
}

// Waits for something to happen, at most so long, and does what it calls for, a bounded amount.
static void turn(int64_t millis)
{
    struct pollfd fds[] = {
        {.fd = control, .events = POLLIN},
        {.fd = children, .events = POLLIN},
        {.fd = door, .events = POLLIN},
        {.fd = oom, .events = POLLIN},
        {.fd = logs[0].pipe, .events = POLLIN},
        {.fd = logs[1].pipe, .events = POLLIN},
    };
    if (oom_deadline && (millis == FOREVER || millis > millis_until(oom_deadline)))
        millis = millis_until(oom_deadline);
    if (more_to_reap)
        millis = 0;
    struct __kernel_timespec timeout = {.tv_sec = millis / 1000,
                                        .tv_nsec = millis % 1000 * 1000000};
    if (sys_ppoll(fds, sizeof fds / sizeof *fds, millis == FOREVER ? NULL : &timeout) < 0)
        return;
    if (fds[0].revents)
        hear();
    if (fds[1].revents || more_to_reap)
        reap();
    if (fds[2].revents)
        let_in();
    watch_oom(fds[3].revents);
    for (int i = 0; i < 2; i++)
        if (fds[4 + i].revents)
            log_carry(&logs[i]);
}

static void carry_on_for(int64_t millis)
{
    uint64_t end = now_millis() + (uint64_t)millis;
    while (millis_until(end) > 0)
        turn(millis_until(end));
}

static void kill_all(void)
{
    const char *kill_file = record_string(&kept, KILL_FILE);
    uint64_t deadline = now_millis() + KILL_MILLIS;
    if (kill_file)
        file_control(kill_file, "1");
    int64_t pause = 1;
    while (cgroup_signal(&kept, 0) > 0 && millis_until(deadline) > 0) {
        // Frozen, they cannot fork away from under the list; thawed, they can die.
        cgroup_freeze(&kept, true);
        cgroup_signal(&kept, SIGKILL);
        cgroup_freeze(&kept, false);
        carry_on_for(pause);
        pause = pause < 25 ? 2 * pause : 50;
    }
}

static void remove_cgroups(void)
{
    uint64_t deadline = now_millis() + REMOVE_MILLIS;
    FOR_EACH_FIELD (field, &kept, REMOVE) {
        // SIGKILL returns, and even a reaped process is gone, before its cgroup is empty.
        int64_t pause = 1;
        while (cgroup_remove(field_string(field)) == -EBUSY && millis_until(deadline) > 0) {
            carry_on_for(pause);
            pause = pause < 50 ? 2 * pause : 100;
        }
    }
}

// Removes what the holders on this machine share, if there is no other: each has a lock on it.
static void remove_roots(void)
{
    if (sys_flock(LOCK_FILE, LOCK_EX | LOCK_NB) < 0)
        return;
    FOR_EACH_FIELD (field, &kept, LEAVE)
        file_control(field_string(field), "0");
    FOR_EACH_FIELD (field, &kept, ROOT_REMOVE)
        sys_unlinkat(AT_FDCWD, field_string(field), AT_REMOVEDIR);
    // Other launchers of the same holder have the same open file, and with it this lock.
    sys_flock(LOCK_FILE, LOCK_UN);
}

static void end_the_run(void)
{
    uint64_t millis = record_number(&kept, STOP_TIMEOUT, STOP_MILLIS);
    if (millis > LONGEST_STOP_MILLIS)
        millis = LONGEST_STOP_MILLIS;
    uint64_t deadline = now_millis() + millis;

    cgroup_freeze(&kept, false); // the holder may have paused it
    if (leader)
        cgroup_terminate(&kept);
    while (leader && millis_until(deadline) > 0)
        turn(millis_until(deadline));
    kill_all();
    reap();
    remove_cgroups();
}

static uint64_t has_flag(enum flag flag)
{
    return record_number(&kept, FLAGS, 0) & flag;
}

static bool is_needed(void)
{
    if (quit)
        return false;
    if (control >= 0)
        return true;
    return !has_flag(END_WITH_HOLDER) && (leader || logs[0].pipe >= 0 || logs[1].pipe >= 0);
}

// Again in each process that clone(2) makes: none of it is inherited.
static void stand_alone(void)
{
    launch.launcher.pid = (int)sys_getpid();
    sys_setsid(); // EPERM: the holder has done it
    sys_prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static long enter_own_cgroups(void)
{
    if (is_forked)
        return 0;
    FOR_EACH_FIELD (field, &record, LAUNCHER_ENTER) {
        long error = file_control(field_string(field), "0");
        if (error)
            return error;
    }
    const char *cgroup = record_string(&record, LAUNCHER_CLONE_INTO);
    if (!cgroup)
        return 0;
    // The holder becomes the parent of the second process, too, and is told its pid.
    long error = cgroup_be_reborn_in(cgroup);
    if (!error)
        stand_alone();
    return error;
}

static long open_run_dir(void)
{
    const char *path = record_string(&record, RUN_DIR);
    launch.run_dir = (int)sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    return launch.run_dir;
}

static long open_logs(void)
{
    const struct field *user = record_next(&record, NULL, CREDENTIALS);
    FOR_EACH_FIELD (field, &kept, LOG) {
        long error = log_open((void *)field->payload, (const void *)user->payload);
        if (error)
            return error;
    }
    return 0;
}

static long open_door(void)
{
    return has_flag(DOOR) ? door = (int)door_open(launch.run_dir) : 0;
}

static long start(void)
{
    TRY(&launch, STEP_RECORD, record_read(control, &record));
    TRY(&launch, STEP_RECORD, record_keep(&record, &kept));
    TRY(&launch, STEP_LAUNCHER_CGROUP, enter_own_cgroups());
    TRY(&launch, STEP_PIDS, open_run_dir());
    TRY(&launch, STEP_CLONE, children = (int)signals_open_children());
    TRY(&launch, STEP_PIDS, process_start_time(&launch.launcher.start_time));
    TRY(&launch, STEP_DOOR, open_door());
    TRY(&launch, STEP_LOG, open_logs());
    return leader_start(&launch);
}

// What was the leader's would keep files, pipes and directories of others busy.
static void let_go(void)
{
    file_null_stdio();
    for (int i = 0; i < 2; i++) {
        sys_close(logs[i].leader_end);
        logs[i].leader_end = -1;
    }
    sys_chdir("/");
    record_free(&record);
}

__attribute__((noreturn)) void launcher_main(char **stack)
{
    char **argv = stack + 1;
    signals_set_up();
    launch.umask = (unsigned)sys_umask(022);
    is_forked = fork_server_is_asked_for(argv);
    if (is_forked)
        fork_server(argv);
    stand_alone();
    sys_fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    sys_fcntl(LOCK_FILE, F_SETFD, FD_CLOEXEC);
    // What the holder itself has inherited, and we would keep open for its caller. Since 5.9.
    sys_close_range(LOCK_FILE + 1, ~0u, 0);

    long error = start();
    if (error) {
        tell_news(0, failed(launch.step, error));
    } else {
        leader = launch.leader.pid;
        leader_started = now(CLOCK_MONOTONIC);
        ending.started_realtime_ns = now(CLOCK_REALTIME);
        tell_news(0, (struct message){
            .type = STARTED,
            .value = (uint32_t)leader,
            .values = {launch.leader.start_time, (uint64_t)launch.launcher.pid,
                       launch.launcher.start_time, ending.started_realtime_ns, leader_started},
        });
    }
    let_go();
    // Not before the leader runs, which need not wait for it: what has happened by now is told, too.
    char *oom_switch = record_string(&kept, OOM_SWITCH);
    if (oom_switch)
        oom = (int)oom_watch(oom_switch);

    while (is_needed())
        turn(FOREVER);
    if (!quit && has_flag(END_WITH_HOLDER)) {
        end_the_run();
        if (has_flag(REMOVE_ROOT))
            remove_roots();
    }

    reap(); // the holder's QUIT may have come before the kernel's SIGCHLD
    log_finish();
    if (ending.realtime_ns && ending.log_dropped_bytes != log_dropped_bytes)
        write_status();
    leave(0);
}
