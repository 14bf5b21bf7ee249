// An end of a future or stream, for streams.c and writers.c.
#ifndef RULES_WIT_JAVASCRIPT_STREAMS_H
#define RULES_WIT_JAVASCRIPT_STREAMS_H

#include "async_builtins.h"
#include "shim.h"

// A promise of a value that is read, and the object of the end, which exists until then.
typedef struct request {
    struct request *next;
    JSValue object;
    JSValue functions[2];
} request_t;

typedef struct end {
    struct end *next;
    bool is_stream;
    // The index of the type.
    uint32_t type;
    // 0 when it is dropped or passed on.
    uint32_t handle;
    bool passed_on;
    // A copy is in progress. Until it ends, its buffer belongs to the host.
    bool busy;
    // Values in the canonical ABI, how many, how many of these are copied, and what they refer to.
    uint8_t *buffer;
    size_t count, copied;
    call_t call;

    // Of a readable end: the promises that wait, in their order. The promise of a future that was read.
    request_t *requests;
    JSValue promise;

    // Of a writable end, which is in a list: its task, what is reported about it, and what settles the promise of a write.
    bool is_writer;
    struct task *task;
    char *during;
    JSValue resolve;
    // Nothing can write any more.
    bool forgotten;
} end_t;

// What wit_future_t and wit_stream_t have in common.
typedef struct end_type {
    wit_type_t element;
    wit_lift_fn_t lift;
    wit_lower_fn_t lower;
    size_t size;
    void (*drop_readable)(uint32_t handle);
    void (*drop_writable)(uint32_t handle);
    uint32_t (*cancel_read)(uint32_t handle);
} end_type_t;

end_type_t end_type(bool is_stream, size_t type);
// Memory for the values of a copy; null if they have no size.
void *allocate_values(size_t count, size_t size);

// Of a writable end: makes both, and returns the readable one. Frees `value`.
uint32_t write_value(call_t *call, bool is_stream, uint32_t type, JSValue value);
void write_ended(end_t *end, uint32_t code);
// Prepares functions of JavaScript. Returns the prototype of asynchronous iterators.
JSValue writers_init(void);

#endif
