#include "status.h"

#include "files.h"

uint64_t status_micros(const struct __kernel_old_timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

long status_write(int run_dir, const struct ending *ending)
{
    const struct rusage *usage = &ending->usage;
    const struct {
        const char *name;
        uint64_t number;
    } lines[] = {
        {"wait_status ", (uint64_t)ending->wait_status},
        {"ended_realtime_ns ", ending->realtime_ns},
        {"started_realtime_ns ", ending->started_realtime_ns},
        {"took_ns ", ending->took_ns},
        {"utime_us ", status_micros(&usage->ru_utime)},
        {"stime_us ", status_micros(&usage->ru_stime)},
        {"maxrss_kb ", (uint64_t)usage->ru_maxrss},
        {"minflt ", (uint64_t)usage->ru_minflt},
        {"majflt ", (uint64_t)usage->ru_majflt},
        {"inblock ", (uint64_t)usage->ru_inblock},
        {"oublock ", (uint64_t)usage->ru_oublock},
        {"nvcsw ", (uint64_t)usage->ru_nvcsw},
        {"nivcsw ", (uint64_t)usage->ru_nivcsw},
        {"log_dropped_bytes ", ending->log_dropped_bytes},
    };
    struct text text = {0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        text_add(&text, lines[i].name);
        text_add_number(&text, lines[i].number);
        text_add(&text, "\n");
    }
    return file_replace(run_dir, "status", "status.tmp", &text);
}
