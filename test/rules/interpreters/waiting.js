import { events, later, publish } from "test:waiting/slow";

export const work = {
    later: (text, millis) => later(text, millis),
    async publish(titles) {
        const pages = [];
        for (const title of titles) {
            pages.push(await publish({ title, lines: title.length > 3 ? [title] : [] }, 1));
        }
        return pages;
    },
    events,
};
