import wit_world


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class WitWorld(wit_world.WitWorld):
    def add(self, a, b):
        return a + b

    def greet(self, name):
        return "Hello, " + name + "!"

    def fib(self, n):
        return fib(n)
