"""x"""

TOOLS = {}
