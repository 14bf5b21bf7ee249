// Built-in functions of the component model, for interpreters that support async functions.
//
// `component place` replaces them by traps if no function of the world is async: components of such worlds run in engines
// without async.
#ifndef RULES_WIT_INTERPRETER_ASYNC_BUILTINS_H
#define RULES_WIT_INTERPRETER_ASYNC_BUILTINS_H

#include <stddef.h>
#include <stdint.h>

#define BUILTIN_OF(module, name) __attribute__((import_module(module), import_name(name)))
#define BUILTIN(name) BUILTIN_OF("$root", name)

// The first argument of `wit_dylib_export_async_callback`.
enum { EVENT_NONE, EVENT_SUBTASK, EVENT_STREAM_READ, EVENT_STREAM_WRITE, EVENT_FUTURE_READ, EVENT_FUTURE_WRITE, EVENT_CANCELLED };

// The state of a call of an import: the code of EVENT_SUBTASK, and the low 4 bits of what starting it returns. The other
// bits are its handle.
enum { SUBTASK_STARTING, SUBTASK_STARTED, SUBTASK_RETURNED };
#define SUBTASK_STATE(status) ((status) & 0xf)
#define SUBTASK_HANDLE(status) ((status) >> 4)

// What reading and writing a future or stream returns: COPY_BLOCKED, if an event follows. Otherwise, and as the code of the
// event, a state and, for streams, the number of values.
#define COPY_BLOCKED UINT32_MAX
enum { COPY_COMPLETED, COPY_DROPPED, COPY_CANCELLED };
#define COPY_STATE(code) ((code) & 0xf)
#define COPY_COUNT(code) ((code) >> 4)

// What a callback returns.
#define CALLBACK_EXIT 0
#define CALLBACK_WAIT(set) (2 | (set) << 4)

BUILTIN("[waitable-set-new]") uint32_t waitable_set_new(void);
BUILTIN("[waitable-set-drop]") void waitable_set_drop(uint32_t set);
// Moves a waitable to a set, or to none if `set` is 0.
BUILTIN("[waitable-join]") void waitable_join(uint32_t waitable, uint32_t set);
BUILTIN("[subtask-drop]") void subtask_drop(uint32_t subtask);

// A word that belongs to the running task.
BUILTIN("[context-get-0]") uint32_t context_get(void);
BUILTIN("[context-set-0]") void context_set(uint32_t value);

// Ends the running task without a result. The host has asked for it.
BUILTIN_OF("[export]$root", "[task-cancel]") void task_cancel(void);

// A stream without values. The readable end is in the low 32 bits.
BUILTIN("[stream-new-unit]") uint64_t unit_stream_new(void);
BUILTIN("[async-lower][stream-read-unit]") uint32_t unit_stream_read(uint32_t stream, void *buffer, size_t count);
BUILTIN("[stream-drop-readable-unit]") void unit_stream_drop_readable(uint32_t stream);
BUILTIN("[stream-drop-writable-unit]") void unit_stream_drop_writable(uint32_t stream);

#endif
