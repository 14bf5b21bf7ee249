// Async functions: calls of exports that wait, and calls of imports that have not returned.
//
// Each call of an async export is a task of the host. A task that cannot go on returns to the host, with a set of waitables:
// the calls of imports that it has started, and the futures and streams that it reads and writes. The host resumes it with the
// event of one of them. Jobs belong to no task, so a task may settle the promise of another one, but only the other one can
// return its result: it is woken up.
#include <stdlib.h>

#include "async_builtins.h"
#include "shim.h"

// A call of an async export.
typedef struct task {
    struct task *next;
    size_t which;
    // The loans and the result; null when the host has the result.
    call_t *call;
    // What the script returned or threw, once it is settled.
    JSValue value;
    bool settled, is_exception;
    // Nobody has the promise any more, or can settle it.
    bool forgotten;
    // Returned to the host, until the host resumes it.
    bool waiting;
    // The set of waitables, or 0, and how many are in it.
    uint32_t set, waitables;
    // The futures and streams that it has passed and not written to the end.
    uint32_t writers;
    // While it is being woken up: the readable end of a stream that has ended. Otherwise 0.
    uint32_t wake;
    // What the promise holds until it is settled; not counted as a reference.
    JSValue reaction;
} task_t;

// A call of an async import.
typedef struct import {
    call_t *call;
    uint32_t index;
    // Arguments and result in the canonical ABI.
    void *area;
    JSValue functions[2];
} import_t;

// What a handle is that the host names in an event: a call, or the end of a future or stream. `owner` has it in its set; null
// if no task does.
typedef struct waitable {
    import_t *import;
    struct end *end;
    task_t *owner;
} waitable_t;

static task_t *tasks, *current;
static waitable_t *waitables;
static uint32_t num_waitables, num_waiting, num_orphans;
static JSClassID reaction_class;
static JSValue then_function;

static void forget(JSRuntime *runtime, JSValueConst reaction) {
    (void)runtime;
    task_t *task = JS_GetOpaque(reaction, reaction_class);
    if (task) {
        task->reaction = JS_UNDEFINED;
        task->forgotten = !task->settled;
    }
}

void tasks_init(void) {
    static const JSClassDef DEFINITION = {.class_name = "Reaction", .finalizer = forget};
    JS_NewClassID(rt, &reaction_class);
    JS_NewClass(rt, reaction_class, &DEFINITION);
    JSValue functions[2];
    JSValue promise = JS_NewPromiseCapability(ctx, functions);
    // Scripts can replace `then` later.
    then_function = JS_GetPropertyStr(ctx, promise, "then");
    JS_FreeValues(ctx, promise, functions[0], functions[1]);
}

// --- Waitables ---

static waitable_t *waitable_at(uint32_t handle) {
    if (handle >= num_waitables) {
        uint32_t count = handle < 32 ? 64 : 2 * handle;
        waitables = realloc(waitables, count * sizeof *waitables);
        if (!waitables) {
            report("out of memory: %u async calls", count);
            fail();
        }
        for (; num_waitables < count; num_waitables++) {
            waitables[num_waitables] = (waitable_t){0};
        }
    }
    return &waitables[handle];
}

// Puts a waitable into the set of a task.
static void join(uint32_t handle, task_t *task) {
    if (!task->set) {
        task->set = waitable_set_new();
    }
    waitable_at(handle)->owner = task;
    task->waitables++;
    waitable_join(handle, task->set);
}

static void leave(uint32_t handle) {
    waitable_t *waitable = waitable_at(handle);
    if (waitable->owner) {
        waitable->owner->waitables--;
        waitable_join(handle, 0);
    } else {
        num_orphans--;
    }
    *waitable = (waitable_t){0};
}

task_t *waiting_task(void) {
    // A function that is not async cannot wait; another task can.
    return current ? current : tasks;
}

// Waits for an event of a handle, in a task or, if it is null, in the next one.
static void wait_for(uint32_t handle, waitable_t waitable, task_t *task) {
    *waitable_at(handle) = waitable;
    num_waiting++;
    if (task) {
        join(handle, task);
    } else {
        num_orphans++;
    }
}

void wait_for_copy(uint32_t handle, struct end *end, task_t *task) {
    wait_for(handle, (waitable_t){.end = end}, task);
}

void stop_waiting(uint32_t handle) {
    leave(handle);
    num_waiting--;
}

static void adopt_orphans(task_t *task) {
    for (uint32_t handle = 1; num_orphans > 0 && handle < num_waitables; handle++) {
        if ((waitables[handle].import || waitables[handle].end) && !waitables[handle].owner) {
            num_orphans--;
            join(handle, task);
        }
    }
}

// --- Calls of imports ---

// Settles the promise of a call that has returned.
static void settle_import(import_t *import) {
    const wit_import_func_t *func = &wit->import_funcs[import->index];
    bool is_err;
    func->async_lift_impl(import->call, import->area);
    JSValue value = import_result(func, import->call, &is_err);
    JS_FreeValue(ctx, JS_Call(ctx, import->functions[is_err], JS_UNDEFINED, 1, &value));
    JS_FreeValues(ctx, value, import->functions[0], import->functions[1]);
    call_finish(import->call);
    free(import->call);
    free(import->area);
    free(import);
}

JSValue call_import_async(uint32_t index, call_t *call) {
    JSValue functions[2];
    JSValue promise = JS_NewPromiseCapability(ctx, functions);
    if (JS_IsException(promise)) {
        return promise;
    }
    // The arguments are wrong.
    if (!call) {
        JSValue error = JS_GetException(ctx);
        JS_FreeValue(ctx, JS_Call(ctx, functions[1], JS_UNDEFINED, 1, &error));
        JS_FreeValues(ctx, error, functions[0], functions[1]);
        return promise;
    }
    drop_pending();
    const wit_import_func_t *func = &wit->import_funcs[index];
    import_t *import = allocate_call(sizeof *import);
    *import = (import_t){call, index, allocate_call(func->async_abi_area_size), {functions[0], functions[1]}};
    uint32_t status = func->async_impl(call, import->area);
    if (SUBTASK_STATE(status) == SUBTASK_RETURNED) {
        settle_import(import);
        return promise;
    }
    wait_for(SUBTASK_HANDLE(status), (waitable_t){.import = import}, waiting_task());
    return promise;
}

static void import_event(uint32_t handle, uint32_t state) {
    import_t *import = waitable_at(handle)->import;
    if (state != SUBTASK_RETURNED || !import) {
        return;
    }
    stop_waiting(handle);
    subtask_drop(handle);
    settle_import(import);
}

static void copy_event(uint32_t handle, uint32_t code) {
    struct end *end = waitable_at(handle)->end;
    if (end) {
        stop_waiting(handle);
        copy_ended(end, code);
    }
}

// --- Tasks ---

static JSValue on_settled(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv, int is_exception, JSValueConst *data) {
    (void)context, (void)this_value;
    task_t *task = JS_GetOpaque(data[0], reaction_class);
    if (task && !task->settled) {
        task->settled = true;
        task->is_exception = is_exception;
        task->value = argc > 0 ? JS_DupValue(ctx, argv[0]) : JS_UNDEFINED;
    }
    return JS_UNDEFINED;
}

// Waits for a promise. Only whoever can settle it keeps it alive, so that a promise that nobody can settle is found.
static void await_promise(task_t *task, JSValue promise) {
    JSValue reaction = JS_NewObjectClass(ctx, reaction_class);
    JS_SetOpaque(reaction, task);
    task->reaction = reaction;
    JSValue functions[] = {
        JS_NewCFunctionData(ctx, on_settled, 1, false, 1, &reaction),
        JS_NewCFunctionData(ctx, on_settled, 1, true, 1, &reaction),
    };
    JSValue derived = JS_Call(ctx, then_function, promise, 2, functions);
    if (JS_IsException(derived)) {
        export_failed(task->which);
    }
    JS_FreeValues(ctx, derived, functions[0], functions[1], reaction, promise);
}

// Returns the result of a task that has settled to the host.
static void return_result(task_t *task) {
    JSValue value = task->is_exception ? JS_Throw(ctx, task->value) : task->value;
    task->value = JS_UNDEFINED;
    push_result(task->which, task->call, value);
    run_jobs();
    end_loans(task->call);
    wit->export_funcs[task->which].task_return(task->call);
    call_finish(task->call);
    free(task->call);
    task->call = NULL;
}

void add_writer(task_t *task) {
    task->writers++;
}

void remove_writer(task_t *task) {
    task->writers--;
}

// Whether it has returned its result and waits for nothing. Calls of imports that the script does not wait for go on, and so do
// futures and streams that it writes.
static bool is_over(const task_t *task) {
    return !task->call && task->waitables == 0 && task->writers == 0;
}

// Makes the host resume a task that waits: with the end of a stream.
static void wake(task_t *task) {
    uint64_t ends = unit_stream_new();
    task->wake = (uint32_t)ends;
    unit_stream_read(task->wake, NULL, 1);
    join(task->wake, task);
    unit_stream_drop_writable(ends >> 32);
}

static void wake_tasks(void) {
    for (task_t *task = tasks; task; task = task->next) {
        if (task->waiting && !task->wake && ((task->settled && task->call) || is_over(task))) {
            wake(task);
        }
    }
}

// Reports a task that would wait for ever, and traps.
static void check_forgotten(void) {
    bool waits = num_readable_ends() > 0;
    for (task_t *task = tasks; task; task = task->next) {
        waits = waits || (task->call && !task->settled) || task->writers > 0;
    }
    if (waits && num_waiting == 0) {
        // Promises may refer to each other, and others may wait for the end of a stream that this component has.
        JS_RunGC(rt);
        drop_pending();
    }
    check_writers();
    for (task_t *task = tasks; task; task = task->next) {
        if (task->forgotten && task->call) {
            JS_ThrowPlainError(ctx, "the promise is never settled: nothing is left that could settle it");
            export_failed(task->which);
        }
    }
}

static void end_task(task_t *task) {
    task_t **link = &tasks;
    while (*link != task) {
        link = &(*link)->next;
    }
    *link = task->next;
    if (JS_IsObject(task->reaction)) {
        JS_SetOpaque(task->reaction, NULL);
    }
    JS_FreeValue(ctx, task->value);
    if (task->set) {
        waitable_set_drop(task->set);
    }
    free(task);
}

// Runs the script until it waits for the host. Returns what the host has to do.
static uint32_t advance(task_t *task) {
    run_jobs();
    if (task->settled && task->call) {
        return_result(task);
        run_jobs();
    }
    report_rejections();
    wake_tasks();
    drop_pending();
    current = NULL;
    if (is_over(task)) {
        end_task(task);
        check_forgotten();
        return CALLBACK_EXIT;
    }
    check_forgotten();
    adopt_orphans(task);
    if (!task->set) {
        task->set = waitable_set_new();
    }
    task->waiting = true;
    return CALLBACK_WAIT(task->set);
}

uint32_t wit_dylib_export_async_call(void *cx, size_t which) {
    JS_UpdateStackTop(rt);
    drop_pending();
    task_t *task = allocate_call(sizeof *task);
    *task = (task_t){.next = tasks, .which = which, .call = cx, .value = JS_UNDEFINED, .reaction = JS_UNDEFINED};
    tasks = current = task;
    context_set((uint32_t)task);
    JSValue value = call_export(which, cx);
    // While it returns, the script can still use what its caller lends.
    bool returns_now = returns_future(which) && !task->call->loans;
    if (!returns_now && is_future(value)) {
        JSValue promise = future_promise(value);
        JS_FreeValue(ctx, value);
        value = promise;
    }
    if (JS_IsPromise(value) && !returns_now) {
        await_promise(task, value);
    } else {
        task->settled = true;
        task->is_exception = JS_IsException(value);
        task->value = task->is_exception ? JS_GetException(ctx) : value;
    }
    return advance(task);
}

// The host asks for the end of a task. The script cannot be stopped; the host need not wait for it.
static void cancel(task_t *task) {
    if (task->call && !loans_in_use(task->call)) {
        end_loans(task->call);
        task_cancel();
        call_finish(task->call);
        free(task->call);
        task->call = NULL;
    }
}

uint32_t wit_dylib_export_async_callback(uint32_t event, uint32_t waitable, uint32_t code, size_t which) {
    (void)which;
    JS_UpdateStackTop(rt);
    task_t *task = (task_t *)context_get();
    task->waiting = false;
    current = task;
    if (event == EVENT_SUBTASK) {
        import_event(waitable, code);
    } else if (event == EVENT_STREAM_READ && waitable == task->wake) {
        leave(waitable);
        unit_stream_drop_readable(waitable);
        task->wake = 0;
    } else if (event >= EVENT_STREAM_READ && event <= EVENT_FUTURE_WRITE) {
        copy_event(waitable, code);
    } else if (event == EVENT_CANCELLED) {
        cancel(task);
    }
    return advance(task);
}

task_t *leave_task(void) {
    task_t *outer = current;
    current = NULL;
    return outer;
}

void resume_task(task_t *task) {
    wake_tasks();
    current = task;
}
