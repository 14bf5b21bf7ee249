// Promises that are rejected while nothing handles that: each is reported, as the script would not notice.
#include <stdlib.h>

#include "shim.h"

typedef struct rejection {
    JSValue promise, reason;
} rejection_t;

static rejection_t *rejections;
static uint32_t num_rejections, capacity;

static void free_rejection(uint32_t i) {
    JS_FreeValues(ctx, rejections[i].promise, rejections[i].reason);
    rejections[i] = rejections[--num_rejections];
}

void rejection_handled(JSValueConst promise) {
    for (uint32_t i = 0; i < num_rejections; i++) {
        if (JS_VALUE_GET_PTR(rejections[i].promise) == JS_VALUE_GET_PTR(promise)) {
            free_rejection(i);
            return;
        }
    }
}

static void track(JSContext *context, JSValueConst promise, JSValueConst reason, bool is_handled, void *opaque) {
    (void)opaque;
    if (is_handled) {
        rejection_handled(promise);
        return;
    }
    if (num_rejections == capacity) {
        uint32_t more = capacity ? 2 * capacity : 16;
        rejection_t *grown = realloc(rejections, more * sizeof *grown);
        if (!grown) {
            return;
        }
        rejections = grown;
        capacity = more;
    }
    rejections[num_rejections++] = (rejection_t){JS_DupValue(context, promise), JS_DupValue(context, reason)};
}

void rejections_init(void) {
    JS_SetHostPromiseRejectionTracker(rt, track, NULL);
}

void report_rejections(void) {
    while (num_rejections > 0) {
        JS_Throw(ctx, JS_DupValue(ctx, rejections[0].reason));
        free_rejection(0);
        report_exception("in a promise that nothing awaits");
    }
}
