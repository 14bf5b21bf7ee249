// An interpreter in C++, for formulas in postfix notation. A line of a script defines a function: its name, its parameters, and
// the formula. Words of a formula are numbers, texts in quotes, parameters, operators, functions above it, and imports:
//
//     total price quantity: price quantity * quantity discount -
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "wit_dylib.h"

extern "C" {
#include "host.h"
#include "report.h"
}

namespace {

using Value = std::variant<double, std::string>;

// What the functions of wit_dylib.h call `cx`.
struct Call {
    std::vector<Value> stack;
    // Texts whose addresses the dylib has. They do not move.
    std::deque<std::string> lent;

    Value pop() {
        Value value = std::move(stack.back());
        stack.pop_back();
        return value;
    }

    // The value on top, which must be of this type.
    template <typename T>
    T pop_as(const char *expected) {
        Value value = pop();
        if (T *found = std::get_if<T>(&value)) {
            return std::move(*found);
        }
        report("a word expected a %s", expected);
        fail();
    }

    double pop_number() { return pop_as<double>("number"); }
    std::string pop_text() { return pop_as<std::string>("text"); }
};

using Params = std::vector<Value>;

// A word of a formula.
class Word {
public:
    virtual ~Word() = default;
    // The number of values that it pops. All words push one.
    virtual size_t inputs() const = 0;
    virtual void run(Call &call, const Params &params) const = 0;
};

using WordPointer = std::shared_ptr<const Word>;

class Constant : public Word {
public:
    explicit Constant(Value value) : value(std::move(value)) {}
    size_t inputs() const override { return 0; }
    void run(Call &call, const Params &) const override { call.stack.push_back(value); }

private:
    const Value value;
};

class Param : public Word {
public:
    explicit Param(size_t index) : index(index) {}
    size_t inputs() const override { return 0; }
    void run(Call &call, const Params &params) const override { call.stack.push_back(params[index]); }

private:
    const size_t index;
};

class Arithmetic : public Word {
public:
    explicit Arithmetic(double (*compute)(double, double)) : compute(compute) {}
    size_t inputs() const override { return 2; }
    void run(Call &call, const Params &) const override {
        double right = call.pop_number();
        call.stack.emplace_back(compute(call.pop_number(), right));
    }

private:
    double (*const compute)(double, double);
};

class Join : public Word {
public:
    size_t inputs() const override { return 2; }
    void run(Call &call, const Params &) const override {
        std::string right = call.pop_text();
        call.stack.emplace_back(call.pop_text() + right);
    }
};

class Import : public Word {
public:
    explicit Import(const wit_import_func_t &func) : func(func) {}
    size_t inputs() const override { return func.nparams; }
    void run(Call &call, const Params &) const override {
        // The first argument has to be on top.
        std::reverse(call.stack.end() - func.nparams, call.stack.end());
        func.impl(&call);
    }

private:
    const wit_import_func_t &func;
};

class Function : public Word {
public:
    Function(size_t count, std::vector<WordPointer> body) : count(count), body(std::move(body)) {}
    size_t inputs() const override { return count; }
    void run(Call &call, const Params &) const override {
        auto first = call.stack.end() - count;
        Params params(std::make_move_iterator(first), std::make_move_iterator(call.stack.end()));
        call.stack.erase(first, call.stack.end());
        for (const WordPointer &word : body) {
            word->run(call, params);
        }
    }

private:
    const size_t count;
    const std::vector<WordPointer> body;
};

// The known words. A constructor adds the operators, before a script is loaded.
std::map<std::string, WordPointer, std::less<>> words{
    {"+", std::make_shared<Arithmetic>([](double a, double b) { return a + b; })},
    {"-", std::make_shared<Arithmetic>([](double a, double b) { return a - b; })},
    {"*", std::make_shared<Arithmetic>([](double a, double b) { return a * b; })},
    {"/", std::make_shared<Arithmetic>([](double a, double b) { return a / b; })},
    {"&", std::make_shared<Join>()},
};

const wit_t *world;

// Reads a script, line by line.
class Parser {
public:
    explicit Parser(const wit_source_t &source)
        : name(source.name), rest(reinterpret_cast<const char *>(source.data), source.size) {}

    void load() {
        while (!rest.empty()) {
            size_t end = std::min(rest.find('\n'), rest.size());
            text = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            line++;
            std::string_view word = next();
            if (!word.empty() && word[0] != '#') {
                define(std::string(word));
            }
        }
    }

private:
    const char *const name;
    std::string_view rest, text;
    int line = 0;

    // The next word of the line, or nothing.
    std::string_view next() {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        size_t quote = !text.empty() && text[0] == '"' ? text.find('"', 1) : std::string_view::npos;
        size_t end = quote == std::string_view::npos ? text.find(' ') : quote + 1;
        std::string_view word = text.substr(0, end);
        text.remove_prefix(word.size());
        return word;
    }

    void define(std::string word) {
        std::vector<std::string> names;
        for (; !word.empty() && word.back() != ':'; word = next()) {
            names.push_back(std::move(word));
        }
        if (word.empty()) {
            wrong("no colon after the parameters of", names[0]);
        }
        names.push_back(word.substr(0, word.size() - 1));
        std::vector<WordPointer> body;
        size_t depth = 0;
        for (std::string_view next = this->next(); !next.empty(); next = this->next()) {
            WordPointer found = find(names, next);
            if (depth < found->inputs()) {
                wrong("too few values for", next);
            }
            depth += 1 - found->inputs();
            body.push_back(std::move(found));
        }
        if (depth != 1) {
            wrong("a formula has to leave one value, unlike", names[0]);
        }
        words.insert_or_assign(names[0], std::make_shared<Function>(names.size() - 1, std::move(body)));
    }

    WordPointer find(const std::vector<std::string> &names, std::string_view word) const {
        for (size_t i = 1; i < names.size(); i++) {
            if (names[i] == word) {
                return std::make_shared<Param>(i - 1);
            }
        }
        if (word.size() > 1 && word.front() == '"' && word.back() == '"') {
            return std::make_shared<Constant>(std::string(word.substr(1, word.size() - 2)));
        }
        if (auto found = words.find(word); found != words.end()) {
            return found->second;
        }
        std::string digits(word);
        char *end;
        double number = std::strtod(digits.c_str(), &end);
        if (*end != 0) {
            wrong("unknown word", word);
        }
        return std::make_shared<Constant>(number);
    }

    [[noreturn]] void wrong(const char *what, std::string_view word) const {
        report("%s:%d: %s `%.*s`", name, line, what, static_cast<int>(word.size()), word.data());
        fail();
    }
};

Call &call_of(void *cx) { return *static_cast<Call *>(cx); }

}  // namespace

void wit_dylib_initialize(const wit_t *wit) {
    world = wit;
    loading = true;
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        words.insert_or_assign(wit->import_funcs[i].name, std::make_shared<Import>(wit->import_funcs[i]));
    }
    const wit_sources_t &sources = *wit_dylib_sources();
    for (size_t i = 0; i < sources.count; i++) {
        Parser(sources.sources[i]).load();
    }
    for (size_t i = 0; i < wit->num_export_funcs; i++) {
        const wit_export_func_t &func = wit->export_funcs[i];
        auto found = words.find(func.name);
        if (found == words.end() || found->second->inputs() != func.nparams) {
            report("no function `%s` with %zu parameters, which the world exports", func.name, func.nparams);
            fail();
        }
    }
    loading = false;
}

void *wit_dylib_export_start(size_t) { return new Call; }

void wit_dylib_export_call(void *cx, size_t which) { words.find(world->export_funcs[which].name)->second->run(call_of(cx), {}); }

void wit_dylib_export_finish(void *cx, size_t) { delete &call_of(cx); }

void wit_dylib_push_f64(void *cx, double number) { call_of(cx).stack.emplace_back(number); }

double wit_dylib_pop_f64(void *cx) { return call_of(cx).pop_number(); }

void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len) {
    call_of(cx).stack.emplace_back(std::string(reinterpret_cast<char *>(bytes), len));
    std::free(bytes);
}

size_t wit_dylib_pop_string(void *cx, char **text) {
    std::string &lent = call_of(cx).lent.emplace_back(call_of(cx).pop_text());
    *text = lent.data();
    return lent.size();
}

void *cabi_realloc(void *old, size_t, size_t, size_t size) { return std::realloc(old, size); }

void wit_dylib_dealloc_bytes(void *, void *block, size_t, size_t, bool) { std::free(block); }

// What libraries of the interpreters in C call. There are no streams and no clock.
void write_stream(bool, const char *, size_t) {}

int64_t host_now_ns() { return 0; }
