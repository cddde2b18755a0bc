#include "oom.h"

#include <stdbool.h>

#include "files.h"
#include "sys.h"
#include "text.h"

static long tell_kernel(int dir, int event, int control)
{
    long events = sys_openat(dir, "cgroup.event_control", O_WRONLY | O_CLOEXEC, 0);
    if (events < 0)
        return events;
    struct text text = {0};
    text_add_number(&text, (uint64_t)event);
    text_add(&text, " ");
    text_add_number(&text, (uint64_t)control);
    long n = sys_write((int)events, text.chars, text.length);
    sys_close((int)events);
    return n < 0 ? n : 0;
}

long oom_watch(char *oom_control)
{
    char *name;
    long dir = file_open_parent(oom_control, &name);
    if (dir < 0)
        return dir;
    long control = sys_openat((int)dir, name, O_RDONLY | O_CLOEXEC, 0);
    long event = control < 0 ? control : sys_eventfd2(0, O_CLOEXEC | O_NONBLOCK);
    long error = event < 0 ? event : tell_kernel((int)dir, (int)event, (int)control);
    if (control >= 0)
        sys_close((int)control);
    sys_close((int)dir);
    if (error && event >= 0)
        sys_close((int)event);
    return error ? error : event;
}

void oom_clear(int watch)
{
    uint64_t unused;
    sys_read(watch, &unused, sizeof unused);
}

void oom_leave_to_kernel(const char *oom_control)
{
    file_control(oom_control, "0");
}

static bool is_held(const char *oom_control)
{
    static const char held[] = "under_oom 1";
    char state[128];
    long fd = sys_openat(AT_FDCWD, oom_control, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return false;
    long n = sys_read((int)fd, state, sizeof state);
    sys_close((int)fd);
    long length = (long)sizeof held - 1;
    for (long at = 0; at + length <= n; at++) {
        long same = 0;
        while (same < length && state[at + same] == held[same])
            same++;
        if (same == length)
            return true;
    }
    return false;
}

void oom_leave_held_to_kernel(const char *oom_control)
{
    if (is_held(oom_control))
        oom_leave_to_kernel(oom_control);
}
