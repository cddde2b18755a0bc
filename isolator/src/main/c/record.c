#include "record.h"

#include <stdbool.h>

#include "sys.h"
#include "text.h"

#define MAGIC 0x314c4648 // "HFL1"
#define LONGEST_BODY (4u << 20)
#define MOST_LOG_FILES 1000

enum payload { STRING, ABSOLUTE_PATH, FIXED_SIZE, FLAG_BITS, CREDENTIALS_LIST, LOG_RULE };

enum trait { REQUIRED = 1, REPEATABLE = 2, KEPT = 4 };

static const struct rule {
    uint8_t payload, size, traits;
} rules[FIELD_TYPES] = {
    [RUN_DIR] = {ABSOLUTE_PATH, 0, REQUIRED},
    [LAUNCHER_ENTER] = {ABSOLUTE_PATH, 0, REPEATABLE},
    [LAUNCHER_CLONE_INTO] = {ABSOLUTE_PATH, 0, 0},
    [LEADER_ENTER] = {ABSOLUTE_PATH, 0, REPEATABLE},
    [LEADER_CLONE_INTO] = {ABSOLUTE_PATH, 0, 0},
    [ARG] = {STRING, 0, REQUIRED | REPEATABLE},
    [ENV] = {STRING, 0, REPEATABLE},
    [WORKDIR] = {ABSOLUTE_PATH, 0, 0},
    [CREDENTIALS] = {CREDENTIALS_LIST, 0, REQUIRED},
    [RLIMIT] = {FIXED_SIZE, sizeof(struct resource_limit), REPEATABLE},
    [UMASK] = {FIXED_SIZE, sizeof(uint32_t), 0},
    [FLAGS] = {FLAG_BITS, 0, KEPT},
    [STOP_TIMEOUT] = {FIXED_SIZE, sizeof(uint64_t), KEPT},
    [OOM_SWITCH] = {ABSOLUTE_PATH, 0, KEPT},
    [KILL_FILE] = {ABSOLUTE_PATH, 0, KEPT},
    [FREEZER] = {ABSOLUTE_PATH, 0, KEPT},
    [PROCS] = {ABSOLUTE_PATH, 0, REPEATABLE | KEPT},
    [REMOVE] = {ABSOLUTE_PATH, 0, REPEATABLE | KEPT},
    [LOG] = {LOG_RULE, 0, REPEATABLE | KEPT},
    [LEAVE] = {ABSOLUTE_PATH, 0, REPEATABLE | KEPT},
    [ROOT_REMOVE] = {ABSOLUTE_PATH, 0, REPEATABLE | KEPT},
    [PATH_CANDIDATE] = {STRING, 0, REQUIRED | REPEATABLE},
};

static size_t field_size(const struct field *field)
{
    return sizeof *field + (((size_t)field->length + 7) & ~(size_t)7);
}

// The NUL must be the last byte and the only one: a second one would silently shorten the string.
static bool is_string(const char *chars, size_t length)
{
    return length > 0 && text_length(chars, length) == length - 1;
}

static bool payload_is_good(const struct field *field)
{
    const struct rule *rule = &rules[field->type];
    const void *payload = field->payload;
    const struct credentials *credentials = payload;
    const struct log_rule *log = payload;
    size_t length = field->length;

    switch (rule->payload) {
    case STRING:
        return is_string(payload, length);
    case ABSOLUTE_PATH:
        return is_string(payload, length) && *(const char *)payload == '/';
    case FIXED_SIZE:
        return length == rule->size;
    case FLAG_BITS:
        return length == sizeof(uint32_t) && !(*(const uint32_t *)payload & ~(uint32_t)ALL_FLAGS);
    case CREDENTIALS_LIST:
        return length >= sizeof *credentials &&
               length == sizeof *credentials + (size_t)credentials->group_count * sizeof(uint32_t);
    case LOG_RULE:
        return length > sizeof *log && is_string(log->path, length - sizeof *log) &&
               log->path[0] == '/' && (log->stream == 1 || log->stream == 2) && log->files > 0 &&
               log->files <= MOST_LOG_FILES && log->max_bytes > 0;
    }
    return false;
}

static bool is_well_formed(const struct record *record)
{
    uint32_t seen = 0;

    for (size_t at = 0; at < record->length;) {
        const struct field *field = (const void *)(record->bytes + at);
        size_t room = record->length - at;
        if (room < sizeof *field || room < field_size(field))
            return false;
        if (field->type == 0 || field->type >= FIELD_TYPES || !payload_is_good(field))
            return false;
        if ((seen & 1u << field->type) && !(rules[field->type].traits & REPEATABLE))
            return false;
        seen |= 1u << field->type;
        at += field_size(field);
    }
    for (unsigned type = 1; type < FIELD_TYPES; type++)
        if ((rules[type].traits & REQUIRED) && !(seen & 1u << type))
            return false;
    return true;
}

static long read_exactly(int fd, void *to, size_t length)
{
    for (size_t have = 0; have < length;) {
        long n = sys_read(fd, (char *)to + have, length - have);
        if (n == 0)
            return -ECONNRESET;
        if (n == -EAGAIN) {
            struct pollfd readable = {.fd = fd, .events = POLLIN};
            sys_ppoll(&readable, 1, NULL);
        } else if (n < 0 && n != -EINTR) {
            return n;
        } else if (n > 0) {
            have += (size_t)n;
        }
    }
    return 0;
}

static long map(struct record *record, size_t size)
{
    long start = sys_mmap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    if (start < 0 && start > -4096)
        return start;
    *record = (struct record){.bytes = (char *)start, .mapped = size};
    return 0;
}

long record_read(int fd, struct record *record)
{
    struct {
        uint32_t magic, length;
    } header;
    long error = read_exactly(fd, &header, sizeof header);
    if (error)
        return error;
    if (header.magic != MAGIC || header.length > LONGEST_BODY)
        return -EINVAL;

    // Behind the body there is room for the arrays of record_strings(). A string takes at least 16
    // bytes of the body and 8 of an array; two arrays end with a null pointer each.
    error = map(record, header.length + header.length / 2 + 2 * sizeof(char *));
    if (error)
        return error;
    error = read_exactly(fd, record->bytes, header.length);
    if (error)
        return error;
    record->length = header.length;
    return header.length % 8 == 0 && is_well_formed(record) ? 0 : -EINVAL;
}

static size_t copy_kept(const struct record *record, char *to)
{
    size_t total = 0;
    for (size_t at = 0; at < record->length;) {
        const struct field *field = (const void *)(record->bytes + at);
        if (rules[field->type].traits & KEPT) {
            if (to)
                memcpy(to + total, field, field_size(field));
            total += field_size(field);
        }
        at += field_size(field);
    }
    return total;
}

long record_keep(const struct record *record, struct record *kept)
{
    size_t size = copy_kept(record, NULL);
    if (size == 0)
        return 0;
    long error = map(kept, size);
    if (error)
        return error;
    kept->length = copy_kept(record, kept->bytes);
    return 0;
}

void record_free(struct record *record)
{
    if (record->mapped)
        sys_munmap(record->bytes, record->mapped);
    *record = (struct record){0};
}

struct field *record_next(const struct record *record, const struct field *previous,
                          enum field_type type)
{
    size_t at = 0;
    if (previous)
        at = (size_t)((const char *)previous - record->bytes) + field_size(previous);
    while (at < record->length) {
        struct field *field = (void *)(record->bytes + at);
        if (field->type == type)
            return field;
        at += field_size(field);
    }
    return NULL;
}

char *record_string(const struct record *record, enum field_type type)
{
    struct field *field = record_next(record, NULL, type);
    return field ? field_string(field) : NULL;
}

uint64_t record_number(const struct record *record, enum field_type type, uint64_t otherwise)
{
    const struct field *field = record_next(record, NULL, type);
    if (!field)
        return otherwise;
    if (field->length == sizeof(uint32_t))
        return *(const uint32_t *)field->payload;
    return field->payload[0];
}

char **record_strings(struct record *record, enum field_type type)
{
    char **strings = (char **)(void *)(record->bytes + record->length) + record->pointers;
    size_t n = 0;
    FOR_EACH_FIELD (field, record, type)
        strings[n++] = field_string(field);
    strings[n++] = NULL;
    record->pointers += n;
    return strings;
}
