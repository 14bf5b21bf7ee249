local slow = require("test:waiting/slow")

return {
    work = {
        later = function(text, millis)
            return slow.later(text, millis)
        end,
        publish = function(titles)
            local pages = {}
            for _, title in ipairs(titles) do
                local page, failure = slow.publish({ title = title, lines = #title > 3 and { title } or {} }, 1)
                if not page then
                    return nil, failure
                end
                table.insert(pages, page)
            end
            return pages
        end,
        events = slow.events,
    },
}
